import type { Gap } from '../../../shared/coverage.ts';
import { safeText } from '../../../shared/text.ts';
import { RegistryError } from '../../errors.ts';
import { type HttpOptions, httpOf } from '../../oci/http.ts';
import { parseReference } from '../../reference.ts';
import type { OnGap, Registry, RegistryRepository } from '../../registry.ts';
import { isIncluded, namedRepositories, type RepositoryFilter } from '../../repository-filter.ts';
import { type AcrLoginOptions, type AcrServer, acrServer } from './server.ts';

export type AcrRegistryOptions = RepositoryFilter & {
  /** Hosts of the registries: `team.azurecr.io`. */
  readonly loginServers: readonly string[];
  readonly login: AcrLoginOptions;
  /** Speak plain HTTP; refused for hosts other than this machine. */
  readonly insecure?: boolean;
  readonly http?: HttpOptions;
};

/** The Azure container registries of one integration. Opens no connection yet. Throws `insecure-refused`. */
export function acrRegistry(options: AcrRegistryOptions): Registry {
  const closing = new AbortController();
  const { login, insecure = false } = options;
  const http = httpOf(options.http);
  const servers = options.loginServers.map((host) =>
    acrServer(host, { login, insecure, http, signal: closing.signal }),
  );
  const serverOf = ({ host }: RegistryRepository): AcrServer => {
    const server = servers.find((one) => one.host === host);
    if (server !== undefined) return server;
    throw new RegistryError('forbidden', `${safeText(host)} is no login server of this integration`);
  };
  return {
    provider: 'acr',
    repositories: (onGap) => allRepositories(servers, options, onGap),
    async *images(repository) {
      yield* await serverOf(repository).images(repository.name);
    },
    open: async (repository, digest) => serverOf(repository).open(repository.name, digest),
    close: async () => closing.abort(),
  };
}

/** Those of each login server. One that fails is a gap; when all of them do, the last failure is thrown. */
async function* allRepositories(
  servers: readonly AcrServer[],
  filter: RepositoryFilter,
  onGap: OnGap,
): AsyncGenerator<RegistryRepository> {
  const found = new Set<string>();
  let failures = 0;
  for (const server of servers) {
    try {
      for await (const name of repositoriesOf(server, filter, onGap)) {
        found.add(name);
        yield { host: server.host, name };
      }
    } catch (error) {
      failures += 1;
      if (!(error instanceof RegistryError) || failures === servers.length) throw error;
      onGap(gap('registry', server.host, error));
    }
  }
  for (const name of namedRepositories(filter).filter((one) => !found.has(one))) {
    const nowhere = new RegistryError(
      'image-not-found',
      `no registry of the integration has the repository ${name}`,
    );
    onGap(gap('repository', name, nowhere));
  }
}

/** Without the right to list, the repositories that are named in full are taken to be there. */
async function* repositoriesOf(
  server: AcrServer,
  filter: RepositoryFilter,
  onGap: OnGap,
): AsyncGenerator<string> {
  try {
    for await (const name of server.repositories()) {
      if (!isName(server.host, name)) {
        onGap({
          subject: 'repository',
          name: safeText(name).slice(0, 256),
          reason: 'reference-invalid',
          detail: `${server.host} lists a repository under a name that none can have`,
        });
      } else if (isIncluded(name, filter)) yield name;
    }
  } catch (error) {
    const named = namedRepositories(filter);
    if (named.length === 0 || !(error instanceof RegistryError) || error.code !== 'catalog-forbidden')
      throw error;
    yield* named;
    if (named.length < (filter.include?.length ?? 0)) onGap(gap('registry', server.host, error));
  }
}

/** A name becomes part of an address: what is none is not asked for. */
function isName(host: string, name: string): boolean {
  try {
    return parseReference(`${host}/${name}`).repository === name;
  } catch {
    return false;
  }
}

function gap(subject: Gap['subject'], name: string, error: RegistryError): Gap {
  return { subject, name, reason: error.code, detail: error.message };
}
