import { Provider as AzureNative } from '@pulumi/azure-native/provider.js';
import { getClientConfig } from '@pulumi/azuread/getClientConfig.js';
import { Provider as AzureAd } from '@pulumi/azuread/provider.js';
import type { Output } from '@pulumi/pulumi';
import { type ArmClient, type ArmWorld, armClient } from './azure/arm.ts';
import { assignmentsOf } from './azure/assignments.ts';
import { principalOf } from './azure/principal.ts';
import { findRegistries, type Missing, type Registry } from './azure/registries.ts';
import { CLOUDS } from './cloud.ts';
import { AcrIntegration, type ExistingPrincipal } from './components/acr-integration.ts';
import { type AzureOptions, DEFAULT_APP_ID } from './config.ts';
import { connectCommand } from './connect-command.ts';
import { planGrants } from './planned-grants.ts';

/** What the outside gives. */
export interface World extends ArmWorld {
  /** Both are shown by Pulumi, and no failure. */
  readonly info: (message: string) => Promise<void>;
  readonly warn: (message: string) => Promise<void>;
}

/** What the stack puts out. */
export interface Outputs {
  readonly tenantId: string;
  readonly appId: string;
  readonly principalObjectId: Output<string>;
  readonly loginServers: Output<readonly string[]>;
  /** What was selected and does not exist: skipped, as by the published scripts. */
  readonly notFound: readonly Missing[];
  /** The line that connects the registries to a hub; absent without registries. */
  readonly connectCommand?: string;
}

/**
 * Looks up what was selected and what is there, and declares the rest. Throws `ConfigError`, `ArmError`, `DirectoryError` and `LoginError`
 * before anything is declared that depends on what could not be read.
 */
export async function connectTenant(options: AzureOptions, world: World): Promise<Outputs> {
  const { appId, environment, tenantId, subscriptionId, repositoryPrefix } = options;
  const azureAd = new AzureAd('azuread', { environment, tenantId });
  const azureNative = new AzureNative('azure-native', { environment, tenantId, subscriptionId });
  const arm = armClient(options.armEndpoint ?? CLOUDS[environment].armEndpoint, world);

  const { found, notFound } = await findRegistries(arm, options);
  await world.info(trustNote(appId));
  for (const warning of warnings(options, found, notFound)) await world.warn(warning);
  const existing = await existingPrincipal(arm, azureAd, found, options);
  const integration = new AcrIntegration(
    'acr',
    { ...options, registries: found, existing },
    { providers: [azureAd, azureNative] },
  );
  const tenant = tenantId ?? (await getClientConfig({ provider: azureAd })).tenantId;
  return {
    tenantId: tenant,
    appId,
    principalObjectId: integration.principalObjectId,
    loginServers: integration.loginServers,
    notFound,
    ...(found.length === 0
      ? {}
      : {
          connectCommand: connectCommand({
            tenantId: tenant,
            appId,
            loginServers: found.map(({ loginServer }) => loginServer),
            repositoryPrefix,
          }),
        }),
  };
}

/** Says whom the roles let in, so that nobody trusts another hub by mistake. */
function trustNote(appId: string): string {
  return appId === DEFAULT_APP_ID
    ? `The roles go to Backline's own app, ${appId}, as which no hub but Backline's can log in; ` +
        'for a hub of yours name its app: pulumi config set appId APP, or BACKLINE_APP_ID=APP before the scripts'
    : `The roles go to the app ${appId}`;
}

async function existingPrincipal(
  arm: ArmClient,
  provider: AzureAd,
  registries: readonly Registry[],
  options: AzureOptions,
): Promise<ExistingPrincipal | undefined> {
  const objectId = await principalOf(options.appId, provider);
  if (objectId === undefined) return undefined;
  const scopes = new Set(planGrants(registries, options).map(({ scope }) => scope));
  return { objectId, assignments: await assignmentsOf(arm, objectId, [...scopes]) };
}

function warnings(
  { mode, cloudSubscriptions }: AzureOptions,
  found: readonly Registry[],
  notFound: readonly Missing[],
): readonly string[] {
  const deaf = found.filter((registry) => mode !== 'auto' && mode !== 'both' && mode !== registry.mode);
  return [
    // In the words of the published scripts.
    ...notFound.map(({ name, resourceGroup }) =>
      name === undefined
        ? `No ACRs found in resource group '${resourceGroup}'`
        : `ACR '${name}' not found in resource group '${resourceGroup}'`,
    ),
    ...deaf.map(
      (registry) =>
        `${registry.name} honours only roles of mode ${registry.mode}, and gets those of mode ${mode}: it cannot be read until it is switched`,
    ),
    ...(found.length === 0 && cloudSubscriptions.length === 0
      ? ['no registry and no subscription is selected: only the service principal is made']
      : []),
  ];
}
