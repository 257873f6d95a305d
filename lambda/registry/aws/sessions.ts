import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { HOUR_MS, SECOND_MS } from '../../shared/units.ts';
import { RegistryError } from '../errors.ts';
import { type AwsClientOptions, clientConfig } from './client.ts';
import { awsFailure, isExpired } from './failure.ts';
import { type AwsCredentials, type CredentialsProvider, Session } from './session.ts';

/** Longest that a role assumed by a role can be had for: https://repost.aws/knowledge-center/iam-role-chaining-limit */
const SESSION_SECONDS = HOUR_MS / SECOND_MS;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (RoleSessionName) */
const MAX_SESSION_NAME = 64;

export type AwsSessionsOptions = AwsClientOptions & {
  /** The hub's role that customers' roles trust, assumed first; absent: the process's own credentials assume theirs. */
  readonly readerRoleArn?: string;
  /** Where STS is asked: any region gives sessions for all of them. */
  readonly region: string;
  /** Milliseconds since 1970; the system's clock when absent. */
  readonly now?: () => number;
};

/** A role in a connected account. */
export type CustomerRole = {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** Names the session in the account's own CloudTrail: the integration. */
  readonly id: string;
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
      this.#reader = this.#session(() => assumeRole(role, options.credentials, options));
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
      return await assumeRole(role, this.caller, this.options);
    } catch (error) {
      const cause = error instanceof RegistryError ? error.cause : undefined;
      if (this.#reader === undefined || !isExpired(cause)) throw error;
      this.#reader.forget();
      return assumeRole(role, this.caller, this.options);
    }
  }

  /** What customers' roles are assumed with; `undefined` when the SDK finds that itself. */
  get caller(): CredentialsProvider | undefined {
    return this.#reader?.credentials ?? this.options.credentials;
  }

  #session(open: () => Promise<AwsCredentials>): Session {
    return new Session(open, this.options.now ?? Date.now);
  }
}

async function assumeRole(
  { roleArn, externalId, id }: CustomerRole,
  credentials: CredentialsProvider | undefined,
  options: AwsSessionsOptions,
): Promise<AwsCredentials> {
  const client = new STSClient(clientConfig('sts', options.region, credentials, options));
  try {
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: `backline-${id}`.slice(0, MAX_SESSION_NAME),
        DurationSeconds: SESSION_SECONDS,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      }),
    );
    if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined) {
      throw new RegistryError('registry-error', `STS gives no credentials for ${roleArn}`);
    }
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      ...(given.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
      ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
    };
  } catch (error) {
    throw awsFailure(error, {
      what: `assume ${roleArn}`,
      denied: 'role-refused',
      remedy: 'check the trust policy, the external id, and that the caller may assume the role',
    });
  } finally {
    client.destroy();
  }
}
