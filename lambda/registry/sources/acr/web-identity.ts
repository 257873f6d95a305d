import type { STSClientConfig } from '@aws-sdk/client-sts';
import { messageOf } from '../../../shared/errors.ts';
import { SECOND_MS } from '../../../shared/units.ts';
import { acrError } from './acr-error.ts';

/** Entra is asked within seconds, and gives a token that outlives the statement. */
const LIFE_SECONDS = 300;
/** A statement is given out again for half of its life: @azure/identity asks for it several times on one token. */
const KEPT_MS = (LIFE_SECONDS * SECOND_MS) / 2;

/**
 * Gives signed statements of AWS that this is the role it is, for an audience (`FEDERATION_AUDIENCES`): Entra takes them in
 * place of a secret. The configuration must name a region: the global endpoint of STS does not give them. The role needs `sts:GetWebIdentityToken`.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function stsWebIdentityToken(
  config: STSClientConfig,
  now: () => number = Date.now,
): (audience: string) => Promise<string> {
  const kept = new Map<string, { readonly token: Promise<string>; readonly until: number }>();
  return async (audience) => {
    let statement = kept.get(audience);
    if (statement === undefined || now() >= statement.until) {
      statement = { token: ask(config, audience), until: now() + KEPT_MS };
      kept.set(audience, statement);
    }
    try {
      return await statement.token;
    } catch (error) {
      if (kept.get(audience) === statement) kept.delete(audience);
      throw error;
    }
  };
}

async function ask(config: STSClientConfig, audience: string): Promise<string> {
  const { GetWebIdentityTokenCommand, STSClient } = await import('@aws-sdk/client-sts');
  // Entra verifies RS256 alone.
  const wanted = { Audience: [audience], SigningAlgorithm: 'RS256', DurationSeconds: LIFE_SECONDS };
  const client = new STSClient(config);
  let token: string | undefined;
  try {
    token = (await client.send(new GetWebIdentityTokenCommand(wanted))).WebIdentityToken;
  } catch (error) {
    throw refused(error, audience);
  } finally {
    client.destroy();
  }
  if (token === undefined) throw refused(new Error('STS answers without a token'), audience);
  return token;
}

function refused(error: unknown, audience: string): Error {
  const name = error instanceof Error ? error.name : '';
  const isDisabled = name.startsWith('OutboundWebIdentityFederationDisabled');
  return acrError(
    'login-refused',
    `AWS gives this role no token for Entra (${messageOf(error)})`,
    isDisabled
      ? "enable outbound web identity federation in the scanner's account: aws iam enable-outbound-web-identity-federation"
      : `allow the role sts:GetWebIdentityToken for the audience ${audience}`,
    { cause: error, retryable: name === 'TimeoutError' || name.startsWith('Throttling') },
  );
}
