import type { STSClient } from '@aws-sdk/client-sts';
import { messageOf } from '../../../shared/errors.ts';
import { SECOND_MS } from '../../../shared/units.ts';
import { acrError } from './acr-error.ts';

/** What Entra expects in statements that it exchanges: https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust */
const AUDIENCE = 'api://AzureADTokenExchange';
/** Entra is asked within seconds, and gives a token that outlives the statement. */
const LIFE_SECONDS = 300;
/** A statement is given out again for half of its life: @azure/identity asks for it several times on one token. */
const KEPT_MS = (LIFE_SECONDS * SECOND_MS) / 2;

/**
 * Gives signed statements of AWS that this is the role it is, which Entra takes in place of a secret. The client must
 * be of a region: the global endpoint of STS does not give them. The role needs `sts:GetWebIdentityToken`.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function stsWebIdentityToken(
  sts: Pick<STSClient, 'send'>,
  now: () => number = Date.now,
): () => Promise<string> {
  let kept: { readonly token: Promise<string>; readonly until: number } | undefined;
  return async () => {
    if (kept === undefined || now() >= kept.until) kept = { token: ask(sts), until: now() + KEPT_MS };
    const { token } = kept;
    try {
      return await token;
    } catch (error) {
      if (kept.token === token) kept = undefined;
      throw error;
    }
  };
}

async function ask(sts: Pick<STSClient, 'send'>): Promise<string> {
  const { GetWebIdentityTokenCommand } = await import('@aws-sdk/client-sts');
  // Entra verifies RS256 alone.
  const wanted = { Audience: [AUDIENCE], SigningAlgorithm: 'RS256', DurationSeconds: LIFE_SECONDS };
  let token: string | undefined;
  try {
    token = (await sts.send(new GetWebIdentityTokenCommand(wanted))).WebIdentityToken;
  } catch (error) {
    throw refused(error);
  }
  if (token === undefined) throw refused(new Error('STS answers without a token'));
  return token;
}

function refused(error: unknown): Error {
  const name = error instanceof Error ? error.name : '';
  const isDisabled = name.startsWith('OutboundWebIdentityFederationDisabled');
  return acrError(
    'login-refused',
    `AWS gives this role no token for Entra (${messageOf(error)})`,
    isDisabled
      ? "enable outbound web identity federation in the scanner's account: aws iam enable-outbound-web-identity-federation"
      : `allow the role sts:GetWebIdentityToken for the audience ${AUDIENCE}`,
    { cause: error, retryable: name === 'TimeoutError' || name.startsWith('Throttling') },
  );
}
