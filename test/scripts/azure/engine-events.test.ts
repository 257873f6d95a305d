import { describe, expect, it } from '@jest/globals';
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { ACR_PULL } from '../../../pulumi-azure/roles.ts';
import { EventLog, ROLE_ASSIGNMENT, SERVICE_PRINCIPAL } from '../../../scripts/azure/engine-events.ts';

const SCOPE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/images';
const INPUTS = {
  scope: SCOPE,
  roleDefinitionId: `/subscriptions/s/roleDefinitions/${ACR_PULL.guid.toUpperCase()}`,
};
const ASSIGNMENT = { role: ACR_PULL.guid, scope: SCOPE, id: 'id1' };

function step(op: string, parts: object = {}): EngineEvent {
  const metadata = { op, urn: 'urn:a', type: ROLE_ASSIGNMENT, new: { id: 'id1', inputs: INPUTS }, ...parts };
  return { resOutputsEvent: { metadata } } as unknown as EngineEvent;
}

function logOf(...events: readonly EngineEvent[]): EventLog {
  const log = new EventLog();
  for (const event of events) log.add(event);
  return log;
}

describe('scripts/azure/engine-events', () => {
  it.each([
    ['create', 'create'],
    ['create-replacement', 'create'],
    ['same', 'keep'],
    ['import', 'keep'],
    ['update', 'change'],
  ])('takes %s for %s', (op, action) => {
    expect(logOf(step(op)).changes).toEqual([{ assignment: ASSIGNMENT, action, hasFailed: false }]);
  });

  it('finds what is deleted in the old state', () => {
    const deleted = step('delete', { new: null, old: { id: 'id1', inputs: INPUTS } });

    expect(logOf(deleted).changes).toEqual([{ assignment: ASSIGNMENT, action: 'delete', hasFailed: false }]);
  });

  it('lets the last word on a resource count', () => {
    expect(logOf(step('delete'), step('create'), step('delete-replaced')).changes).toMatchObject([
      { action: 'create' },
    ]);
  });

  it('knows the principal, and leaves out everything else', () => {
    const principal = step('create', { type: SERVICE_PRINCIPAL, urn: 'urn:p' });
    const provider = step('create', { type: 'pulumi:providers:azuread', urn: 'urn:x' });

    expect(logOf(principal, provider).changes).toEqual([{ action: 'create', hasFailed: false }]);
  });

  it('reports what failed', () => {
    const { resOutputsEvent } = step('create');

    expect(logOf({ resOpFailedEvent: resOutputsEvent } as unknown as EngineEvent).changes).toMatchObject([
      { action: 'create', hasFailed: true },
    ]);
  });

  it('reports errors without colours, and no warnings', () => {
    const say = (severity: string, message: string) =>
      ({ diagnosticEvent: { severity, message, color: 'raw' } }) as unknown as EngineEvent;

    const log = logOf(say('warning', 'careful'), say('error', '<{%fg 1%}>error: <{%reset%}>no right\n'));

    expect(log.errors).toEqual(['error: no right']);
  });
});
