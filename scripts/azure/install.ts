import type { Request } from './arguments.ts';
import { findPrincipal, listRegistries } from './azure.ts';
import { sayConnection, sayOutcome } from './install-report.ts';
import { EXIT } from './refusal.ts';
import { checkConfirmed, checkNotEmpty } from './rules.ts';
import { expandGroups, lookUp, type Selected } from './selection.ts';
import { explain, type LoggedIn, logIn, openAndRead, type Session } from './session.ts';
import { configFor } from './targets.ts';

/**
 * Lets Backline read the registries and subscriptions asked for, beside those it may read already. Gives the exit code; throws `Refusal`
 * for what keeps it from beginning.
 */
export async function install(request: Request, session: Session): Promise<number> {
  checkNotEmpty(request);
  checkConfirmed(request);
  const { dryRun } = request;
  const loggedIn = await logIn(session, dryRun);
  const { az, messages, appId, account } = loggedIn;
  const registries = await registriesOf(request, loggedIn);
  const principal = await sayPrincipal(request, loggedIn);
  const scopes = [
    ...(await scopesOf(registries, request, loggedIn)),
    ...request.cloudSubscriptions.map((id) => `/subscriptions/${id}`),
  ];

  const { stack, held } = await openAndRead(loggedIn, dryRun);
  const config = configFor([...(held?.assignments ?? []).map(({ scope }) => scope), ...scopes], {
    account,
    appId,
    before: held?.config ?? {},
  });
  const outcome = await (dryRun ? stack.preview(config) : stack.up(config));
  const isComplete = sayOutcome(
    messages,
    { scopes, outcome, held, hadPrincipal: principal !== undefined },
    dryRun,
  );
  if (!outcome.isOk) explain(outcome, loggedIn);
  if (!outcome.isOk || !isComplete) return EXIT.refused;

  messages.plain('');
  messages.ok('Integration complete');
  messages.plain('');
  messages.plain(`Backline App ID: ${appId}`);
  const objectId =
    outcome.principalObjectId ?? principal ?? (dryRun ? undefined : await findPrincipal(az, appId));
  messages.plain(`Service Principal Object ID: ${objectId ?? 'N/A'}`);
  messages.plain(`Tenant ID: ${account.tenantId}`);
  if (!dryRun) sayConnection(messages, outcome, appId);
  return EXIT.ok;
}

async function registriesOf(
  request: Request,
  { az, messages, account: { subscriptionName } }: LoggedIn,
): Promise<readonly Selected[]> {
  if (request.wholeSubscription) {
    const found = await listRegistries(az);
    if (found.length === 0) messages.info(`No ACRs found in subscription '${subscriptionName}'`);
    return found.map((one) => ({ ...one, resourceGroup: '' }));
  }
  const selected = await expandGroups(az, request.wanted);
  checkConfirmed(request, selected);
  return selected;
}

async function sayPrincipal(
  { dryRun }: Request,
  { az, messages, appId }: LoggedIn,
): Promise<string | undefined> {
  messages.info('Ensuring service principal exists for Backline AI...');
  const principal = await findPrincipal(az, appId);
  if (principal !== undefined) messages.info('Service principal already exists');
  else if (dryRun) messages.dry(`Would create service principal for app ${appId}`);
  return principal;
}

/** Those that exist. What does not is said, and left out: a list may be older than the registries in it. */
async function scopesOf(
  registries: readonly Selected[],
  { wanted, wholeSubscription }: Request,
  { az, messages }: LoggedIn,
): Promise<readonly string[]> {
  if (wanted.length === 0 && !wholeSubscription) return [];
  messages.plain('');
  messages.info('Processing ACR integrations...');
  const scopes: string[] = [];
  for (const registry of registries) {
    const id = await lookUp(az, registry);
    if (id !== undefined) scopes.push(id);
    else messages.error(`ACR '${registry.name}' not found in resource group '${registry.resourceGroup}'`);
  }
  return scopes;
}
