import { expect } from '@jest/globals';
import { type ControlPlane, startControlPlane } from '../../doubles/azure/control-plane.ts';
import type { RoleAssignmentMode } from '../../doubles/azure/control-plane-registries.ts';
import { PASSPHRASE, type StackFolder, type StackFolderOptions, stackFolder } from './stack.ts';

/** The vendor's app, which the program connects unless told otherwise. */
export const APP_ID = '3fc75f55-e53f-4950-9127-665106cded58';

/** Built-in roles by the name that the tests read best by. */
export const ROLES = {
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  RepositoryReader: 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
  CatalogLister: 'bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7',
} as const;

/** A tenant with registries in the resource group `prod`, and a checkout to connect it from. */
export interface Tenant {
  readonly azure: ControlPlane;
  readonly checkout: StackFolder;
  /** Who may what: `one AcrPull`, sorted. Fails when the app has two principals, or another principal is named. */
  readonly grants: () => readonly string[];
  /** Takes everything down, after a look that no secret was left in anything printed, stored or asked of a provider. */
  readonly end: () => Promise<void>;
}

/** Makes the tenant; registries by name, in RBAC mode unless told otherwise. */
export async function tenantWith(
  registries: Readonly<Record<string, RoleAssignmentMode | undefined>>,
  options: StackFolderOptions = {},
): Promise<Tenant> {
  const azure = await startControlPlane();
  for (const [name, mode] of Object.entries(registries)) {
    azure.directory.resources.addRegistry({
      name,
      resourceGroup: 'prod',
      ...(mode === undefined ? {} : { mode }),
    });
  }
  const checkout = stackFolder(azure, options);
  return {
    azure,
    checkout,
    grants: () => grantsOf(azure),
    end: async () => {
      const traces = [...checkout.traces(), ['providers', azure.providerRequests().join('\n')] as const];
      checkout.remove();
      await azure.close();
      const leaks = traces.filter(([, text]) => text.includes(azure.token) || text.includes(PASSPHRASE));
      expect(leaks.map(([name]) => name)).toEqual([]);
    },
  };
}

function grantsOf({ directory }: ControlPlane): readonly string[] {
  const principals = directory.principals.list().filter(({ appId }) => appId === APP_ID);
  expect(principals.length).toBeLessThanOrEqual(1);
  return directory.assignments
    .list()
    .filter(({ principalId }) => principalId === principals[0]?.objectId)
    .map(({ scope, roleDefinitionId }) => {
      const guid = roleDefinitionId.split('/').at(-1);
      const role = Object.entries(ROLES).find(([, id]) => id === guid)?.[0] ?? guid;
      return `${scope.split('/').at(-1)} ${role}`;
    })
    .toSorted();
}

/** Assigns a role as the published scripts do: by a name that nobody can foretell. */
export async function assignByHand(
  { directory }: ControlPlane,
  registry: string,
  role: keyof typeof ROLES,
  principalId: string,
): Promise<string> {
  const scope = directory.resources.registries('prod')?.find(({ name }) => name === registry)?.id ?? '';
  const { id } = await directory.assignments.put(scope, crypto.randomUUID(), {
    principalId,
    roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`,
  });
  return id;
}
