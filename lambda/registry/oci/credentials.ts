/** What proves to a registry who asks. Never logged, never part of an error. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth 2 refresh token, which is exchanged for access tokens. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** A bearer token that is sent as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

/**
 * Finds the credentials for a registry, by its name as in a reference (`docker.io`, `localhost:5000`); none is not an
 * error. `refused` was given before and is not taken any more: a lookup that makes credentials makes others, any other
 * gives the same again.
 */
export type CredentialsLookup = (registry: string, refused?: Credentials) => Promise<Credentials | undefined>;

/** https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export function basicHeader({ username, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

// RFC 6750 section 2.1, widened to all visible ASCII.
const VISIBLE = /^[\x21-\x7e]+$/;

/** True when a token can be sent: fetch would quote any other in its error. */
export function isHeaderSafe(token: string): boolean {
  return VISIBLE.test(token);
}
