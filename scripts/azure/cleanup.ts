import { READER } from '../../pulumi-azure/roles.ts';
import type { Request } from './arguments.ts';
import { isOnRegistry, sayRemoval } from './assignment-lines.ts';
import { type FoundRegistry, findPrincipal, listAssignments, removeAssignment } from './azure.ts';
import { cleanUpAll } from './cleanup-all.ts';
import { EXIT, Refusal } from './refusal.ts';
import { checkConfirmed, checkNotEmpty } from './rules.ts';
import { expandGroups, lookUp } from './selection.ts';
import { explain, type LoggedIn, logIn, openAndRead, type Session } from './session.ts';
import type { Held, IntegrationStack } from './stack.ts';
import { type Assignment, configFor, normalScope, REGISTRY_ROLES, targetsOf } from './targets.ts';

/**
 * Takes away what Backline may read of the registries and subscriptions asked for, or everything. Gives the exit code; throws `Refusal`
 * for what keeps it from beginning.
 */
export async function cleanup(request: Request, session: Session): Promise<number> {
  checkNotEmpty(request);
  checkConfirmed(request);
  const { messages } = session;
  const loggedIn = await logIn(session, request.dryRun);
  messages.plain('');
  const isDone = await (request.all ? cleanUpAll(request, loggedIn) : cleanUpSelected(request, loggedIn));
  if (!isDone) return EXIT.refused;
  messages.plain('');
  messages.ok('Cleanup complete');
  return EXIT.ok;
}

async function cleanUpSelected(request: Request, session: LoggedIn): Promise<boolean> {
  const { stack, held } = await openAndRead(session, request.dryRun);
  const scopes = [
    ...(await registryScopes(request, held, session)),
    ...request.cloudSubscriptions.map((id) => `/subscriptions/${id}`),
  ];
  const removed = await removeFromStack(scopes, { request, stack, held }, session);
  if (removed === undefined) return false;
  return sayAndSweep(scopes, removed, request, session);
}

/** Ids of the registries asked for. Azure may not have them any more: what the stack holds can be taken out all the same. */
async function registryScopes(
  request: Request,
  held: Held | undefined,
  { az, account }: LoggedIn,
): Promise<readonly string[]> {
  const known = (resourceGroup: string): readonly FoundRegistry[] =>
    (held?.assignments ?? []).flatMap(({ scope }) => {
      const [registry] = targetsOf([scope]).registries;
      const isIt =
        registry?.resourceGroup.toLowerCase() === resourceGroup.toLowerCase() &&
        registry.subscriptionId === account.subscriptionId;
      return registry !== undefined && isIt ? [{ id: scope, name: registry.name }] : [];
    });
  const selected = await expandGroups(az, request.wanted, known);
  checkConfirmed(request, selected);
  const scopes: string[] = [];
  for (const registry of selected) {
    const { name, resourceGroup } = registry;
    const id = await lookUp(az, registry, known(resourceGroup));
    if (id === undefined) throw new Refusal(`ACR '${name}' not found in resource group '${resourceGroup}'`);
    scopes.push(id);
  }
  return scopes;
}

interface Part {
  readonly request: Request;
  readonly stack: IntegrationStack;
  readonly held: Held | undefined;
}

/** What was, or would be, removed by running the stack without these scopes; undefined when that failed. */
async function removeFromStack(
  scopes: readonly string[],
  { request, stack, held }: Part,
  session: LoggedIn,
): Promise<readonly Assignment[] | undefined> {
  const asked = new Set(scopes.map(normalScope));
  const assignments = held?.assignments ?? [];
  const remaining = assignments.filter(({ scope }) => !asked.has(normalScope(scope)));
  if (held === undefined || remaining.length === assignments.length) return [];
  const config = configFor(
    remaining.map(({ scope }) => scope),
    { account: session.account, appId: session.appId, before: held.config },
  );
  const outcome = await (request.dryRun ? stack.preview(config) : stack.up(config));
  const removals = outcome.changes.flatMap(({ assignment, action, hasFailed }) =>
    assignment !== undefined && action === 'delete' ? [{ ...assignment, hasFailed }] : [],
  );
  if (outcome.isOk) return removals;
  for (const removal of removals) sayRemoval(session.messages, removal, request.dryRun, removal.hasFailed);
  explain(outcome, session);
  return undefined;
}

/** Says what the stack removed, and removes what it did not know of: assignments of the published scripts, or of another machine. */
async function sayAndSweep(
  scopes: readonly string[],
  removed: readonly Assignment[],
  request: Request,
  session: LoggedIn,
): Promise<boolean> {
  const { az, messages, appId } = session;
  const hasPrincipal = (await findPrincipal(az, appId)) !== undefined;
  let isDone = true;
  let lastWasRegistry: boolean | undefined;
  for (const scope of new Map(scopes.map((one) => [normalScope(one), one])).values()) {
    const onRegistry = isOnRegistry({ scope });
    if (onRegistry !== lastWasRegistry) {
      if (lastWasRegistry !== undefined) messages.plain('');
      messages.info(
        onRegistry ? 'Removing ACR permissions...' : 'Removing Azure Cloud permissions (Reader role)...',
      );
      lastWasRegistry = onRegistry;
    }
    isDone = (await sweep({ scope, onRegistry, removed, hasPrincipal }, request, session)) && isDone;
  }
  return isDone;
}

interface Place {
  readonly scope: string;
  readonly onRegistry: boolean;
  readonly removed: readonly Assignment[];
  readonly hasPrincipal: boolean;
}

async function sweep(
  { scope, onRegistry, removed, hasPrincipal }: Place,
  { dryRun }: Request,
  { az, messages, appId }: LoggedIn,
): Promise<boolean> {
  const byStack = removed.filter((one) => normalScope(one.scope) === normalScope(scope));
  for (const { role } of byStack) sayRemoval(messages, { role, scope }, dryRun);
  const roles = onRegistry ? REGISTRY_ROLES : [READER];
  const left = (hasPrincipal ? await listAssignments(az, appId, scope) : []).filter(
    ({ role, scope: assignedAt }) =>
      normalScope(assignedAt) === normalScope(scope) &&
      roles.some(({ guid }) => guid === role) &&
      !byStack.some((one) => one.role === role),
  );
  if (byStack.length + left.length === 0) {
    const name = scope.split('/').at(-1) ?? scope;
    messages.info(
      onRegistry
        ? `No AcrPull role found on '${name}', skipping`
        : `No Reader role found on subscription '${name}', skipping`,
    );
  }
  let isDone = true;
  for (const { id, role } of left) {
    const reason = dryRun ? undefined : await removeAssignment(az, id);
    sayRemoval(messages, { role, scope }, dryRun, reason !== undefined);
    if (reason !== undefined) messages.error(reason);
    isDone = isDone && reason === undefined;
  }
  return isDone;
}
