import type { TokenCredentialOptions } from '@azure/identity';
import { redactUrl } from '../../../shared/errors.ts';
import { RegistryError } from '../../errors.ts';
import { acrError } from './acr-error.ts';
import { AZURE, type AzureEnvironment } from './azure.ts';
import { checkCertificate } from './certificate.ts';
import { entraFailure } from './entra-failure.ts';

/** Gives Entra tokens of one application (or person) in one tenant; keeps them until they end. */
export interface EntraCredential {
  /** Of the application; '' when somebody else is logged in. */
  readonly clientId: string;
  readonly tenantId: string;
  /** A token for an audience (`https://management.azure.com`). Throws `RegistryError`. */
  token(audience: string): Promise<string>;
}

export type EntraLogin = {
  readonly environment: AzureEnvironment;
  readonly tenantId: string;
  /** Client id of the application that logs in; `AZURE_CLIENT_ID` when absent. */
  readonly clientId?: string;
  /** A signed statement of AWS of who asks, for the application's federated credential. Without it: see `variables`. */
  readonly webIdentityToken?: () => Promise<string>;
  /**
   * The process's environment, for use on one machine: `AZURE_CLIENT_SECRET`, or `AZURE_CLIENT_CERTIFICATE_PATH` and
   * `AZURE_CLIENT_CERTIFICATE_PASSWORD`, the names that Azure's own libraries read. With none of them whatever
   * DefaultAzureCredential finds: a managed identity, `az login`. `AZURE_AUTHORITY_HOST` is another Entra than the cloud's.
   */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Of @azure/identity: proxies, certificates. */
  readonly options?: EntraOptions;
};

export type EntraOptions = Omit<TokenCredentialOptions, 'authorityHost'>;

/** Chooses how to log in; asks nobody yet. The library is loaded with the first token: most commands need none. */
export function entraCredential(login: EntraLogin): EntraCredential {
  const clientId = login.clientId ?? login.variables['AZURE_CLIENT_ID'] ?? '';
  const cloud = AZURE[login.environment].authorityHost;
  const host = login.variables['AZURE_AUTHORITY_HOST'] || cloud;
  // An Entra of one's own is not in the public one's list of authorities.
  const options = { ...login.options, authorityHost: host, disableInstanceDiscovery: host !== cloud };
  let made: ReturnType<typeof makeCredential> | undefined;
  let assertionFailure: unknown;
  const asserted = async (): Promise<string> => {
    try {
      return (await login.webIdentityToken?.()) ?? '';
    } catch (error) {
      // The library would pass on no more than its message.
      assertionFailure = error;
      throw error;
    }
  };
  return {
    clientId,
    tenantId: login.tenantId,
    token: async (audience) => {
      assertionFailure = undefined;
      try {
        made ??= makeCredential(login, clientId, options, asserted).catch((error: unknown) => {
          made = undefined;
          throw error;
        });
        const given = await (await made).getToken(`${audience}/.default`);
        return given.token;
      } catch (error) {
        if (assertionFailure !== undefined) throw assertionFailure;
        if (error instanceof RegistryError) throw error;
        throw entraFailure(error, { clientId, tenantId: login.tenantId, host, audience });
      }
    },
  };
}

async function makeCredential(
  { tenantId, webIdentityToken, variables }: EntraLogin,
  clientId: string,
  options: EntraOptions & { readonly authorityHost: string; readonly disableInstanceDiscovery: boolean },
  asserted: () => Promise<string>,
) {
  checkAuthority(options.authorityHost);
  const identity = await import('@azure/identity');
  if (webIdentityToken !== undefined)
    return new identity.ClientAssertionCredential(tenantId, clientId, asserted, options);
  const secret = variables['AZURE_CLIENT_SECRET'];
  if (secret) return new identity.ClientSecretCredential(tenantId, clientId, secret, options);
  const certificatePath = variables['AZURE_CLIENT_CERTIFICATE_PATH'];
  if (!certificatePath) return new identity.DefaultAzureCredential({ ...options, tenantId });
  const certificatePassword = variables['AZURE_CLIENT_CERTIFICATE_PASSWORD'];
  await checkCertificate(certificatePath, certificatePassword);
  const certificate = certificatePassword ? { certificatePath, certificatePassword } : { certificatePath };
  return new identity.ClientCertificateCredential(tenantId, clientId, certificate, options);
}

/** The library takes no other, and says so in words that do not name the setting. */
function checkAuthority(host: string): void {
  if (URL.parse(host)?.protocol === 'https:') return;
  throw acrError(
    'login-refused',
    `AZURE_AUTHORITY_HOST is no address with https (${redactUrl(host)})`,
    'set it to one, as in https://login.microsoftonline.com, or take it out of the environment',
  );
}
