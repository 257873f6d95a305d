import { type ClientOptions, registryClient } from '../../oci/client.ts';
import type { CredentialsLookup } from '../../oci/credentials.ts';
import { endpoint } from '../../oci/endpoint.ts';
import { drain } from '../../oci/exchange.ts';
import type { Http } from '../../oci/http.ts';
import { registryImage } from '../../oci/image.ts';
import { retrying } from '../../oci/retry.ts';
import type { ListedImage } from '../../registry.ts';
import type { ImageSource } from '../../source.ts';
import { type Asked, diagnosed } from './diagnosis.ts';
import type { EntraCredential } from './entra.ts';
import { catalogue, type Listing, taggedImages } from './listing.ts';
import { type AcrLogin, acrLogin } from './login.ts';
import { type AcrSettings, acrSettings } from './settings.ts';

/** How a registry is logged in to. */
export type AcrLoginOptions =
  | {
      readonly kind: 'entra';
      readonly credential: EntraCredential;
      /** Address of ARM. */
      readonly arm: string;
      /** By login server; kept from one registry to the next that is made with these options. Empty at first. */
      readonly logins: Map<string, AcrLogin>;
    }
  /** The registry's own: admin user or repository-scoped token, as `docker login` keeps them. */
  | { readonly kind: 'docker'; readonly credentials: CredentialsLookup };

/** One login server, spoken to under one login. All methods throw `RegistryError`, which says what is missing. */
export interface AcrServer {
  readonly host: string;
  /** Absent when the login is the registry's own. */
  readonly login: AcrLogin | undefined;
  /** Only logs in. */
  logIn(): Promise<void>;
  repositories(): AsyncGenerator<string>;
  images(repository: string): Promise<ListedImage[]>;
  open(repository: string, digest: string): ImageSource;
}

export type ServerOptions = {
  readonly login: AcrLoginOptions;
  readonly insecure: boolean;
  readonly http: Http;
  readonly signal: AbortSignal;
};

/** Opens no connection yet. Throws `insecure-refused`. */
export function acrServer(host: string, options: ServerOptions): AcrServer {
  const { http, signal, insecure } = options;
  const { login, credentials, settings } = loginOf(host, options);
  const client: ClientOptions = { credentials, insecure, http };
  const listing = (scope: string): Listing => ({
    client: registryClient(host, scope, client),
    host,
    http,
    signal,
  });
  const explained = async <T>(
    call: () => Promise<T>,
    what: Asked['what'],
    repository?: string,
  ): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      const named = repository === undefined ? {} : { repository };
      throw await diagnosed(error, { host, what, ...named, login: options.login.kind, settings });
    }
  };
  return {
    host,
    login,
    logIn: () =>
      explained(() => retrying(() => loggedIn(host, login, client, signal), http, signal), 'login'),
    async *repositories() {
      const names = catalogue(listing('registry:catalog:*'));
      for (;;) {
        const { value, done } = await explained(() => names.next(), 'catalogue');
        if (done === true) return;
        yield value;
      }
    },
    images: (repository) =>
      explained(
        () => taggedImages(listing(`repository:${repository}:metadata_read`), repository),
        'repository',
        repository,
      ),
    open: (repository, digest) => {
      const image = registryImage({ registry: host, repository, digest }, client);
      return {
        ...image,
        manifest: (wanted) => explained(() => image.manifest(wanted), 'repository', repository),
        blob: (descriptor, stop) => explained(() => image.blob(descriptor, stop), 'repository', repository),
      };
    },
  };
}

async function loggedIn(
  host: string,
  login: AcrLogin | undefined,
  client: ClientOptions,
  signal: AbortSignal,
): Promise<void> {
  if (login !== undefined) return void (await login.credentials(host));
  const wanted = { kind: 'list', name: 'its first page' } as const;
  await drain(await registryClient(host, '', client).get('/v2/', {}, wanted, signal));
}

type Login = {
  readonly login: AcrLogin | undefined;
  readonly credentials: CredentialsLookup;
  readonly settings: Asked['settings'];
};

function loginOf(host: string, { login, insecure, http }: ServerOptions): Login {
  if (login.kind === 'docker')
    return { login: undefined, credentials: login.credentials, settings: async () => undefined };
  const { credential: entra, arm, logins } = login;
  const kept = logins.get(host);
  const acr = kept ?? acrLogin({ base: endpoint(host, insecure, http), host, entra, arm, http });
  logins.set(host, acr);
  let settings: Promise<AcrSettings | undefined> | undefined;
  return {
    login: acr,
    credentials: acr.credentials,
    settings: () => {
      // They only make an explanation more exact: that ARM does not answer must not replace what is explained.
      settings ??= acrSettings(host, entra, arm, http).catch(() => undefined);
      return settings;
    },
  };
}
