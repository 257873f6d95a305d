import type { Messages } from './messages.ts';
import type { Change } from './stack.ts';
import { type Assignment, normalScope, roleName } from './targets.ts';

/** How messages name the place of an assignment, and how its full id follows in a dry run. */
interface Place {
  readonly name: string;
  readonly isRegistry: boolean;
}

/** Whether an assignment stands on a registry, or else on a subscription. */
export function isOnRegistry({ scope }: Pick<Assignment, 'scope'>): boolean {
  return placeOf(scope).isRegistry;
}

/** Says what became, or would become, of one assignment. Nothing is said of the service principal here. */
export function sayChange(
  messages: Messages,
  { assignment, action, hasFailed }: Change,
  isDryRun: boolean,
): void {
  if (assignment === undefined) return;
  if (action === 'delete') return sayRemoval(messages, assignment, isDryRun, hasFailed);
  const role = roleName(assignment.role);
  const { name, isRegistry } = placeOf(assignment.scope);
  if (hasFailed) return messages.error(`Failed to assign ${role} on ${name}`);
  if (action === 'keep') {
    return messages.info(`${role} already assigned ${isRegistry ? 'to' : 'on'} ${name}, skipping`);
  }
  if (isDryRun) {
    const id = isRegistry ? ` (${assignment.scope})` : '';
    return messages.dry(
      action === 'create' ? `Would assign ${role} to ${name}${id}` : `Would update ${role} on ${name}${id}`,
    );
  }
  return messages.ok(`${role} ${action === 'create' ? 'granted' : 'updated'} on ${name}`);
}

/** Says that an assignment was, would be or could not be taken away. */
export function sayRemoval(
  messages: Messages,
  { role, scope }: Assignment,
  isDryRun: boolean,
  hasFailed = false,
): void {
  const { name, isRegistry } = placeOf(scope);
  const what = `${roleName(role)} from ${name}`;
  if (hasFailed) return messages.error(`Failed to remove ${what}`);
  if (isDryRun) return messages.dry(`Would remove ${what}${isRegistry ? ` (${scope})` : ''}`);
  return messages.ok(`Removed ${what}`);
}

/** Says of assignments that somebody else took away that they stay away. */
export function sayVanished(messages: Messages, vanished: readonly Assignment[]): void {
  for (const { role, scope } of vanished) {
    messages.info(
      `${roleName(role)} on ${placeOf(scope).name} was removed by somebody else and stays removed`,
    );
  }
}

function placeOf(scope: string): Place {
  const name = scope.split('/').at(-1) ?? scope;
  const isRegistry = normalScope(scope).includes('/providers/microsoft.containerregistry/');
  return { name: isRegistry ? `'${name}'` : `subscription '${name}'`, isRegistry };
}
