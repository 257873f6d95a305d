import { STSClient } from '@aws-sdk/client-sts';
import {
  type AcrRegistryOptions,
  AwsSessions,
  type AwsSessionsOptions,
  AZURE,
  acrRegistry,
  connectEcr,
  dockerConfigCredentials,
  entraCredential,
  type HttpOptions,
  type Registry,
  stsWebIdentityToken,
} from '../registry/index.ts';
import type { AcrIntegration, Integration } from './integration.ts';

export type RegistryOpenerOptions = {
  /** How AWS is spoken to: region of STS, the hub's reader role. */
  readonly aws: AwsSessionsOptions;
  /** The process's environment: logins of Azure and Docker that are made outside of Backline. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly http?: HttpOptions;
};

/** Opens the registries of an integration. */
export type RegistryOpener = (integration: Integration) => Registry;

/** Sessions and tokens are kept from one registry to the next: make one of it for a process. */
export function registryOpener(options: RegistryOpenerOptions): RegistryOpener {
  const sessions = new AwsSessions(options.aws);
  const acrOptions = acrOptionsOf(options);
  const http = options.http === undefined ? {} : { http: options.http };
  return (integration) =>
    integration.provider === 'ecr'
      ? connectEcr(integration, { sessions, ...http })
      : acrRegistry(acrOptions(integration));
}

/** What the registries of an ACR integration are read with. */
export function acrOptionsOf(
  options: RegistryOpenerOptions,
): (integration: AcrIntegration) => AcrRegistryOptions {
  const webIdentityToken = stsWebIdentityToken(new STSClient({ region: options.aws.region }));
  return (integration) => {
    const { tenantId, appId, login, environment, loginServers, include, exclude } = integration;
    const entra = {
      environment,
      tenantId,
      variables: options.variables,
      ...(appId === undefined ? {} : { clientId: appId }),
      ...(login === 'federated' ? { webIdentityToken } : {}),
    };
    return {
      loginServers,
      login:
        login === 'docker'
          ? { kind: 'docker', credentials: dockerConfigCredentials({ environment: options.variables }) }
          : { kind: 'entra', credential: entraCredential(entra), arm: AZURE[environment].arm },
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
      ...(options.http === undefined ? {} : { http: options.http }),
    };
  };
}
