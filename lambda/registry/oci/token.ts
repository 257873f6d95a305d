import { z } from 'zod';
import { KiB, SECOND_MS } from '../../shared/units.ts';
import { RegistryError } from '../errors.ts';
import type { Challenge } from './challenge.ts';
import { basicHeader, type Credentials, isHeaderSafe } from './credentials.ts';
import { type Answer, exchange, readBody } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { Http } from './http.ts';
import { jwtLifeMs } from './jwt.ts';
import { checkTarget } from './redirects.ts';

const MAX_TOKEN_BYTES = 256 * KiB;
/** https://distribution.github.io/distribution/spec/auth/token/#token-response-fields */
const DEFAULT_LIFE_SECONDS = 60;

const tokenSchema = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional().catch(undefined),
});

export type TokenRequest = {
  readonly challenge: Challenge;
  /** Of the response that held the challenge. */
  readonly url: URL;
  /** Asked for when the challenge names none. */
  readonly scope: string;
  readonly credentials: Credentials | undefined;
};

/**
 * Asks the realm of a Bearer challenge for a token: with GET, and Basic when there is a password; an identity token is
 * exchanged with POST. https://distribution.github.io/distribution/spec/auth/token/ and …/spec/auth/oauth/
 * Credentials go to the realm the registry names, as in every client; it must be HTTPS unless the registry is on this
 * machine. Throws `unauthorized` when the realm refuses.
 */
export async function requestToken(
  request: TokenRequest,
  http: Http,
  scrub: (text: string) => string,
): Promise<{ readonly token: string; readonly lifeMs: number }> {
  const realm = URL.parse(request.challenge.parameters.get('realm') ?? '', request.url.href);
  if (realm === null)
    throw new RegistryError('registry-error', `${request.url.host} names no valid realm for tokens`);
  await checkTarget(realm, request.url, request.url, http);
  const answer = await ask(realm, request, http);
  if (answer.status !== 200) {
    throw await failureOf(answer, { kind: 'token', name: 'a token' }, http.now(), scrub);
  }
  const body = await readBody(answer, MAX_TOKEN_BYTES);
  const parsed = tokenSchema.safeParse(parseJson(body));
  const token = parsed.data?.token || parsed.data?.access_token;
  if (!token || !isHeaderSafe(token)) {
    throw new RegistryError(
      'registry-error',
      `${realm.host} answers a request for a token with something else`,
    );
  }
  const seconds = parsed.data?.expires_in;
  const lifeMs = seconds === undefined ? jwtLifeMs(token) : seconds * SECOND_MS;
  return { token, lifeMs: lifeMs ?? DEFAULT_LIFE_SECONDS * SECOND_MS };
}

function ask(realm: URL, { challenge, scope, credentials }: TokenRequest, http: Http): Promise<Answer> {
  const service = challenge.parameters.get('service');
  const parameters = new URLSearchParams(service === undefined ? {} : { service });
  // One parameter per scope: a challenge may hold several, parted by spaces.
  const scopes = (challenge.parameters.get('scope') ?? scope).split(' ').filter((one) => one !== '');
  if (credentials?.kind === 'identity-token') {
    parameters.set('scope', scopes.join(' '));
    parameters.set('grant_type', 'refresh_token');
    parameters.set('client_id', 'backline');
    parameters.set('refresh_token', credentials.token);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return exchange(realm, { method: 'POST', headers, body: parameters.toString() }, http);
  }
  const url = new URL(realm);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  for (const one of scopes) url.searchParams.append('scope', one);
  return exchange(
    url,
    credentials?.kind === 'password' ? { headers: { authorization: basicHeader(credentials) } } : {},
    http,
  );
}

function parseJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}
