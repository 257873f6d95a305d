import type { RegistryError } from '../errors.ts';
import type { ImageReference } from '../reference.ts';
import { Authorizer } from './authorizer.ts';
import type { CredentialsLookup } from './credentials.ts';
import { endpoint } from './endpoint.ts';
import { type Answer, drain } from './exchange.ts';
import { failureOf, type Wanted } from './failure.ts';
import type { Http } from './http.ts';
import { follow } from './redirects.ts';

/** Asks a registry for things under one scope. */
export interface RegistryClient {
  /**
   * One GET, logged in and redirected as needed; a login that has expired is renewed once. Gives a response of status 200
   * or 206, and 416 when `range` was among the headers; throws `RegistryError` for every other, and does not try again.
   */
  get(
    path: string,
    headers: Readonly<Record<string, string>>,
    wanted: Wanted,
    signal?: AbortSignal,
  ): Promise<Answer>;
}

export type ClientOptions = {
  readonly credentials: CredentialsLookup;
  readonly insecure: boolean;
  readonly http: Http;
};

/** For what is below `/v2/<repository>/`, to which its paths are relative. Throws `insecure-refused`. */
export function repositoryClient(
  { registry, repository }: ImageReference,
  options: ClientOptions,
): RegistryClient {
  // https://distribution.github.io/distribution/spec/auth/scope/
  const client = registryClient(registry, `repository:${repository}:pull`, options);
  return {
    get: (path, headers, wanted, signal) => client.get(`/v2/${repository}/${path}`, headers, wanted, signal),
  };
}

/**
 * For any path of a registry, from its root: `/v2/_catalog`. `scope` is asked for when the registry names none. Opens no
 * connection yet. Throws `insecure-refused`.
 */
export function registryClient(registry: string, scope: string, options: ClientOptions): RegistryClient {
  const { http } = options;
  const base = endpoint(registry, options.insecure, http);
  const authorizer = new Authorizer(registry, scope, options.credentials, http);
  const fail = (answer: Answer, wanted: Wanted): Promise<RegistryError> =>
    failureOf(answer, wanted, http.now(), authorizer.scrub);

  const send = async (url: URL, headers: Readonly<Record<string, string>>, signal?: AbortSignal) => {
    const used = await authorizer.header();
    const authorization = used === undefined ? {} : { authorization: used };
    return { used, answer: await follow(url, { headers: { ...headers, ...authorization }, signal }, http) };
  };

  return {
    async get(path, headers, wanted, signal) {
      const url = new URL(path, await base());
      let { used, answer } = await send(url, headers, signal);
      // A 401 from where it redirected to is not a challenge for these credentials.
      if (answer.status === 401 && answer.url.origin === url.origin) {
        await drain(answer);
        await authorizer.challenged(url, answer.headers.get('www-authenticate'), used);
        ({ used, answer } = await send(url, headers, signal));
      }
      if (answer.status === 200 || answer.status === 206) return answer;
      if (answer.status === 416 && headers['range'] !== undefined) return answer;
      throw await fail(answer, wanted);
    },
  };
}
