import { DEFAULT_APP_ID } from '../../pulumi-azure/config.ts';
import { isOnRegistry, sayChange, sayVanished } from './assignment-lines.ts';
import type { Messages } from './messages.ts';
import type { Change, Held, Outcome } from './stack.ts';
import { type Assignment, normalScope } from './targets.ts';

/** A run of the stack, and what it was run for. */
export interface InstallRun {
  /** Ids of what was asked for, in the order asked. */
  readonly scopes: readonly string[];
  readonly outcome: Outcome;
  /** What the stack held before. */
  readonly held: Held | undefined;
  readonly hadPrincipal: boolean;
}

type Told = Change & { readonly assignment: Assignment };

/**
 * Says what became of what was asked for, and what changed beside it; false when something that was asked for was passed over. What
 * the stack holds and keeps is no news.
 */
export function sayOutcome(messages: Messages, run: InstallRun, isDryRun: boolean): boolean {
  const { scopes, outcome, held, hadPrincipal } = run;
  const principal = outcome.changes.find(({ assignment }) => assignment === undefined);
  if (principal?.hasFailed === true) messages.error('Failed to create service principal');
  else if (principal !== undefined && !hadPrincipal && !isDryRun) messages.ok('Service principal created');

  const order = scopes.map(normalScope);
  const told = newsOf(outcome.changes, order);
  for (const change of told.filter(({ assignment }) => isOnRegistry(assignment))) {
    sayChange(messages, change, isDryRun);
  }
  sayVanished(messages, lostBeside(held, order));
  if (scopes.some((scope) => !isOnRegistry({ scope }))) {
    messages.plain('');
    messages.info('Processing Azure Cloud integrations (Reader role)...');
  }
  for (const change of told.filter(({ assignment }) => !isOnRegistry(assignment))) {
    sayChange(messages, change, isDryRun);
  }

  const done = new Set(told.map(({ assignment }) => normalScope(assignment.scope)));
  const passedOver = scopes.filter((scope) => !done.has(normalScope(scope)));
  for (const scope of outcome.isOk ? passedOver : []) messages.error(`No role was assigned at ${scope}`);
  return passedOver.length === 0;
}

/** Says what is to be done with it, and whose hub it lets in when that is not the reader's own. */
export function sayConnection(messages: Messages, { connectCommand }: Outcome, appId: string): void {
  messages.plain('');
  if (connectCommand !== undefined) {
    messages.plain('Connect the registries to the hub with:');
    messages.plain(`npx ${connectCommand}`);
  }
  if (appId !== DEFAULT_APP_ID) return;
  messages.info(
    "This lets Backline's own hub read the registries. For a hub of your own set BACKLINE_APP_ID to the appId that pulumi-azure/hub puts out.",
  );
}

/** What was asked for in the order asked, then what else changed. */
function newsOf(changes: readonly Change[], order: readonly string[]): readonly Told[] {
  const rank = ({ assignment: { scope } }: Told) => {
    const index = order.indexOf(normalScope(scope));
    return index === -1 ? order.length : index;
  };
  return changes
    .flatMap((change) =>
      change.assignment === undefined ? [] : [{ ...change, assignment: change.assignment }],
    )
    .filter((change) => change.action !== 'keep' || change.hasFailed || rank(change) < order.length)
    .toSorted((a, b) => rank(a) - rank(b));
}

/** Assignments that somebody else took away, of places that the stack lets go with them. */
function lostBeside(held: Held | undefined, asked: readonly string[]): readonly Assignment[] {
  const kept = new Set([...asked, ...(held?.assignments ?? []).map(({ scope }) => normalScope(scope))]);
  return (held?.vanished ?? []).filter(({ scope }) => !kept.has(normalScope(scope)));
}
