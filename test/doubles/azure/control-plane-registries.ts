/** Whether a registry honours roles for all of it or, with conditions, for single repositories. */
export type RoleAssignmentMode = 'LegacyRegistryPermissions' | 'AbacRepositoryPermissions';

export type RegistryResource = {
  /** As Azure writes it: `/subscriptions/…/registries/<name>`. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly loginServer: string;
  readonly mode: RoleAssignmentMode;
};

export interface ResourceGroups {
  /** Adds a registry, and its resource group when that is new. */
  addRegistry(registry: {
    readonly name: string;
    readonly resourceGroup: string;
    readonly mode?: RoleAssignmentMode;
  }): RegistryResource;
  /** All, or those of one resource group; undefined when there is no such group. */
  registries(resourceGroup?: string): readonly RegistryResource[] | undefined;
  hasScope(scope: string): boolean;
}

/** The resources of one subscription, compared without regard to case as ARM does. */
export function resourceGroups(subscriptionId: string): ResourceGroups {
  const groups = new Map<string, string>();
  const registries = new Map<string, RegistryResource>();
  const subscription = `/subscriptions/${subscriptionId}`;
  return {
    addRegistry: ({ name, resourceGroup, mode = 'LegacyRegistryPermissions' }) => {
      groups.set(resourceGroup.toLowerCase(), resourceGroup);
      const id = `${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${name}`;
      const registry = {
        id,
        name,
        resourceGroup,
        mode,
        loginServer: `${name.toLowerCase()}.azurecr.io`,
      };
      registries.set(name.toLowerCase(), registry);
      return registry;
    },
    registries: (resourceGroup) => {
      if (resourceGroup === undefined) return [...registries.values()];
      if (!groups.has(resourceGroup.toLowerCase())) return undefined;
      return [...registries.values()].filter((registry) => isSame(registry.resourceGroup, resourceGroup));
    },
    hasScope: (scope) =>
      isSame(scope, subscription) ||
      [...groups.values()].some((group) => isSame(scope, `${subscription}/resourceGroups/${group}`)) ||
      [...registries.values()].some((registry) => isSame(scope, registry.id)),
  };
}

/** Names and ids of Azure Resource Manager are the same in upper and lower case. */
export function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
