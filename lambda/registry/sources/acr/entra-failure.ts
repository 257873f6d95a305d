import { messageOf } from '../../../shared/errors.ts';
import { safeText } from '../../../shared/text.ts';
import { RegistryError } from '../../errors.ts';
import { acrError } from './acr-error.ts';
import { ACR_AUDIENCE } from './azure.ts';

/** https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes */
const AADSTS = /\bAADSTS(?<number>[0-9]{4,9})\b(?<sentence>[^\r\n]{0,300})/;

/** The application is not known in the tenant: it was never taken in, or taken out. */
const NO_PRINCIPAL = new Set(['7000229', '700016']);
/** The resource a token was asked for is not known in the tenant: AADSTS500011, AADSTS650052. */
const NO_RESOURCE = new Set(['500011', '650052']);
/** The statement of AWS fits no federated credential of the application. */
const NOT_FEDERATED = new Set(['70021', '700211', '700212', '700213', '7002137', '7002138']);
const WRONG_SECRET = new Set(['7000215', '7000222', '700027']);
/**
 * Entra is busy, times out or limits the rate: the list calls these transient, retryable, unavailable or throttled. Not in
 * it is 90025, "request processing has exhausted gateway allowance".
 */
const PASSING = new Set(['50033', '90006', '90012', '90024', '90025', '90033', '90055', '90090', '90091']);
/** How MSAL, which @azure/identity is made of, says that Entra does not answer, or only with an error of a server. */
const NO_ENTRA = /\b(?:endpoints_resolution_error|network_error|server_error|temporarily_unavailable)\b/;
const NO_ANSWER =
  /\b(?:REQUEST_SEND_ERROR|ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)\b/;

export type Asked = {
  readonly clientId: string;
  readonly tenantId: string;
  /** Address of Entra. */
  readonly host: string;
  readonly audience: string;
};

/** What stopped a token from being given, by the number Entra answers with. Its trace ids are left out. */
export function entraFailure(error: unknown, asked: Asked): RegistryError {
  const { number, sentence } = AADSTS.exec(messageOf(error))?.groups ?? {};
  if (number === undefined) return unanswered(error, asked);
  const said = `AADSTS${number}${firstSentence(sentence ?? '')}`;
  const options = { cause: error, data: { aadsts: number } };
  const { clientId, tenantId, audience } = asked;
  if (PASSING.has(number)) {
    return acrError(
      'login-refused',
      `Entra gives the application ${clientId} no token for now (${said})`,
      'try again later: it passes by itself',
      { ...options, retryable: true },
    );
  }
  if (NO_PRINCIPAL.has(number)) {
    return acrError(
      'principal-missing',
      `tenant ${tenantId} has no service principal of the application ${clientId} (${said})`,
      `onboard the tenant with the Azure integration, or: az ad sp create --id ${clientId}`,
      options,
    );
  }
  if (NO_RESOURCE.has(number)) {
    return acrError(
      'audience-refused',
      `tenant ${tenantId} gives no tokens for ${audience} (${said})`,
      'register the resource provider: az provider register --namespace Microsoft.ContainerRegistry',
      options,
    );
  }
  return acrError(
    'login-refused',
    `Entra refuses the application ${clientId} (${said})`,
    remedy(number),
    options,
  );
}

/** True when Entra gives tokens to the application, but none that are for registries alone. */
export function isAudienceUnknown(error: unknown, audience: string): boolean {
  return audience === ACR_AUDIENCE && error instanceof RegistryError && error.code === 'audience-refused';
}

function remedy(number: string): string {
  if (NOT_FEDERATED.has(number)) {
    return (
      'compare issuer, subject (the ARN of the role that scans) and audience (api://AzureADTokenExchange and the like) of the ' +
      "application's federated credential, letter by letter"
    );
  }
  if (WRONG_SECRET.has(number)) {
    return 'set AZURE_CLIENT_SECRET or the certificate to one of the application that has not expired';
  }
  if (number === '90002') return 'check the tenant id';
  return 'look the number up at https://login.microsoftonline.com/error';
}

function unanswered(error: unknown, { clientId, host }: Asked): RegistryError {
  const said = messageOf(error);
  const short = firstSentence(error instanceof Error ? error.message : said);
  const options = { cause: error };
  // The names that @azure/identity has for: nothing to log in with was found. What it looked for may not answer either.
  const name = error instanceof Error ? error.name : '';
  if (/^(?:CredentialUnavailable|AggregateAuthentication)/.test(name) && !NO_ENTRA.test(said)) {
    return acrError(
      'login-refused',
      'nothing to log in to Entra with was found on this machine',
      'set AZURE_CLIENT_ID with AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH, or: az login',
      options,
    );
  }
  if (NO_ENTRA.test(said) || NO_ANSWER.test(said)) {
    return acrError(
      'registry-unreachable',
      `no answer from Entra at ${host} (${short})`,
      'check network and proxy',
      { ...options, retryable: true },
    );
  }
  return acrError(
    'login-refused',
    `no token for the application ${clientId} from Entra at ${host} (${short})`,
    'check what the application logs in with, and that a proxy does not answer in place of Entra',
    options,
  );
}

/** Without the ids of the request, which may follow without a full stop. */
function firstSentence(text: string): string {
  return safeText(text.split(/\.(?: |$)|\r|\n| Trace ID:/, 1)[0] ?? '').slice(0, 200);
}
