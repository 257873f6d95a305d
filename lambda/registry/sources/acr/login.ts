import { z } from 'zod';
import { KiB, MINUTE_MS } from '../../../shared/units.ts';
import { RegistryError } from '../../errors.ts';
import { type CredentialsLookup, isHeaderSafe } from '../../oci/credentials.ts';
import { exchange, readBody } from '../../oci/exchange.ts';
import { failureOf } from '../../oci/failure.ts';
import type { Http } from '../../oci/http.ts';
import { jwtLifeMs } from '../../oci/jwt.ts';
import { ACR_AUDIENCE } from './azure.ts';
import type { EntraCredential } from './entra.ts';
import { isAudienceUnknown } from './entra-failure.ts';

const MAX_ANSWER_BYTES = 256 * KiB;
/** A refresh token that does not say how long it lives; those of today live for three hours. */
const DEFAULT_LIFE_MS = 10 * MINUTE_MS;
/** A token is renewed when less than this is left of it, or a tenth of its life: a scan should not begin with a dying one. */
const MARGIN_MS = 5 * MINUTE_MS;
/** A refused token that is younger was not refused for its age: the right for what was asked is missing. */
const FRESH_MS = 1 * MINUTE_MS;

const answerSchema = z.object({ refresh_token: z.string().min(1) });

/** Logs one application in to one login server. */
export interface AcrLogin {
  /** The audience that Entra gives a token for: the registries' own, else ARM's. Throws `RegistryError`. */
  audience(): Promise<string>;
  /**
   * A refresh token of the registry, exchanged for the Entra token and kept until shortly before its end. Throws
   * `RegistryError`: `unauthorized` when the registry takes no token of this application.
   * https://github.com/Azure/acr/blob/048a81e/docs/AAD-OAuth.md#calling-post-oauth2exchange-to-get-an-acr-refresh-token
   */
  readonly credentials: CredentialsLookup;
}

export type LoginOptions = {
  /** Where the registry is spoken to. */
  readonly base: () => Promise<URL>;
  readonly host: string;
  readonly entra: EntraCredential;
  /** ARM's audience, the second choice. */
  readonly arm: string;
  readonly http: Http;
};

type Kept = { readonly token: string; readonly since: number; readonly until: number };

/** Asks nobody yet. Callers that come at the same time share one exchange. */
export function acrLogin(options: LoginOptions): AcrLogin {
  const { now } = options.http;
  let kept: Kept | undefined;
  let pending: Promise<Kept> | undefined;
  const renew = (): Promise<Kept> => {
    pending ??= refreshToken(options)
      .then((token) => {
        const lifeMs = jwtLifeMs(token) ?? DEFAULT_LIFE_MS;
        kept = { token, since: now(), until: now() + lifeMs - Math.min(MARGIN_MS, lifeMs / 10) };
        return kept;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  return {
    audience: async () => (await firstToken(options)).audience,
    credentials: async (_, refused) => {
      const isDead =
        refused?.kind === 'identity-token' && refused.token === kept?.token && now() - kept.since > FRESH_MS;
      const current = kept !== undefined && now() < kept.until && !isDead ? kept : await renew();
      return { kind: 'identity-token', token: current.token };
    },
  };
}

type EntraToken = { readonly token: string; readonly audience: string };

async function firstToken({ entra, arm }: LoginOptions): Promise<EntraToken> {
  try {
    return { token: await entra.token(ACR_AUDIENCE), audience: ACR_AUDIENCE };
  } catch (error) {
    if (!isAudienceUnknown(error, ACR_AUDIENCE)) throw error;
    return { token: await entra.token(arm), audience: arm };
  }
}

/** ARM's audience is tried after a refusal as well: there are registries older than their own audience. */
async function refreshToken(options: LoginOptions): Promise<string> {
  const { entra, arm } = options;
  const first = await firstToken(options);
  try {
    return await exchanged(first, options);
  } catch (error) {
    if (first.audience === arm || !isRefused(error)) throw error;
    const second = await entra.token(arm).catch(() => undefined);
    if (second === undefined) throw error;
    try {
      return await exchanged({ token: second, audience: arm }, options);
    } catch (secondError) {
      // Refused for either: it is not the audience.
      throw isRefused(secondError) ? error : secondError;
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof RegistryError && error.data['status'] === 401;
}

async function exchanged({ token, audience }: EntraToken, options: LoginOptions): Promise<string> {
  const { base, host, entra, http } = options;
  const url = new URL('/oauth2/exchange', await base());
  const form = {
    grant_type: 'access_token',
    service: host,
    tenant: entra.tenantId,
    access_token: token,
  };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  // A redirect is not followed: the body is a credential.
  const answer = await exchange(url, { method: 'POST', headers, body }, http);
  if (answer.status !== 200) {
    const wanted = { kind: 'token', name: 'a token' } as const;
    const failure = await failureOf(answer, wanted, http.now(), (text) => text.replaceAll(token, '(secret)'));
    const data = { ...failure.data, stage: 'exchange', audience };
    throw new RegistryError(failure.code, failure.message, { retryable: failure.retryable, data });
  }
  const given = answerSchema.safeParse(parseJson(await readBody(answer, MAX_ANSWER_BYTES))).data
    ?.refresh_token;
  if (given !== undefined && isHeaderSafe(given)) return given;
  throw new RegistryError('registry-error', `${host} answers a request for a token with something else`);
}

function parseJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}
