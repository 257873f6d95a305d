import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_APP_ID } from '../../../pulumi-azure/config.ts';
import { ACR_PULL, READER } from '../../../pulumi-azure/roles.ts';
import { AzureTenant, no, SUBSCRIPTION } from '../../doubles/azure-tenant.ts';
import { script } from './run-script.ts';

const MAY_NOT_DELETE = `You may not delete service principals: ask an Application Administrator of the tenant to run 'az ad sp delete --id ${DEFAULT_APP_ID}'.`;
const AKS_READER = '7f6c6a51-bcf8-42ba-9220-52d62157d7db';

describe('scripts/azure/cleanup-all', () => {
  let tenant: AzureTenant;
  let images: string;

  beforeEach(() => {
    tenant = new AzureTenant();
    images = tenant.addRegistry('images', 'prod');
  });

  it('removes what the stack holds, what else the app was assigned, and the principal', async () => {
    await script(tenant, 'install', '--acr images --rg prod');
    tenant.assign(AKS_READER, '/subscriptions/x/cluster');
    const { principal } = tenant;

    const printed = await script(tenant, 'cleanup', '--all --yes');

    expect(printed).toEqual({
      exitCode: 0,
      out: [
        '[INFO] Azure login validated (subscription: Test)',
        '',
        '[INFO] Removing service principal and all access...',
        `[INFO] Found service principal: ${principal}`,
        '[INFO] Removing all role assignments...',
        '[OK] Removed role assignment',
        '[OK] Removed role assignment',
        '[INFO] Removing service principal...',
        '[OK] Service principal deleted',
        '',
        '[OK] Cleanup complete',
      ],
      err: [],
    });
    expect(tenant).toMatchObject({ assignments: [], principal: undefined, stored: undefined });
  });

  it('cleans up after the published scripts, of which there is no stack', async () => {
    tenant.principal = 'old';
    tenant.assign(ACR_PULL.guid, images);
    tenant.assign(READER.guid, `/subscriptions/${SUBSCRIPTION}`);

    const { exitCode } = await script(tenant, 'cleanup', '--all --yes');

    expect(exitCode).toBe(0);
    expect(tenant).toMatchObject({ assignments: [], principal: undefined });
    expect(tenant.calls).not.toContain('destroy');
  });

  it('has nothing to do in a tenant without the principal', async () => {
    const { exitCode, out } = await script(tenant, 'cleanup', '--all --yes');

    expect(exitCode).toBe(0);
    expect(out).toContain('[INFO] Service principal not found, nothing to clean up');
    expect(out.at(-1)).toBe('[OK] Cleanup complete');
  });

  it('removes the stack of a principal that somebody else deleted', async () => {
    await script(tenant, 'install', '--acr images --rg prod');
    tenant.principal = undefined;

    const { exitCode, out } = await script(tenant, 'cleanup', '--all --yes');

    expect(exitCode).toBe(0);
    expect(out).toContain('[INFO] Service principal not found, removing what the stack still holds');
    expect(tenant.stored).toBeUndefined();
  });

  it('wins over selectors beside it', async () => {
    await script(tenant, 'install', '--acr images --rg prod');

    const { exitCode } = await script(tenant, 'cleanup', '--acr nope --rg prod --all --yes');

    expect(exitCode).toBe(0);
    expect(tenant.principal).toBeUndefined();
  });

  it('says when there is only the principal', async () => {
    tenant.principal = 'old';

    const { out } = await script(tenant, 'cleanup', '--all --yes');

    expect(out).toContain('[INFO] No role assignments found');
  });

  it('says in a dry run what would go, and lets it stay', async () => {
    await script(tenant, 'install', '--acr images --rg prod');
    const { id } = tenant.assign(AKS_READER, '/subscriptions/x/cluster');
    const before = tenant.access;

    const { exitCode, out } = await script(tenant, 'cleanup', '--all --dry-run');

    expect(exitCode).toBe(0);
    expect(out.filter((line) => line.startsWith('[DRY-RUN]'))).toEqual([
      `[DRY-RUN] Would remove role assignment: ${id}`,
      `[DRY-RUN] Would remove role assignment: ${tenant.stored?.ids[0]}`,
      `[DRY-RUN] Would delete service principal ${DEFAULT_APP_ID}`,
    ]);
    expect(tenant.access).toEqual(before);
    expect(tenant.stored).toBeDefined();
  });

  it('reports an assignment that cannot be removed, and deletes the principal all the same', async () => {
    tenant.principal = 'old';
    const { id } = tenant.assign(AKS_READER, '/subscriptions/x/cluster');
    tenant.azFailures.set('role assignment delete', no('a lock holds it'));

    const { exitCode, err } = await script(tenant, 'cleanup', '--all --yes');

    expect({ exitCode, err }).toEqual({
      exitCode: 0,
      err: [`[ERROR] Failed to remove role assignment: ${id}`, '[ERROR] a lock holds it'],
    });
    expect(tenant.principal).toBeUndefined();
  });

  it('fails when the principal stays', async () => {
    tenant.principal = 'old';
    tenant.azFailures.set('ad sp delete', no('Insufficient privileges'));

    const { exitCode, out, err } = await script(tenant, 'cleanup', '--all --yes');

    expect(exitCode).toBe(1);
    expect(err).toEqual([
      '[ERROR] Failed to delete service principal: Insufficient privileges',
      '[ERROR] Backline may still read what its principal is assigned.',
      `[ERROR] ${MAY_NOT_DELETE}`,
    ]);
    expect(out).not.toContain('[OK] Cleanup complete');
  });

  it('fails when the stack may not delete the principal, with the command that does', async () => {
    await script(tenant, 'install', '--acr images --rg prod');
    tenant.refusals.set('principal', 'Authorization_RequestDenied: Insufficient privileges');

    const { exitCode, err } = await script(tenant, 'cleanup', '--all --yes');

    expect({ exitCode, err }).toEqual({ exitCode: 1, err: [`[ERROR] ${MAY_NOT_DELETE}`] });
  });

  it.each([
    [
      "AuthorizationFailed … to perform action 'Microsoft.Authorization/roleAssignments/delete' over scope 'SCOPE'",
      'You may not remove roles here: ask an owner to run \'az role assignment create --assignee ann@example.test --role "Role Based Access Control Administrator" --scope SCOPE\'.',
    ],
    ['AADSTS700082: expired', "The login to Azure does not serve any more: run 'az login' again."],
  ])(
    'fails when assignments may not be removed, with the command that mends it: %s',
    async (said, sentence) => {
      tenant.principal = 'old';
      const { id } = tenant.assign(AKS_READER, '/subscriptions/x/cluster');
      tenant.azFailures.set('role assignment delete', no(said));
      tenant.azFailures.set('ad sp delete', no('AADSTS700082: expired'));

      const { exitCode, err } = await script(tenant, 'cleanup', '--all --yes');

      expect(exitCode).toBe(1);
      expect(err).toEqual([
        `[ERROR] Failed to remove role assignment: ${id}`,
        `[ERROR] ${sentence}`,
        '[ERROR] Failed to delete service principal: AADSTS700082: expired',
        '[ERROR] Backline may still read what its principal is assigned.',
        "[ERROR] The login to Azure does not serve any more: run 'az login' again.",
      ]);
    },
  );

  it('fails when the stack cannot be removed, and deletes the principal all the same', async () => {
    await script(tenant, 'install', '--acr images --rg prod');
    tenant.refusals.set('destroy', 'the provider is gone');

    const { exitCode, err } = await script(tenant, 'cleanup', '--all --yes');

    expect(exitCode).toBe(1);
    expect(err.at(-1)).toBe('[ERROR] the provider is gone');
    expect(tenant.principal).toBeUndefined();
  });
});
