import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { z } from 'zod';
import { assignmentOf, type EventLog, ROLE_ASSIGNMENT, SERVICE_PRINCIPAL } from './engine-events.ts';
import type { Held, HeldAssignment } from './stack.ts';
import { normalScope, type StackConfig } from './targets.ts';

const deploymentSchema = z.object({
  resources: z
    .array(
      z.object({
        type: z.string(),
        id: z.string().optional(),
        inputs: z.record(z.string(), z.unknown()).optional(),
        delete: z.boolean().optional(),
      }),
    )
    .default([]),
});

/** A resource in the state of a stack. */
export type StateResource = z.output<typeof deploymentSchema>['resources'][number];

/** What is in the state, without the halves of replacements that are still to be deleted. */
export async function resourcesOf(stack: Pick<Stack, 'exportStack'>): Promise<readonly StateResource[]> {
  const { deployment } = await stack.exportStack();
  return deploymentSchema.parse(deployment).resources.filter((resource) => resource.delete !== true);
}

/** What a stack with these resources holds. `look` has the events of a refresh: what that found gone does not count, be it in the state or not. */
export function heldBy(
  resources: readonly StateResource[],
  config: StackConfig,
  look?: Pick<EventLog, 'changes'>,
): Held {
  const vanished = (look?.changes ?? []).flatMap(({ assignment, action }) =>
    assignment !== undefined && action === 'delete' ? [assignment] : [],
  );
  const isThere = ({ role, scope }: HeldAssignment) =>
    !vanished.some((one) => one.role === role && normalScope(one.scope) === normalScope(scope));
  const assignments = resources
    .filter(({ type }) => type === ROLE_ASSIGNMENT)
    .flatMap(({ inputs, id }) => {
      const assignment = assignmentOf(inputs, id);
      return assignment?.id === undefined ? [] : [{ ...assignment, id: assignment.id }];
    });
  const hasPrincipal = resources.some(({ type }) => type === SERVICE_PRINCIPAL);
  return { config, assignments: assignments.filter(isThere), vanished, hasPrincipal };
}
