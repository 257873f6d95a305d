import { describe, expect, it } from '@jest/globals';
import { ACR_PULL, READER } from '../../../pulumi-azure/roles.ts';
import { ROLE_ASSIGNMENT, SERVICE_PRINCIPAL } from '../../../scripts/azure/engine-events.ts';
import { heldBy, resourcesOf } from '../../../scripts/azure/held.ts';

const assignment = (id: string, role: string, scope: string) => ({
  type: ROLE_ASSIGNMENT,
  id,
  inputs: { scope, roleDefinitionId: `/subscriptions/s/roleDefinitions/${role}` },
});
const STATE = [
  { type: 'pulumi:pulumi:Stack' },
  { type: SERVICE_PRINCIPAL, id: 'principal' },
  assignment('one', ACR_PULL.guid, '/subscriptions/s/registries/one'),
  assignment('two', READER.guid, 'subscriptions/s'),
];

describe('scripts/azure/held', () => {
  it('finds assignments and the principal in the state', async () => {
    const stack = { exportStack: () => Promise.resolve({ version: 3, deployment: { resources: STATE } }) };

    expect(heldBy(await resourcesOf(stack), { mode: 'auto' })).toEqual({
      config: { mode: 'auto' },
      assignments: [
        { id: 'one', role: ACR_PULL.guid, scope: '/subscriptions/s/registries/one' },
        { id: 'two', role: READER.guid, scope: 'subscriptions/s' },
      ],
      vanished: [],
      hasPrincipal: true,
    });
  });

  it('leaves out what is only there to be deleted, and knows an empty state', async () => {
    const old = { ...assignment('one', ACR_PULL.guid, '/x'), delete: true };
    const stack = (deployment: object) => ({
      exportStack: () => Promise.resolve({ version: 3, deployment }),
    });

    expect(await resourcesOf(stack({ resources: [old] }))).toEqual([]);
    expect(await resourcesOf(stack({}))).toEqual([]);
  });

  it('leaves out what a look found gone, though the state still has it', () => {
    const gone = { role: READER.guid, scope: '/subscriptions/s' };
    const look = { changes: [{ assignment: gone, action: 'delete', hasFailed: false }] as const };

    const held = heldBy(STATE, {}, look);

    expect(held.assignments.map(({ id }) => id)).toEqual(['one']);
    expect(held.vanished).toEqual([gone]);
  });
});
