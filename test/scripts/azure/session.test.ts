import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_APP_ID } from '../../../pulumi-azure/config.ts';
import type { AzAnswer } from '../../../scripts/azure/az-command.ts';
import { Refusal } from '../../../scripts/azure/refusal.ts';
import { AzureTenant, no } from '../../doubles/azure-tenant.ts';
import { script } from './run-script.ts';

describe('scripts/azure/session', () => {
  let tenant: AzureTenant;
  let images: string;

  beforeEach(() => {
    tenant = new AzureTenant();
    images = tenant.addRegistry('images', 'prod');
  });

  it.each<[string, string, string, AzAnswer, readonly string[]]>([
    [
      'the login ran out',
      'ad sp show',
      '--acr images --rg prod',
      no(
        'AADSTS700082: The refresh token has expired due to inactivity.',
        false,
        'Interactive authentication is needed. Please run:\naz login --scope https://graph.microsoft.com//.default\n',
      ),
      [
        '[ERROR] Could not read the service principal',
        "[ERROR] The login to Azure does not serve any more: run 'az login --scope https://graph.microsoft.com//.default' again.",
      ],
    ],
    [
      'a registry may not be read',
      'acr show',
      '--acr images --rg prod',
      no(
        "(AuthorizationFailed) The client 'ann' does not have authorization to perform action 'Microsoft.ContainerRegistry/registries/read' over scope '/subscriptions/1/images' or the scope is invalid.",
      ),
      [
        "[ERROR] Could not read ACR 'images' in resource group 'prod'",
        "[ERROR] You may not read /subscriptions/1/images: ask an owner to run 'az role assignment create --assignee ann@example.test --role Reader --scope /subscriptions/1/images'.",
      ],
    ],
    [
      'a group may not be read',
      'acr list',
      '--rg prod',
      no("(AuthorizationFailed) may not perform action 'x/registries/read' over scope '/subscriptions/1'"),
      [
        "[ERROR] No ACRs found in resource group 'prod'",
        '[ERROR] Could not read the list of ACRs',
        "[ERROR] You may not read /subscriptions/1: ask an owner to run 'az role assignment create --assignee ann@example.test --role Reader --scope /subscriptions/1'.",
      ],
    ],
  ])('fails with the command that mends it when %s', async (_what, call, line, answer, err) => {
    tenant.azFailures.set(call, answer);

    const printed = await script(tenant, 'install', line);

    expect(printed).toMatchObject({ exitCode: 1, err });
    expect(tenant.calls).not.toContain('up');
  });

  it.each([
    [
      "403 AuthorizationFailed … to perform action 'Microsoft.Authorization/roleAssignments/read' over scope '/subscriptions/1'",
      'You may not read /subscriptions/1: ask an owner',
    ],
    ['no login to Azure: run az login', "run 'az login' again"],
  ])('fails with what mends it when Pulumi may not look: %s', async (said, sentence) => {
    const read = () =>
      Promise.reject(new Refusal('Could not look at what the stack holds', { more: [said] }));
    Object.defineProperty(tenant, 'stack', { value: { ...tenant.stack, read } });

    const { exitCode, err } = await script(tenant, 'install', '--acr images --rg prod');

    expect(exitCode).toBe(1);
    expect(err).toEqual([
      '[ERROR] Could not look at what the stack holds',
      expect.stringContaining(sentence),
    ]);
  });

  it('fails when a role cannot be assigned, with the command that mends it', async () => {
    tenant.refusals.set(
      images,
      `the client does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '${images}/providers/Microsoft.Authorization/roleAssignments/1'`,
    );

    const { exitCode, out, err } = await script(tenant, 'install', '--acr images --rg prod');

    expect(exitCode).toBe(1);
    expect(err).toEqual([
      "[ERROR] Failed to assign AcrPull on 'images'",
      `[ERROR] You may not assign roles here: ask an owner to run 'az role assignment create --assignee ann@example.test --role "Role Based Access Control Administrator" --scope ${images}'.`,
    ]);
    expect(out).not.toContain('[OK] Integration complete');
  });

  it('fails when the principal cannot be made, with the command that mends it', async () => {
    tenant.refusals.set('principal', 'Authorization_RequestDenied: Insufficient privileges');

    const { exitCode, err } = await script(tenant, 'install', '--acr images --rg prod');

    expect(exitCode).toBe(1);
    expect(err).toEqual([
      '[ERROR] Failed to create service principal',
      `[ERROR] You may not create service principals: ask an Application Administrator of the tenant to run 'az ad sp create --id ${DEFAULT_APP_ID}'.`,
    ]);
  });
});
