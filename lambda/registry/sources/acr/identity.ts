import { FEDERATION_AUDIENCES } from '../../../shared/environment.ts';
import { dockerConfigCredentials } from '../../oci/docker-config.ts';
import { acrError } from './acr-error.ts';
import { AZURE, type AzureEnvironment } from './azure.ts';
import { type EntraOptions, entraCredential } from './entra.ts';
import type { AcrLoginOptions } from './server.ts';

/** Who logs in, without any secret: what an integration stores. */
export type AcrIdentity = {
  /**
   * `federated`: an application, by a statement of AWS; `default`: what this machine has for Entra; `docker`: the
   * registry's own login, admin user or repository-scoped token, from Docker's configuration.
   */
  readonly login: 'federated' | 'default' | 'docker';
  readonly environment: AzureEnvironment;
  readonly tenantId: string;
  /** Client id of the application. */
  readonly appId?: string | undefined;
};

/** Where the secrets are: in the process, never in an integration. */
export type AcrSurroundings = {
  /** The environment's variables: those of `EntraLogin`, and `DOCKER_CONFIG`, `HOME`, `PATH`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Statements of AWS for an audience; `federated` needs them. */
  readonly webIdentityToken?: (audience: string) => Promise<string>;
  readonly entra?: EntraOptions;
};

/**
 * Puts an identity and the secrets around it together; asks nobody yet. The result keeps tokens: make one for an identity.
 * Throws `login-refused` when something is missing.
 */
export function acrLoginOf(identity: AcrIdentity, surroundings: AcrSurroundings): AcrLoginOptions {
  const { login, environment, tenantId, appId } = identity;
  const { variables, webIdentityToken, entra } = surroundings;
  if (login === 'docker') {
    return { kind: 'docker', credentials: dockerConfigCredentials({ environment: variables }) };
  }
  const isFederated = login === 'federated';
  if (isFederated && (webIdentityToken === undefined || appId === undefined)) {
    throw acrError(
      'login-refused',
      'a federated login needs a role of AWS and the id of an application',
      'scan from the hub, or log in with what this machine has: login default',
    );
  }
  const credential = entraCredential({
    environment,
    tenantId,
    variables,
    ...(appId === undefined ? {} : { clientId: appId }),
    ...(isFederated && webIdentityToken !== undefined
      ? { webIdentityToken: () => webIdentityToken(FEDERATION_AUDIENCES[environment]) }
      : {}),
    ...(entra === undefined ? {} : { options: entra }),
  });
  return { kind: 'entra', credential, arm: AZURE[environment].arm, logins: new Map() };
}
