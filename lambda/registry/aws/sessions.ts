import { RegistryError } from '../errors.ts';
import type { CustomerRole } from './assume-role.ts';
import type { AwsClientOptions } from './client.ts';
import { isExpired } from './failure.ts';
import { type AwsCredentials, type CredentialsProvider, Session } from './session.ts';

export type AwsSessionsOptions = AwsClientOptions & {
  /** The hub's role that customers' roles trust, assumed first; absent: the process's own credentials assume theirs. */
  readonly readerRoleArn?: string;
  /** Where STS is asked: any region gives sessions for all of them. */
  readonly region: string;
  /** Milliseconds since 1970; the system's clock when absent. */
  readonly now?: () => number;
};

/**
 * The sessions a process holds in other accounts, each opened once and renewed in time: of the reader role, and for each
 * integration of the role it names. Keep one for the life of the process.
 */
export class AwsSessions {
  readonly options: AwsSessionsOptions;
  readonly #reader: Session | undefined;
  readonly #customers = new Map<string, Session>();

  constructor(options: AwsSessionsOptions) {
    this.options = options;
    const { readerRoleArn } = options;
    if (readerRoleArn !== undefined) {
      const role = { roleArn: readerRoleArn, id: 'reader' };
      this.#reader = this.#session(() => this.#assume(role, options.credentials));
    }
  }

  /** The session of an integration's role. */
  of(role: CustomerRole): Session {
    const key = JSON.stringify([role.id, role.roleArn, role.externalId]);
    const known = this.#customers.get(key);
    if (known !== undefined) return known;
    const session = this.#session(() => this.assume(role));
    this.#customers.set(key, session);
    return session;
  }

  /** A session of a role, kept by nobody. Throws `RegistryError`: `role-refused` when the role, or the reader role, does. */
  async assume(role: CustomerRole): Promise<AwsCredentials> {
    try {
      return await this.#assume(role, this.caller);
    } catch (error) {
      const cause = error instanceof RegistryError ? error.cause : undefined;
      if (this.#reader === undefined || !isExpired(cause)) throw error;
      this.#reader.forget();
      return this.#assume(role, this.caller);
    }
  }

  /** What customers' roles are assumed with; `undefined` when the SDK finds that itself. */
  get caller(): CredentialsProvider | undefined {
    return this.#reader?.credentials ?? this.options.credentials;
  }

  async #assume(role: CustomerRole, credentials: CredentialsProvider | undefined): Promise<AwsCredentials> {
    // What needs the SDK of AWS is loaded by those who are in AWS.
    const { assumeRole } = await import('./assume-role.ts');
    return assumeRole(role, credentials, this.options);
  }

  #session(open: () => Promise<AwsCredentials>): Session {
    return new Session(open, this.options.now ?? Date.now);
  }
}
