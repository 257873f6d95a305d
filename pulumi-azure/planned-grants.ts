import { v5 as uuidv5 } from 'uuid';
import type { RoleAssignment } from './azure/assignments.ts';
import type { Registry } from './azure/registries.ts';
import { type AzureOptions, ConfigError } from './config.ts';
import { type Grant, grantsFor, READER } from './roles.ts';

/** A role to be assigned at a scope. */
export interface PlannedGrant extends Grant {
  /** Name of the resource in the stack, part of the contract: another one would make the assignment anew. */
  readonly resourceName: string;
  readonly scope: string;
  readonly roleDefinitionId: string;
}

/** Of the project, and never to change: names of assignments are made with it. */
const NAMESPACE = '24063f4d-881d-4d46-895a-5fa31bc1b711';

/**
 * The roles on each registry and named subscription. Throws `ConfigError` when `repositoryPrefix` is asked of registries that cannot
 * hold to it: in RBAC mode a role opens all repositories.
 */
export function planGrants(
  registries: readonly Registry[],
  options: Pick<AzureOptions, 'mode' | 'repositoryPrefix' | 'cloudSubscriptions'>,
): readonly PlannedGrant[] {
  const { mode, repositoryPrefix, cloudSubscriptions } = options;
  const open = registries.filter((registry) => registry.mode === 'rbac').map(({ name }) => name);
  if (repositoryPrefix !== undefined && mode === 'auto' && open.length > 0) {
    throw new ConfigError(
      `repositoryPrefix cannot hold in ${open.join(', ')}: in RBAC mode a role opens all repositories; ` +
        'switch to the mode with ABAC permissions, or leave the registry or the prefix out',
    );
  }
  const subscriptions = [...new Set(cloudSubscriptions.map((id) => id.toLowerCase()))];
  return [
    ...registries.flatMap(({ id, name, subscriptionId, mode: registryMode }) =>
      grantsFor(registryMode, options).map((grant) => planned(grant, { scope: id, name, subscriptionId })),
    ),
    ...subscriptions.map((id) =>
      planned({ role: READER }, { scope: `/subscriptions/${id}`, name: id, subscriptionId: id }),
    ),
  ];
}

function planned(
  grant: Grant,
  {
    scope,
    name,
    subscriptionId,
  }: { readonly scope: string; readonly name: string; readonly subscriptionId: string },
): PlannedGrant {
  return {
    ...grant,
    resourceName: `${name}-${grant.role.name.replaceAll(' ', '-')}`.toLowerCase(),
    scope,
    roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${grant.role.guid}`,
  };
}

/**
 * GUID of the assignment that gives the role: the same in every run and on every machine, so that nothing is assigned twice. Azure
 * takes each role once for a principal and scope, whatever the name, and no name for anything else than it was first used for.
 */
export function assignmentName({ scope, role }: PlannedGrant, principalId: string): string {
  return uuidv5([scope, role.guid, principalId].join('|').toLowerCase(), NAMESPACE);
}

/** An assignment that is there already. */
export interface Adoption {
  readonly name: string;
  /** Id to import it by. */
  readonly importId?: string;
}

/**
 * The assignment that gives the role already: of an earlier run, of another machine, or of the published scripts, which let Azure
 * make up its name. It is imported by an id written as the stack itself writes it: with a differing one, be it only in case, Pulumi would
 * take it for another resource, and delete the one it knows. Where that cannot be, and the name is ours, the stack must know it.
 */
export function adoptionOf(
  grant: PlannedGrant,
  principalId: string,
  existing: readonly RoleAssignment[],
): Adoption | undefined {
  const isOurs = ({ scope, roleGuid }: RoleAssignment) =>
    scope.toLowerCase() === grant.scope.toLowerCase() && roleGuid === grant.role.guid;
  const assignment = existing.find(isOurs);
  if (assignment === undefined) return undefined;
  const importId = `${grant.scope}/providers/Microsoft.Authorization/roleAssignments/${assignment.name}`;
  const { name } = assignment;
  if (name === assignmentName(grant, principalId) && assignment.id !== importId) return { name };
  return { name, importId };
}
