import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { HOUR_MS, SECOND_MS } from '../../shared/units.ts';
import { RegistryError } from '../errors.ts';
import { type AwsClientOptions, clientConfig } from './client.ts';
import { awsFailure, LOGIN_REMEDY } from './failure.ts';
import type { AwsCredentials, CredentialsProvider } from './session.ts';

/** A role in a connected account. */
export type CustomerRole = {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** Names the session in the account's own CloudTrail: the integration. */
  readonly id: string;
};

/** Longest that a role assumed by a role can be had for: https://repost.aws/knowledge-center/iam-role-chaining-limit */
const SESSION_SECONDS = HOUR_MS / SECOND_MS;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (RoleSessionName) */
const MAX_SESSION_NAME = 64;

/** A session of a role. Throws `RegistryError`: `role-refused` when the role does not take the caller. */
export async function assumeRole(
  { roleArn, externalId, id }: CustomerRole,
  credentials: CredentialsProvider | undefined,
  options: AwsClientOptions & { readonly region: string },
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
      login: LOGIN_REMEDY,
    });
  } finally {
    client.destroy();
  }
}
