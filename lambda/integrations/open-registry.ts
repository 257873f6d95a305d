import {
  type AcrLoginOptions,
  type AcrRegistryOptions,
  AwsSessions,
  type AwsSessionsOptions,
  acrLoginOf,
  acrRegistry,
  connectEcr,
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

/** Opens the registries of an integration. Throws `login-refused` when the process lacks what its login needs. */
export type RegistryOpener = (integration: Integration) => Registry;

/** Sessions are kept from one registry to the next: make one opener for a process. */
export function registryOpener(options: RegistryOpenerOptions): RegistryOpener {
  const sessions = new AwsSessions(options.aws);
  const acrOptions = acrOptionsOf(options);
  const http = options.http === undefined ? {} : { http: options.http };
  return (integration) =>
    integration.provider === 'ecr'
      ? connectEcr(integration, { sessions, ...http })
      : acrRegistry(acrOptions(integration));
}

/** What the registries of an ACR integration are read with: the logins it makes keep their tokens. */
export function acrOptionsOf({
  aws,
  variables,
  http,
}: RegistryOpenerOptions): (integration: AcrIntegration) => AcrRegistryOptions {
  const webIdentityToken = stsWebIdentityToken(aws);
  // One login keeps its tokens for all registries it opens, from one image to the next.
  const logins = new Map<string, AcrLoginOptions>();
  const loginOf = (integration: AcrIntegration): AcrLoginOptions => {
    const { login, environment, tenantId, appId } = integration;
    const identity = JSON.stringify([login, environment, tenantId, appId]);
    const made = logins.get(identity) ?? acrLoginOf(integration, { variables, webIdentityToken });
    logins.set(identity, made);
    return made;
  };
  return (integration) => ({
    loginServers: integration.loginServers,
    login: loginOf(integration),
    include: integration.include,
    exclude: integration.exclude,
    ...(http === undefined ? {} : { http }),
  });
}
