import type { Request } from './arguments.ts';
import { findPrincipal, listAssignments, removeAssignment, removePrincipal } from './azure.ts';
import { explain, type LoggedIn, openAndRead } from './session.ts';
import type { Held, IntegrationStack, Outcome } from './stack.ts';

/**
 * Takes away all that the app may do in the tenant: what the stack holds, every other assignment of the app in the login's
 * subscription, and the service principal. False when access is left.
 */
export async function cleanUpAll({ dryRun }: Request, session: LoggedIn): Promise<boolean> {
  const { az, messages, appId } = session;
  messages.info('Removing service principal and all access...');
  const principal = await findPrincipal(az, appId);
  const { stack, held } = await openAndRead(session, dryRun);
  if (principal === undefined && held === undefined) {
    messages.info('Service principal not found, nothing to clean up');
    return true;
  }
  if (principal === undefined)
    messages.info('Service principal not found, removing what the stack still holds');
  else messages.info(`Found service principal: ${principal}`);

  messages.info('Removing all role assignments...');
  const swept = principal === undefined ? 0 : await sweep(held, { dryRun }, session);
  const outcome = held === undefined ? undefined : await destroy(stack, dryRun, session);
  if (swept + (held?.assignments.length ?? 0) === 0) messages.info('No role assignments found');
  if (outcome?.isOk === false) explain(outcome, session);

  if (principal !== undefined && dryRun) messages.dry(`Would delete service principal ${appId}`);
  const isGone = principal === undefined || dryRun || (await deletePrincipal(session));
  return isGone && outcome?.isOk !== false;
}

/**
 * Removes the assignments that the stack does not hold, and gives their number. One that cannot be removed is worth nothing without its
 * principal, which is why the run goes on.
 */
async function sweep(
  held: Held | undefined,
  { dryRun }: Pick<Request, 'dryRun'>,
  { az, messages, appId }: LoggedIn,
): Promise<number> {
  const ofStack = new Set((held?.assignments ?? []).map(({ id }) => id.toLowerCase()));
  const others = (await listAssignments(az, appId)).filter(({ id }) => !ofStack.has(id.toLowerCase()));
  for (const { id } of others) {
    if (dryRun) {
      messages.dry(`Would remove role assignment: ${id}`);
      continue;
    }
    const reason = await removeAssignment(az, id);
    if (reason === undefined) messages.ok('Removed role assignment');
    else for (const line of [`Failed to remove role assignment: ${id}`, reason]) messages.error(line);
  }
  return others.length;
}

async function destroy(stack: IntegrationStack, isDryRun: boolean, { messages }: LoggedIn): Promise<Outcome> {
  const outcome = await (isDryRun ? stack.previewDestroy() : stack.destroy());
  for (const { assignment, action, hasFailed } of outcome.changes) {
    if (assignment === undefined || action !== 'delete') continue;
    const id = assignment.id ?? assignment.scope;
    if (hasFailed) messages.error(`Failed to remove role assignment: ${id}`);
    else if (isDryRun) messages.dry(`Would remove role assignment: ${id}`);
    else messages.ok('Removed role assignment');
  }
  return outcome;
}

/** The stack may have deleted it already, or not have known it. */
async function deletePrincipal({ az, messages, appId }: LoggedIn): Promise<boolean> {
  messages.info('Removing service principal...');
  if ((await findPrincipal(az, appId)) !== undefined) {
    const refused = await removePrincipal(az, appId);
    if (refused !== undefined && (await findPrincipal(az, appId)) !== undefined) {
      messages.error(`Failed to delete service principal: ${refused.reason}`);
      messages.error('Backline may still read what its principal is assigned.');
      messages.error(
        refused.remedy ??
          `Ask an Application Administrator of the tenant to run 'az ad sp delete --id ${appId}'.`,
      );
      return false;
    }
  }
  messages.ok('Service principal deleted');
  return true;
}
