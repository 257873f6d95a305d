import type { STSClient } from '@aws-sdk/client-sts';
import { messageOf } from '../../../shared/errors.ts';
import { acrError } from './acr-error.ts';

/** What Entra expects in statements that it exchanges: https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust */
const AUDIENCE = 'api://AzureADTokenExchange';
/** Entra is asked within seconds, and gives a token that outlives the statement. */
const LIFE_SECONDS = 300;

/**
 * Gives signed statements of AWS that this is the role it is, which Entra takes in place of a secret. The client must
 * be of a region: the global endpoint of STS does not give them. The role needs `sts:GetWebIdentityToken`.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function stsWebIdentityToken(sts: Pick<STSClient, 'send'>): () => Promise<string> {
  return async () => {
    const { GetWebIdentityTokenCommand } = await import('@aws-sdk/client-sts');
    // Entra verifies RS256 alone.
    const wanted = { Audience: [AUDIENCE], SigningAlgorithm: 'RS256', DurationSeconds: LIFE_SECONDS };
    try {
      const { WebIdentityToken: token } = await sts.send(new GetWebIdentityTokenCommand(wanted));
      if (token !== undefined) return token;
    } catch (error) {
      throw refused(error);
    }
    throw refused(new Error('STS answers without a token'));
  };
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
