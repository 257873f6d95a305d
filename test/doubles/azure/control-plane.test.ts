import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { answerAz } from './control-plane-az.ts';
import type { RoleAssignmentProperties } from './control-plane-role-assignments.ts';

const ROLE = '/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d';
const [FIRST, SECOND] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

let azure: ControlPlane;
let scope: string;
let grant: RoleAssignmentProperties;

beforeEach(async () => {
  azure = await startControlPlane();
  scope = azure.directory.resources.addRegistry({ name: 'one', resourceGroup: 'prod' }).id;
  const { objectId } = await azure.directory.principals.create(crypto.randomUUID());
  grant = { principalId: objectId, roleDefinitionId: ROLE };
});
afterEach(() => azure.close());

function arm(path: string, authorization = `Bearer ${azure.token}`): Promise<Response> {
  return fetch(`${azure.armEndpoint}${path}`, { headers: { authorization } });
}

describe('doubles/azure/control-plane', () => {
  it('rejects a second name for what is assigned already, in any case of letters', async () => {
    await azure.directory.assignments.put(scope, FIRST, grant);

    await expect(azure.directory.assignments.put(scope.toUpperCase(), SECOND, grant)).rejects.toMatchObject({
      status: 409,
      code: 'RoleAssignmentExists',
    });
  });

  it('rejects a used name for anything else', async () => {
    await azure.directory.assignments.put(scope, FIRST, grant);
    const group = scope.split('/providers/')[0] ?? '';

    await expect(azure.directory.assignments.put(group, FIRST, grant)).rejects.toMatchObject({
      code: 'RoleAssignmentUpdateNotPermitted',
    });
  });

  it.each([
    ['a scope that is not there', 'ResourceNotFound', () => ({ at: `${scope}x`, name: FIRST, grant })],
    ['a name that is no GUID', 'InvalidRoleAssignmentId', () => ({ at: scope, name: 'reader', grant })],
    [
      'a principal that is not there',
      'PrincipalNotFound',
      () => ({ at: scope, name: FIRST, grant: { ...grant, principalId: SECOND } }),
    ],
  ])('rejects %s', async (_, code, wish) => {
    const { at, name, grant: wanted } = wish();

    await expect(azure.directory.assignments.put(at, name, wanted)).rejects.toMatchObject({ code });
    expect(azure.directory.assignments.list()).toEqual([]);
  });

  it('names roles from the subscription, as Azure answers', async () => {
    const { roleDefinitionId } = await azure.directory.assignments.put(scope, FIRST, grant);

    expect(roleDefinitionId).toBe(`/subscriptions/${azure.directory.subscriptionId}${ROLE}`);
  });

  it('leaves the assignments of a deleted principal', async () => {
    await azure.directory.assignments.put(scope, FIRST, grant);

    await azure.directory.principals.remove(grant.principalId);

    expect(azure.directory.assignments.list()).toHaveLength(1);
  });

  it('gives registries in pages to those who hold the token', async () => {
    for (const name of ['two', 'three'])
      azure.directory.resources.addRegistry({ name, resourceGroup: 'prod' });
    const path = `/subscriptions/${azure.directory.subscriptionId}/providers/Microsoft.ContainerRegistry/registries`;

    const first = (await (await arm(`${path}?api-version=2025-04-01`)).json()) as {
      value: unknown[];
      nextLink: string;
    };
    const second = (await (
      await arm(new URL(first.nextLink).pathname + new URL(first.nextLink).search)
    ).json()) as {
      value: unknown[];
      nextLink?: string;
    };

    expect([first.value.length, second.value.length, second.nextLink]).toEqual([2, 1, undefined]);
    expect((await arm(path)).status).toBe(400);
    expect((await arm(`${path}?api-version=2025-04-01`, 'Bearer other')).status).toBe(401);
  });

  it('answers az as ARM, and with exit code 3 for what is not there', async () => {
    const az = { directory: azure.directory, token: azure.token };

    const show = (name: string) =>
      answerAz(az, ['acr', 'show', '--name', name, '--resource-group', 'prod', '--output', 'json']);

    expect(JSON.parse((await show('ONE')).stdout)).toMatchObject({
      id: scope,
      loginServer: 'one.azurecr.io',
    });
    expect(await show('none')).toMatchObject({ exitCode: 3, stdout: '' });
  });
});
