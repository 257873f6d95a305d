import { describe, expect, it } from '@jest/globals';
import { type Doing, remedyFor } from '../../../scripts/azure/remedies.ts';

const SUB = '11111111-1111-4111-8111-111111111111';
const REGISTRY = `/subscriptions/${SUB}/resourceGroups/prod/providers/Microsoft.ContainerRegistry/registries/images`;
const asker = {
  appId: 'the-app',
  account: {
    subscriptionId: SUB,
    subscriptionName: 'Test',
    tenantId: 'tenant',
    cloud: 'AzureCloud',
    user: 'ann',
  },
};
const grant = (role: string, scope: string) =>
  `ask an owner to run 'az role assignment create --assignee ann --role ${role} --scope ${scope}'.`;
const ADMINISTRATOR = '"Role Based Access Control Administrator"';
const refused = (action: string, scope: string) =>
  `(AuthorizationFailed) The client 'ann' with object id 'x' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;

describe('scripts/azure/remedies', () => {
  it.each<[Doing, string, string | undefined]>([
    [
      'create',
      'Authorization_RequestDenied: Insufficient privileges to complete the operation.',
      "You may not create service principals: ask an Application Administrator of the tenant to run 'az ad sp create --id the-app'.",
    ],
    [
      'delete',
      'ERROR: Insufficient privileges to complete the operation.',
      "You may not delete service principals: ask an Application Administrator of the tenant to run 'az ad sp delete --id the-app'.",
    ],
    [
      'read',
      'ERROR: Insufficient privileges to complete the operation.',
      "You may not read service principals: ask an administrator of the tenant to make ann a Directory Reader, or run 'az login' as somebody who may.",
    ],
    [
      'create',
      refused(
        'Microsoft.Authorization/roleAssignments/write',
        `${REGISTRY}/providers/Microsoft.Authorization/roleAssignments/1`,
      ),
      `You may not assign roles here: ${grant(ADMINISTRATOR, REGISTRY)}`,
    ],
    [
      'delete',
      refused(
        'Microsoft.Authorization/roleAssignments/delete',
        `/subscriptions/${SUB}/providers/Microsoft.Authorization/roleAssignments/1`,
      ),
      `You may not remove roles here: ${grant(ADMINISTRATOR, `/subscriptions/${SUB}`)}`,
    ],
    // What was refused counts, not what it was needed for.
    [
      'delete',
      refused('Microsoft.Authorization/roleAssignments/read', REGISTRY),
      `You may not read ${REGISTRY}: ${grant('Reader', REGISTRY)}`,
    ],
    [
      'create',
      refused('Microsoft.ContainerRegistry/registries/read', REGISTRY),
      `You may not read ${REGISTRY}: ${grant('Reader', REGISTRY)}`,
    ],
    [
      'delete',
      'LinkedAuthorizationFailed',
      `You may not remove roles here: ${grant(ADMINISTRATOR, `/subscriptions/${SUB}`)}`,
    ],
    [
      'read',
      'AuthorizationFailed',
      `You may not read /subscriptions/${SUB}: ${grant('Reader', `/subscriptions/${SUB}`)}`,
    ],
    [
      'read',
      'ERROR: AADSTS700082: The refresh token has expired due to inactivity.\nInteractive authentication is needed. Please run:\naz login\n',
      "The login to Azure does not serve any more: run 'az login' again.",
    ],
    [
      'read',
      'ERROR: AADSTS50076: you must use multi-factor authentication\nPlease run:\naz login --tenant "t" --scope "https://x"',
      `The login to Azure does not serve any more: run 'az login --tenant "t" --scope "https://x"' again.`,
    ],
    [
      'read',
      'AADSTS700082: expired. To re-authenticate, please run `az login`.',
      "The login to Azure does not serve any more: run 'az login' again.",
    ],
    ['read', "ERROR: (SubscriptionNotFound) The subscription 's' could not be found.", undefined],
    ['create', 'policy says no', undefined],
    [
      'read',
      'no login to Azure: ARM_CLIENT_SECRET does not serve; AADSTS7000215: Invalid client secret',
      undefined,
    ],
  ])('knows what mends a refusal: %s, %s', (doing, complaint, sentence) => {
    expect(remedyFor(complaint, doing, asker)).toBe(sentence);
  });
});
