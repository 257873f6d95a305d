import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

/** What AWS's outbound identity federation signs tokens with, for one account. */
export interface WebIdentity {
  /** `https://<uuid>.tokens.sts.global.api.aws` */
  readonly issuer: string;
  readonly key: KeyObject;
  /** A JSON Web Token, RS256. `now`: milliseconds since 1970. */
  token(claims: {
    readonly subject: string;
    readonly audience: readonly string[];
    readonly seconds: number;
    readonly now: number;
  }): string;
}

/** With a key and an issuer of its own. */
export function webIdentity(): WebIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const issuer = `https://${randomUUID()}.tokens.sts.global.api.aws`;
  return {
    issuer,
    key: publicKey,
    token: ({ subject, audience, seconds, now }) => {
      const iat = Math.floor(now / 1000);
      const aud = audience.length === 1 ? audience[0] : audience;
      const payload = { iss: issuer, sub: subject, aud, iat, exp: iat + seconds, jti: randomUUID() };
      const text = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })}.${encoded(payload)}`;
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
  };
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
