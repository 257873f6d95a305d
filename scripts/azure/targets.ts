import { type Environment, type RegistryName } from '../../pulumi-azure/config.ts';
import { ACR_PULL, CATALOG_LISTER, READER, REPOSITORY_READER, type Role } from '../../pulumi-azure/roles.ts';
import type { Account } from './azure.ts';

/** A role at a scope: what the stack holds, changes, or was asked for. */
export interface Assignment {
  /** GUID of the role in lower case. */
  readonly role: string;
  /** Resource id of a registry or subscription. */
  readonly scope: string;
}

/** Where the principal is to be let in. */
export interface Targets {
  readonly registries: readonly Required<Pick<RegistryName, 'name' | 'resourceGroup' | 'subscriptionId'>>[];
  readonly cloudSubscriptions: readonly string[];
}

/** Configuration of the stack by name, without the project's; values as Pulumi keeps them. */
export type StackConfig = Readonly<Record<string, string>>;

/** The roles that make a registry readable; which of them it is depends on its mode. */
export const REGISTRY_ROLES: readonly Role[] = [ACR_PULL, REPOSITORY_READER, CATALOG_LISTER];

const ROLE_NAMES: ReadonlyMap<string, string> = new Map(
  [...REGISTRY_ROLES, READER].map(({ guid, name }) => [guid, name]),
);

// The provider drops the slash that Azure begins ids with.
const SCOPE =
  /^\/?subscriptions\/(?<subscriptionId>[^/]+)(?:\/resourceGroups\/(?<resourceGroup>[^/]+)\/providers\/Microsoft\.ContainerRegistry\/registries\/(?<name>[^/]+))?$/i;

const ENVIRONMENTS: Readonly<Record<string, Environment>> = {
  AzureUSGovernment: 'usgovernment',
  AzureChinaCloud: 'china',
};

/** The name that messages give a role; its GUID when it is none of ours. */
export function roleName(role: string): string {
  return ROLE_NAMES.get(role) ?? role;
}

/** Ids of the same thing are equal in this form, however Azure, `az` or a provider spells them. */
export function normalScope(scope: string): string {
  return `/${scope.replace(/^\//, '')}`.toLowerCase();
}

/** What these scopes name. Scopes that are neither registries nor subscriptions are none of ours. */
export function targetsOf(scopes: readonly string[]): Targets {
  const named = new Map(scopes.map((scope) => [normalScope(scope), SCOPE.exec(scope)?.groups]));
  const registries: Targets['registries'][number][] = [];
  const cloudSubscriptions: string[] = [];
  for (const groups of named.values()) {
    const { subscriptionId, resourceGroup, name } = groups ?? {};
    if (subscriptionId === undefined) continue;
    if (name === undefined || resourceGroup === undefined)
      cloudSubscriptions.push(subscriptionId.toLowerCase());
    else registries.push({ name, resourceGroup, subscriptionId });
  }
  return { registries, cloudSubscriptions };
}

/**
 * The configuration that lets the principal in at these scopes and nowhere else. Of what it was, the selections of whole groups
 * and subscriptions go, as their registries stand in the list now; all that is no selection stays.
 */
export function configFor(
  scopes: readonly string[],
  {
    account,
    appId,
    before,
  }: { readonly account: Account; readonly appId: string; readonly before: StackConfig },
): StackConfig {
  const { resourceGroups: _groups, wholeSubscription: _whole, ...kept } = before;
  const { registries, cloudSubscriptions } = targetsOf(scopes);
  const environment = ENVIRONMENTS[account.cloud];
  return {
    ...(environment === undefined ? {} : { environment }),
    ...kept,
    subscriptionId: account.subscriptionId,
    tenantId: account.tenantId,
    appId,
    registries: JSON.stringify(registries),
    cloudSubscriptions: JSON.stringify(cloudSubscriptions),
  };
}
