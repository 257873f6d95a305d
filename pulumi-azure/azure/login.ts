import { AzureCliCredential, ChainedTokenCredential, EnvironmentCredential } from '@azure/identity';
import type { Cloud } from '../cloud.ts';

/** No token was to be had. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
}

/**
 * Tokens for the Resource Manager of a cloud, of the login that Pulumi's providers use as well: AZURE_CLIENT_ID and its like in the
 * environment, or else `az login`. One is asked for when the first is needed, and serves for the run.
 */
export function resourceManagerToken(cloud: Cloud, tenantId: string | undefined): () => Promise<string> {
  const credential = new ChainedTokenCredential(
    new EnvironmentCredential({ authorityHost: cloud.authorityHost }),
    new AzureCliCredential(tenantId === undefined ? {} : { tenantId }),
  );
  let token: Promise<string> | undefined;
  return () => {
    token ??= credential.getToken(`${cloud.armEndpoint}/.default`).then(
      (answer) => answer.token,
      (cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new LoginError(`no login to Azure: run az login; ${reason}`, { cause });
      },
    );
    return token;
  };
}
