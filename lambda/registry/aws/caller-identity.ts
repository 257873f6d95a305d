import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientConfig } from './client.ts';
import { awsFailure } from './failure.ts';
import type { CredentialsProvider } from './session.ts';
import type { AwsSessionsOptions } from './sessions.ts';

/** The account that credentials belong to; no policy can forbid asking. Throws `RegistryError`. */
export async function accountOf(
  credentials: CredentialsProvider | undefined,
  options: AwsSessionsOptions,
): Promise<string> {
  const client = new STSClient(clientConfig('sts', options.region, credentials, options));
  try {
    const { Account = '' } = await client.send(new GetCallerIdentityCommand({}));
    return Account;
  } catch (error) {
    throw awsFailure(error, {
      what: 'tell whose credentials these are',
      denied: 'unauthorized',
      remedy: 'check the credentials',
    });
  } finally {
    client.destroy();
  }
}
