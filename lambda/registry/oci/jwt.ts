import { z } from 'zod';
import { SECOND_MS } from '../../shared/units.ts';

/** Characters of a token that are looked at; a longer one is no token of a registry. */
const MAX_TOKEN_CHARACTERS = 64 * 1024;

/** Seconds since 1970: https://www.rfc-editor.org/rfc/rfc7519#section-4.1 */
const claimsSchema = z.object({ iat: z.number(), exp: z.number() });

/**
 * Milliseconds a JWT is good for from its issue on, as it says itself; `undefined` when it is none or does not say. The
 * issuer's clock alone counts. The signature is not checked: this is for renewing in time, not for trusting.
 */
export function jwtLifeMs(token: string): number | undefined {
  const [, payload] = token.length > MAX_TOKEN_CHARACTERS ? [] : token.split('.', 3);
  if (payload === undefined) return undefined;
  try {
    const { iat, exp } = claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return exp > iat ? (exp - iat) * SECOND_MS : undefined;
  } catch {
    return undefined;
  }
}
