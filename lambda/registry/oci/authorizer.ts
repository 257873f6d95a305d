import { RegistryError } from '../errors.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { basicHeader, type Credentials, type CredentialsLookup, isHeaderSafe } from './credentials.ts';
import type { Http } from './http.ts';
import { requestToken } from './token.ts';

/** A token is renewed when less than this is left of it, or a tenth of its life. */
const MARGIN_MS = 10_000;

type Access = { readonly header: string; readonly expiresAt: number };

/**
 * Answers a registry's challenges for one scope and keeps the answer: a token until it expires or is refused.
 * Requests that are refused at the same time share one new token.
 */
export class Authorizer {
  readonly #registry: string;
  readonly #scope: string;
  readonly #lookup: CredentialsLookup;
  readonly #http: Http;
  readonly #secrets = new Set<string>();
  #credentials: Credentials | undefined;
  #challenge: { readonly challenge: Challenge; readonly url: URL } | undefined;
  #access: Access | undefined;
  #pending: Promise<Access> | undefined;

  /** `scope` is asked for when a challenge names none. */
  constructor(registry: string, scope: string, lookup: CredentialsLookup, http: Http) {
    this.#registry = registry;
    this.#scope = scope;
    this.#lookup = lookup;
    this.#http = http;
  }

  /** The Authorization header to send; none before the first challenge. */
  async header(): Promise<string | undefined> {
    if (this.#access === undefined) return undefined;
    if (this.#http.now() < this.#access.expiresAt) return this.#access.header;
    return (await this.#renew()).header;
  }

  /**
   * Takes in the challenge of a 401 to a request that was sent with `used`. Throws `unauthorized` when it cannot be
   * answered.
   */
  async challenged(url: URL, wwwAuthenticate: string | null, used: string | undefined): Promise<void> {
    // Another request has renewed it since this one was sent.
    if (this.#access !== undefined && this.#access.header !== used) return;
    const challenges = parseChallenges(wwwAuthenticate ?? '');
    const challenge = challenges.find(isBearer) ?? challenges.find(({ scheme }) => scheme === 'basic');
    if (challenge === undefined) throw this.#unknown(challenges);
    if (challenge.scheme === 'basic' && used !== undefined) throw this.#refused();
    this.#challenge = { challenge, url };
    await this.#renew();
  }

  /** Takes every secret that was used out of a text. */
  readonly scrub = (text: string): string => {
    let scrubbed = text;
    for (const secret of this.#secrets) scrubbed = scrubbed.replaceAll(secret, '(secret)');
    return scrubbed;
  };

  #renew(): Promise<Access> {
    this.#pending ??= this.#answer().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #answer(): Promise<Access> {
    this.#take(await this.#lookup(this.#registry));
    try {
      this.#access = await this.#accessFor();
    } catch (error) {
      const refused = this.#credentials;
      if (refused?.kind !== 'identity-token' || !isUnauthorized(error)) throw error;
      // It may have ended before its time: whoever keeps it is asked for another.
      const other = await this.#lookup(this.#registry, refused);
      if (other?.kind !== 'identity-token' || other.token === refused.token) throw error;
      this.#take(other);
      this.#access = await this.#accessFor();
    }
    return this.#access;
  }

  #take(credentials: Credentials | undefined): void {
    this.#credentials = credentials;
    if (credentials !== undefined) this.#keepSecret(credentials);
  }

  async #accessFor(): Promise<Access> {
    return this.#challenge?.challenge.scheme === 'basic' ? this.#basic() : this.#bearer();
  }

  #basic(): Access {
    const credentials = this.#credentials;
    if (credentials?.kind === 'password')
      return { header: basicHeader(credentials), expiresAt: Number.POSITIVE_INFINITY };
    const why = credentials === undefined ? 'and there is none' : 'and there is only a token';
    throw new RegistryError(
      'unauthorized',
      `${this.#registry} asks for a user and password, ${why}: use docker login`,
    );
  }

  async #bearer(): Promise<Access> {
    const credentials = this.#credentials;
    if (credentials?.kind === 'registry-token') {
      if (!isHeaderSafe(credentials.token)) {
        throw new RegistryError(
          'credentials-invalid',
          `the token for ${this.#registry} has characters no token has`,
        );
      }
      return { header: `Bearer ${credentials.token}`, expiresAt: Number.POSITIVE_INFINITY };
    }
    const asked = this.#challenge;
    if (asked === undefined) throw this.#refused();
    const { token, lifeMs } = await requestToken(
      { ...asked, scope: this.#scope, credentials },
      this.#http,
      this.scrub,
    );
    this.#secrets.add(token);
    const margin = Math.min(MARGIN_MS, lifeMs / 10);
    return { header: `Bearer ${token}`, expiresAt: this.#http.now() + lifeMs - margin };
  }

  #keepSecret(credentials: Credentials): void {
    if (credentials.kind !== 'password') this.#secrets.add(credentials.token);
    else {
      if (credentials.password !== '') this.#secrets.add(credentials.password);
      this.#secrets.add(basicHeader(credentials).slice('Basic '.length));
    }
  }

  #refused(): RegistryError {
    return new RegistryError(
      'unauthorized',
      `${this.#registry} refuses the login: check the user and password`,
    );
  }

  #unknown(challenges: readonly Challenge[]): RegistryError {
    const schemes = challenges.map(({ scheme }) => scheme.slice(0, 40)).slice(0, 5);
    const asked =
      schemes.length === 0 ? 'without saying how' : `by ${schemes.join(', ')}; Basic and Bearer are known`;
    return new RegistryError('unauthorized', `${this.#registry} asks for a login ${asked}`);
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof RegistryError && error.code === 'unauthorized';
}

/** Without a realm there is nobody to ask for a token. */
function isBearer({ scheme, parameters }: Challenge): boolean {
  return scheme === 'bearer' && parameters.has('realm');
}
