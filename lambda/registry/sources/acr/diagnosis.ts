import { RegistryError } from '../../errors.ts';
import { acrError } from './acr-error.ts';
import { ACR_AUDIENCE } from './azure.ts';
import type { AcrSettings } from './settings.ts';

/** What was asked of a login server when it refused. */
export type Asked = {
  readonly host: string;
  readonly what: 'login' | 'catalogue' | 'repository';
  /** Its name, when one was asked for. */
  readonly repository?: string;
  readonly login: 'entra' | 'docker';
  /** Looked up only when it decides; absent for what ARM does not say. */
  readonly settings: () => Promise<AcrSettings | undefined>;
};

const PULL = 'AcrPull';
const READER = '"Container Registry Repository Reader"';
const LISTER = '"Container Registry Repository Catalog Lister"';

/** {"code":"DENIED","message":"client with IP '…' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."} */
const FIREWALL = /client with IP '?(?<address>[0-9a-fA-F.:]{2,45})'? is not allowed access/;

/**
 * Says why a login server refused, as exactly as its answer and its settings allow; gives any other error as it is. A
 * registry answers the same 401 whatever is missing:
 * https://learn.microsoft.com/en-us/troubleshoot/azure/azure-container-registry/acr-authentication-errors
 */
export async function diagnosed(error: unknown, asked: Asked): Promise<unknown> {
  if (!(error instanceof RegistryError)) return error;
  const { status, stage } = error.data;
  if (status !== 401 && status !== 403) return error;
  const options = { cause: error, data: { status, host: asked.host } };
  const { address } = FIREWALL.exec(error.message)?.groups ?? {};
  if (status === 403 && address !== undefined) return firewalled(asked, address, options);
  const { host } = error.data;
  if (typeof host === 'string' && host !== asked.host) return withoutStorage(asked, host, options);
  if (asked.login === 'docker') return withoutScope(asked, options);
  if (stage === 'exchange') return notLoggedIn(asked, error.data['audience'], options);
  return asked.what === 'catalogue' ? noCatalogue(asked, options) : noRepository(asked, options);
}

type Options = { readonly cause: unknown; readonly data: Readonly<Record<string, string | number>> };

async function firewalled(
  { host, settings }: Asked,
  address: string,
  options: Options,
): Promise<RegistryError> {
  const because = (why: string, remedy: string): RegistryError =>
    acrError('network-forbidden', `${host} takes no requests from ${address}: ${why}`, remedy, options);
  const rule = `az acr network-rule add --name ${nameOf(host)} --ip-address ${address}`;
  const opening =
    'enable public access for selected networks with this address, or scan from where its private endpoint is reached';
  const { publicAccess } = (await settings()) ?? {};
  if (publicAccess === true) return because('its network rules leave the address out', rule);
  if (publicAccess === false) return because('its public network access is disabled', opening);
  // The registry answers the same to both: only its settings tell them apart.
  return because(
    'its network rules leave the address out, or its public network access is disabled',
    `${rule}; that opens nothing while public access is disabled: then ${opening}`,
  );
}

/** Layers are read from where the registry sends to: a storage account, or a data endpoint of its own. */
function withoutStorage({ host }: Asked, storage: string, options: Options): RegistryError {
  return acrError(
    'network-forbidden',
    `${host} grants the read, but ${storage}, where it keeps the bytes, refuses it: something on the way blocks that host, or the signed address had expired`,
    `open ${storage} in firewall and proxy (*.blob.core.windows.net, or with dedicated data endpoints REGISTRY.REGION.data.azurecr.io), and check the clock of this machine`,
    options,
  );
}

function withoutScope({ host, what, repository }: Asked, options: Options): RegistryError {
  if (what === 'login') {
    return acrError('login-refused', `${host} refuses the login`, `docker login ${host}`, options);
  }
  if (what === 'catalogue') {
    return acrError(
      'catalog-forbidden',
      `${host} does not let this login list its repositories`,
      'name the repositories in the integration (a repository-scoped token lists none), or docker login as one who may',
      options,
    );
  }
  return acrError(
    'role-missing',
    `${host} does not let this login read ${repository}`,
    "add content/read and metadata/read on it to the token's scope map, or docker login as one who may",
    options,
  );
}

async function notLoggedIn(
  { host, settings }: Asked,
  audience: unknown,
  options: Options,
): Promise<RegistryError> {
  const { roleMode, armAudience } = (await settings()) ?? {};
  if (audience !== ACR_AUDIENCE && armAudience !== true) {
    return acrError(
      'audience-refused',
      `${host} refuses a token for ARM, the only one the tenant gives: ${armAudience === false ? 'its' : 'most likely its'} ARM audience is disabled`,
      `register Microsoft.ContainerRegistry in the tenant so that it gives tokens for ${ACR_AUDIENCE}, or: ` +
        `az acr config authentication-as-arm update --registry ${nameOf(host)} --status enabled`,
      options,
    );
  }
  if (roleMode === 'abac') return abac(`${host} gives the application no login`, options);
  const mode = roleMode === undefined ? `; in ABAC mode ${READER} and ${LISTER}` : '';
  return acrError(
    'role-missing',
    `${host} gives the application no login: it has no role there`,
    `assign ${PULL} on the registry${mode}; a new assignment takes some minutes to count`,
    options,
  );
}

async function noCatalogue({ host, settings }: Asked, options: Options): Promise<RegistryError> {
  const isRbac = (await settings())?.roleMode === 'rbac';
  return acrError(
    'catalog-forbidden',
    `${host} logs the application in, but does not let it list repositories`,
    `assign ${isRbac ? PULL : LISTER} on the registry, or name the repositories in the integration`,
    options,
  );
}

async function noRepository({ host, repository, settings }: Asked, options: Options): Promise<RegistryError> {
  const sentence = `${host} logs the application in, but does not let it read ${repository}`;
  const isRbac = (await settings())?.roleMode === 'rbac';
  if (!isRbac) return abac(sentence, options);
  return acrError('role-missing', sentence, `assign ${PULL} on the registry`, options);
}

/** Where permissions are those of registries AcrPull opens all repositories: a login without one means ABAC. */
function abac(sentence: string, options: Options): RegistryError {
  return acrError(
    'abac-role-missing',
    `${sentence}: permissions there are those of repositories (ABAC), for which ${PULL} does not count`,
    `assign ${READER} and ${LISTER} on the registry, and check the conditions of such assignments`,
    options,
  );
}

/** The registry's name, which has no hyphen: what follows one is the label of its domain name. */
function nameOf(host: string): string {
  return host.split(/[.-]/, 1)[0] ?? host;
}
