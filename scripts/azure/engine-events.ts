import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation/index.js';
import type { Change } from './stack.ts';

/** Type tokens of what the program declares. */
export const ROLE_ASSIGNMENT = 'azure-native:authorization:RoleAssignment';
export const SERVICE_PRINCIPAL = 'azuread:index/servicePrincipal:ServicePrincipal';

/** Steps by what they mean for the assignment. The halves of a replacement that is no result are left out: the other one is. */
const ACTIONS: Readonly<Record<string, Change['action']>> = {
  create: 'create',
  'create-replacement': 'create',
  same: 'keep',
  import: 'keep',
  update: 'change',
  delete: 'delete',
};

// `<{%fg 1%}>`, as the engine marks colours.
const COLOUR = /<\{%[^%]*%\}>/g;

/** Gathers what the events of one run say. */
export class EventLog {
  readonly #changes = new Map<string, Change>();
  readonly #errors: string[] = [];

  /** In the order in which resources were first seen. */
  get changes(): readonly Change[] {
    return [...this.#changes.values()];
  }

  get errors(): readonly string[] {
    return this.#errors;
  }

  readonly add = (event: EngineEvent): void => {
    const { resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resOutputsEvent !== undefined) this.#step(resOutputsEvent.metadata, false);
    if (resOpFailedEvent !== undefined) this.#step(resOpFailedEvent.metadata, true);
    if (diagnosticEvent?.severity === 'error')
      this.#errors.push(diagnosticEvent.message.replace(COLOUR, '').trim());
  };

  // The last word on a resource counts: a refresh comes before what is done about it.
  #step(metadata: StepEventMetadata, hasFailed: boolean): void {
    const action = ACTIONS[metadata.op] ?? (hasFailed ? 'change' : undefined);
    if (action === undefined) return;
    if (metadata.type === SERVICE_PRINCIPAL) this.#changes.set(metadata.urn, { action, hasFailed });
    if (metadata.type !== ROLE_ASSIGNMENT) return;
    const state = metadata.new ?? metadata.old;
    const assignment = assignmentOf(state?.inputs, state?.id);
    if (assignment !== undefined) this.#changes.set(metadata.urn, { assignment, action, hasFailed });
  }
}

/** What an assignment in the state or in an event gives, and where; undefined when it does not say. */
export function assignmentOf(
  inputs: Readonly<Record<string, unknown>> | undefined,
  id: string | undefined,
): NonNullable<Change['assignment']> | undefined {
  const { scope, roleDefinitionId } = inputs ?? {};
  if (typeof scope !== 'string' || typeof roleDefinitionId !== 'string') return undefined;
  const role = (roleDefinitionId.split('/').at(-1) ?? '').toLowerCase();
  return { role, scope, ...(id === undefined || id === '' ? {} : { id }) };
}
