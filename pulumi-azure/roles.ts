import { type AzureOptions, type Mode } from './config.ts';

/**
 * What the principal of Backline may do, and why: the assignments and docs/azure-permissions.md are made of this. None of it
 * writes. Identifiers: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export interface Role {
  readonly name: string;
  /** Of the role definition, the same in every tenant and cloud. */
  readonly guid: string;
  /** What the scanner needs it for. */
  readonly why: string;
}

/** In registries whose permissions are those of the registry as a whole (RBAC mode). */
export const ACR_PULL: Role = {
  name: 'AcrPull',
  guid: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  why: 'reads manifests, layers, referrers and tags of the registry and lists its repositories; registries in ABAC mode do not honour it',
};

/** In registries with permissions by repository (ABAC mode). */
export const REPOSITORY_READER: Role = {
  name: 'Container Registry Repository Reader',
  guid: 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
  why: 'reads manifests, layers, referrers and tags; with a condition only those of repositories whose names begin with the prefix',
};

export const CATALOG_LISTER: Role = {
  name: 'Container Registry Repository Catalog Lister',
  guid: 'bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7',
  why: 'lists the names of the repositories, which the Reader cannot; it takes no condition, so that names outside the prefix can be seen',
};

/** On whole subscriptions, and only on those that were named for it. */
export const READER: Role = {
  name: 'Reader',
  guid: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  why: 'finds what runs in a subscription; it opens no image, and is granted only on subscriptions named for it',
};

/** What a registry's assignments of roles are worth. */
export type RegistryMode = 'rbac' | 'abac';

/** A role with the condition that limits it. */
export interface Grant {
  readonly role: Role;
  readonly condition?: string;
}

/** The roles that make a registry readable. */
export function grantsFor(
  registryMode: RegistryMode,
  { mode, repositoryPrefix }: Pick<AzureOptions, 'mode' | 'repositoryPrefix'>,
): readonly Grant[] {
  const rbac: readonly Grant[] = [{ role: ACR_PULL }];
  const abac: readonly Grant[] = [
    {
      role: REPOSITORY_READER,
      ...(repositoryPrefix === undefined ? {} : { condition: prefixCondition(repositoryPrefix) }),
    },
    { role: CATALOG_LISTER },
  ];
  const grants: Readonly<Record<Exclude<Mode, 'auto'>, readonly Grant[]>> = {
    rbac,
    abac,
    both: [...rbac, ...abac],
  };
  return grants[mode === 'auto' ? registryMode : mode];
}

/**
 * Version 2.0 of the language. It must name every action of the role: those it does not name are allowed everywhere.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
function prefixCondition(prefix: string): string {
  const repositories = 'Microsoft.ContainerRegistry/registries/repositories';
  return `((!(ActionMatches{'${repositories}/content/read'}) AND !(ActionMatches{'${repositories}/metadata/read'})) OR (@Request[${repositories}:name] StringStartsWithIgnoreCase '${prefix}'))`;
}
