import { messageOf } from '../../../shared/errors.ts';
import { RegistryError, type RegistryErrorCode } from '../../errors.ts';
import { httpOf } from '../../oci/http.ts';
import { isIncluded, namedRepositories, type RepositoryFilter } from '../../repository-filter.ts';
import { ACR_AUDIENCE } from './azure.ts';
import type { AcrRegistryOptions } from './index.ts';
import { type AcrServer, acrServer } from './server.ts';
import { type AcrSettings, acrSettings } from './settings.ts';

/** What one step of logging in and reading came to; the same shape as a check of an integration. */
export type ConnectionCheck = {
  readonly id: 'token' | 'exchange' | 'settings' | 'catalogue' | 'tags' | 'manifest';
  /** The login server. */
  readonly on: string;
  readonly outcome: 'passed' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  readonly remedy?: string;
};

/** Repositories that are looked into for an image: the first ones may be empty, or those of others. */
const MAX_REPOSITORIES = 50;
/** A repository that may not be read, or was named and is not there: another may be. */
const UNREADABLE = new Set<RegistryErrorCode>(['role-missing', 'abac-role-missing', 'image-not-found']);

type Step = Omit<ConnectionCheck, 'id' | 'on'>;

/**
 * Tries every step from a token to a manifest at each login server, in this order: `token` (Entra knows the application),
 * `exchange` (the registry takes it), `settings` (ARM, when it may be read), `catalogue`, `tags`, `manifest`. What cannot be
 * tried after a failure is skipped, and says so. Never throws for what a server answers.
 */
export async function testAcrConnection(options: AcrRegistryOptions): Promise<ConnectionCheck[]> {
  const { insecure = false } = options;
  // Tokens that were kept would pass what is refused by now. Those of its credential are the caller's to make anew.
  const login = options.login.kind === 'entra' ? { ...options.login, logins: new Map() } : options.login;
  const http = httpOf(options.http);
  const checks: ConnectionCheck[] = [];
  for (const host of options.loginServers) {
    const closing = new AbortController();
    const server = acrServer(host, { login, insecure, http, signal: closing.signal });
    const add = (id: ConnectionCheck['id'], step: Step): Step => {
      checks.push({ id, on: host, ...step });
      return step;
    };
    const token = add('token', await step(() => tokenStep(server)));
    const exchange = add('exchange', await after(token, () => exchangeStep(server)));
    add('settings', await after(token, () => settingsStep(host, options)));
    const found: Found = {};
    const catalogue = add('catalogue', await after(exchange, () => catalogueStep(server, options, found)));
    const tags = add('tags', await after(catalogue, () => tagsStep(server, found)));
    add('manifest', await after(tags, () => manifestStep(server, found)));
    closing.abort();
  }
  return checks;
}

/** What one step leaves to the next. */
type Found = { repositories?: readonly string[]; image?: { repository: string; digest: string } };

async function step(act: () => Promise<Step>): Promise<Step> {
  try {
    return await act();
  } catch (error) {
    return {
      outcome: 'failed',
      detail: sentenceOf(error),
      remedy: remedyOf(error) ?? 'check the name of the login server, network and proxy',
    };
  }
}

