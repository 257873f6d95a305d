import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArmClient, armClient } from '../../../pulumi-azure/azure/arm.ts';
import { assignmentsOf } from '../../../pulumi-azure/azure/assignments.ts';
import {
  type ArmDouble,
  armDouble,
  registryId,
  SUBSCRIPTION,
  TOKEN,
} from '../../doubles/resource-manager.ts';

const PRINCIPAL = 'aaaaaaaa-1111-1111-1111-000000000009';
const ROLE = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const SCOPE = registryId({ name: 'team', resourceGroup: 'group' });

describe('pulumi-azure/azure/assignments', () => {
  let double: ArmDouble;
  let arm: ArmClient;

  beforeEach(async () => {
    double = await armDouble();
    arm = armClient(double.url, { fetch, token: async () => TOKEN, sleep: async () => {} });
  });
  afterEach(() => double.close());

  it('lists what the principal is assigned at each scope, over all pages', async () => {
    for (const name of ['a', 'b', 'c'])
      double.assignments.push({ scope: SCOPE, name, roleGuid: ROLE, principalId: PRINCIPAL });

    const assignments = await assignmentsOf(arm, PRINCIPAL, [SCOPE, `/subscriptions/${SUBSCRIPTION}`]);

    expect(assignments).toEqual(
      ['a', 'b', 'c'].map((name) => ({
        id: `${SCOPE}/providers/Microsoft.Authorization/roleAssignments/${name}`,
        name,
        scope: SCOPE,
        roleGuid: ROLE,
      })),
    );
  });

  it('leaves out what is assigned above and below, and to others', async () => {
    double.assignments.push(
      { scope: `/subscriptions/${SUBSCRIPTION}`, name: 'above', roleGuid: ROLE, principalId: PRINCIPAL },
      { scope: `${SCOPE}/below`, name: 'below', roleGuid: ROLE, principalId: PRINCIPAL },
      { scope: SCOPE, name: 'other', roleGuid: ROLE, principalId: 'somebody else' },
      { scope: SCOPE.toUpperCase(), name: 'at', roleGuid: ROLE, principalId: PRINCIPAL },
    );

    const assignments = await assignmentsOf(arm, PRINCIPAL, [SCOPE]);

    expect(assignments.map(({ name }) => name)).toEqual(['at']);
  });

  it('fails when an assignment is not described as expected', async () => {
    double.intercept = (_request, response) => {
      response.writeHead(200).end('{"value":[{"id":"x"}]}');
      return true;
    };

    await expect(assignmentsOf(arm, PRINCIPAL, [SCOPE])).rejects.toThrow(
      'a role assignment is not described as expected',
    );
  });
});
