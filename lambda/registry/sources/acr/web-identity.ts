import { SECOND_MS } from '../../../shared/units.ts';
import { type AwsClientOptions, clientConfig } from '../../aws/client.ts';
import { awsFailure, nameOf } from '../../aws/failure.ts';
import { RegistryError, type RegistryErrorCode } from '../../errors.ts';
import { acrError } from './acr-error.ts';

/** Entra is asked within seconds, and gives a token that outlives the statement. */
const LIFE_SECONDS = 300;
/** A statement is given out again for half of its life: @azure/identity asks for it several times on one token. */
const KEPT_MS = (LIFE_SECONDS * SECOND_MS) / 2;

const DISABLED = 'OutboundWebIdentityFederationDisabled';

export type WebIdentityOptions = AwsClientOptions & {
  /** Of STS, whose global endpoint does not give statements. */
  readonly region: string;
  /** Milliseconds since 1970; the system's clock when absent. */
  readonly now?: () => number;
};

/**
 * Gives signed statements of AWS that this is the role it is, for an audience (`FEDERATION_AUDIENCES`): Entra takes them in
 * place of a secret. The role needs `sts:GetWebIdentityToken`. Throws `RegistryError`: `login-refused` when AWS gives none.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function stsWebIdentityToken(options: WebIdentityOptions): (audience: string) => Promise<string> {
  const { now = Date.now } = options;
  const kept = new Map<string, { readonly token: Promise<string>; readonly until: number }>();
  return async (audience) => {
    let statement = kept.get(audience);
    if (statement === undefined || now() >= statement.until) {
      statement = { token: ask(options, audience), until: now() + KEPT_MS };
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

async function ask(options: WebIdentityOptions, audience: string): Promise<string> {
  const { GetWebIdentityTokenCommand, STSClient } = await import('@aws-sdk/client-sts');
  // Entra verifies RS256 alone.
  const wanted = { Audience: [audience], SigningAlgorithm: 'RS256', DurationSeconds: LIFE_SECONDS };
  const client = new STSClient(clientConfig('sts', options.region, options.credentials, options));
  try {
    const { WebIdentityToken: token } = await client.send(new GetWebIdentityTokenCommand(wanted));
    if (token !== undefined) return token;
    throw acrError('registry-error', 'STS answers without a token for Entra', 'try again');
  } catch (error) {
    throw failed(error, audience);
  } finally {
    client.destroy();
  }
}

/** What stopped AWS, with what to do about it. What may pass by itself is not taken for a refusal. */
function failed(error: unknown, audience: string): unknown {
  const failure = awsFailure(error, {
    what: 'give this role a token for Entra',
    denied: 'login-refused',
    named: { [DISABLED]: 'login-refused', [`${DISABLED}Exception`]: 'login-refused' },
  });
  if (!(failure instanceof RegistryError) || failure === error) return failure;
  const { code, message, retryable, data } = failure;
  const remedy = nameOf(error).startsWith(DISABLED)
    ? "enable outbound web identity federation in the scanner's account: aws iam enable-outbound-web-identity-federation"
    : remedyOf(code, audience);
  return acrError(code, message, remedy, { cause: error, retryable, data });
}

function remedyOf(code: RegistryErrorCode, audience: string): string {
  if (code === 'login-refused') return `allow the role sts:GetWebIdentityToken for the audience ${audience}`;
  if (code === 'unauthorized') return 'check the credentials and the region of AWS that this process has';
  if (code === 'registry-unreachable') return 'check that STS of the region can be reached from here';
  return 'try again later';
}
