import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { LoginError } from './login-error.ts';

/** The environment of the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

const TIMEOUT_MS = 30_000;
/** Whom the token must be for. https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
const AUDIENCE = 'api://AzureADTokenExchange';

const answerSchema = z.object({ value: z.string().min(1) });

/**
 * The statement of who a pipeline is: handed over as it is, in a file that is written anew before it ends, or asked of GitHub by a
 * workflow. Throws `LoginError` when none of them is set; what it gives throws it when the token cannot be had.
 */
export function federatedToken(variables: Variables): () => Promise<string> {
  const token = variables['ARM_OIDC_TOKEN'];
  if (token) return async () => token;
  const path = variables['ARM_OIDC_TOKEN_FILE_PATH'];
  if (path) return () => tokenIn(path);
  const url = variables['ACTIONS_ID_TOKEN_REQUEST_URL'];
  const bearer = variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  if (url && bearer) return () => requested(url, bearer);
  throw new LoginError(
    'ARM_USE_OIDC is set without a token: set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH; ' +
      'a GitHub workflow needs the permission id-token: write',
  );
}

async function tokenIn(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new LoginError(`ARM_OIDC_TOKEN_FILE_PATH: ${(cause as Error).message}`, { cause });
  }
}

async function requested(address: string, bearer: string): Promise<string> {
  const url = new URL(address);
  url.searchParams.set('audience', AUDIENCE);
  const response = await fetch(url, {
    headers: { accept: 'application/json', authorization: `Bearer ${bearer}` },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = answerSchema.safeParse(await response.json().catch(() => undefined));
  if (response.ok && answer.success) return answer.data.value;
  throw new LoginError(`${url.host} gave no token: it answered ${response.status}`);
}
