import type { Cloud } from '../cloud.ts';
import { providersLogin } from './credential.ts';
import type { Variables } from './federated-token.ts';
import { LoginError } from './login-error.ts';

/**
 * Tokens for the Resource Manager of a cloud, of the login that Pulumi's providers use as well: ARM_CLIENT_ID and its like among
 * the `variables`, or else `az login`. One is asked for when the first is needed, and serves for the run.
 */
export function resourceManagerToken(
  cloud: Cloud,
  tenantId: string | undefined,
  variables: Variables,
): () => Promise<string> {
  let token: Promise<string> | undefined;
  return () => (token ??= firstToken(cloud, tenantId, variables));
}

async function firstToken(cloud: Cloud, tenantId: string | undefined, variables: Variables): Promise<string> {
  const { by, credential } = providersLogin(variables, { host: cloud.authorityHost, tenantId });
  try {
    const answer = await (await credential()).getToken(`${cloud.armEndpoint}/.default`);
    if (answer !== null) return answer.token;
  } catch (cause) {
    throw failed(by, cause);
  }
  throw failed(by, 'no token was given');
}

function failed(by: string, cause: unknown): LoginError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = by === 'az login' ? 'run az login' : `${by} does not serve`;
  return new LoginError(`no login to Azure: ${advice}; ${reason}`, { cause });
}