/** What an error says, without its causes: those hold what a library says at length, with the ids of requests. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof RegistryError)) return messageOf(error);
  const { sentence } = error.data;
  return typeof sentence === 'string' ? sentence : error.message;
}

function remedyOf(error: unknown): string | undefined {
  const remedy = error instanceof RegistryError ? error.data['remedy'] : undefined;
  return typeof remedy === 'string' ? remedy : undefined;
}

async function after(before: Step, act: () => Promise<Step>): Promise<Step> {
  if (before.outcome === 'passed' || before.outcome === 'warning') return step(act);
  return {
    outcome: 'skipped',
    detail: 'not tried: a step before did not pass',
    remedy: 'see the step that failed',
  };
}

async function tokenStep({ login, host }: AcrServer): Promise<Step> {
  if (login === undefined)
    return { outcome: 'passed', detail: `the login for ${host} is that of docker login` };
  const audience = await login.audience();
  if (audience === ACR_AUDIENCE) return { outcome: 'passed', detail: `Entra gives a token for ${audience}` };
  return {
    outcome: 'warning',
    detail: `Entra gives no token for ${ACR_AUDIENCE}, only one for ARM, which a registry may refuse`,
    remedy:
      'register Microsoft.ContainerRegistry in the tenant: az provider register --namespace Microsoft.ContainerRegistry',
  };
}

async function exchangeStep(server: AcrServer): Promise<Step> {
  await server.logIn();
  return { outcome: 'passed', detail: `${server.host} takes the login` };
}

async function settingsStep(host: string, { login, http }: AcrRegistryOptions): Promise<Step> {
  if (login.kind === 'docker') return unread('the login is that of the registry alone');
  try {
    const settings = await acrSettings(host, login.credential, login.arm, httpOf(http));
    if (settings === undefined) return unread('the application may not read it over ARM');
    return { outcome: 'passed', detail: described(settings) };
  } catch (error) {
    return unread(sentenceOf(error));
  }
}

function unread(why: string): Step {
  return {
    outcome: 'skipped',
    detail: `the settings of the registry were not read: ${why}`,
    remedy: 'none needed: they only make explanations more exact; Reader on the registry would open them',
  };
}

function described({ roleMode, publicAccess, armAudience }: AcrSettings): string {
  const facts = [
    ...(roleMode === undefined
      ? []
      : [`permissions are those of ${roleMode === 'abac' ? 'repositories (ABAC)' : 'the registry'}`]),
    ...(publicAccess === false ? ['public network access is disabled'] : []),
    ...(armAudience === false ? ['the ARM audience is disabled'] : []),
  ];
  return facts.join('; ') || 'nothing unusual is set';
}

async function catalogueStep(server: AcrServer, filter: RepositoryFilter, found: Found): Promise<Step> {
  try {
    found.repositories = await firstOf(server, filter);
  } catch (error) {
    const named = namedRepositories(filter);
    if (named.length === 0 || !(error instanceof RegistryError) || error.code !== 'catalog-forbidden')
      throw error;
    found.repositories = named.slice(0, MAX_REPOSITORIES);
    return {
      outcome: 'warning',
      detail: `${sentenceOf(error)}; those that are named in full are read`,
      remedy: String(remedyOf(error)),
    };
  }
  const count = found.repositories.length;
  const many = count === MAX_REPOSITORIES ? `${count} or more` : count;
  return { outcome: 'passed', detail: `repositories that are meant can be listed: ${many}` };
}

async function firstOf(server: AcrServer, filter: RepositoryFilter): Promise<string[]> {
  const names: string[] = [];
  for await (const name of server.repositories()) {
    if (isIncluded(name, filter)) names.push(name);
    if (names.length === MAX_REPOSITORIES) break;
  }
  return names;
}

/**
 * Looks for a tagged image in one repository after the other. Conditions of assignments may leave some out, which the list
 * shows all the same: it fails only when none can be read.
 */
async function tagsStep(server: AcrServer, found: Found): Promise<Step> {
  const { repositories = [] } = found;
  const refusals: RegistryError[] = [];
  let lookedInto = 0;
  for (const repository of repositories) {
    lookedInto += 1;
    try {
      const [image] = await server.images(repository);
      if (image === undefined) continue;
      found.image = { repository, digest: image.digest };
      break;
    } catch (error) {
      if (!(error instanceof RegistryError) || !UNREADABLE.has(error.code)) throw error;
      refusals.push(error);
    }
  }
  const detail =
    found.image === undefined
      ? `no tagged image in ${lookedInto} repositories that were looked into`
      : `the tags of ${found.image.repository} can be listed`;
  const [refusal] = refusals;
  if (refusal !== undefined) return withoutSome(refusal, refusals.length, lookedInto, detail);
  if (found.image !== undefined) return { outcome: 'passed', detail };
  return {
    outcome: 'skipped',
    detail,
    remedy: 'push an image, or check which repositories the integration includes',
  };
}

function withoutSome(refusal: RegistryError, refused: number, lookedInto: number, detail: string): Step {
  const ofAll = `${refused} of ${lookedInto} repositories that were looked into cannot be read`;
  const remedy = `${remedyOf(refusal) ?? 'push an image there'}; or include those alone that are meant, or exclude the others`;
  return refused < lookedInto
    ? { outcome: 'warning', detail: `${detail}; ${ofAll}: ${sentenceOf(refusal)}`, remedy }
    : { outcome: 'failed', detail: `${ofAll}: ${sentenceOf(refusal)}`, remedy };
}

async function manifestStep(server: AcrServer, { image }: Found): Promise<Step> {
  if (image === undefined)
    return { outcome: 'skipped', detail: 'there is no image to read', remedy: 'push one' };
  await server.open(image.repository, image.digest).manifest();
  return { outcome: 'passed', detail: `images of ${image.repository} can be read` };
}
