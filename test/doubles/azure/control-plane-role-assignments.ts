import type { Changes } from './control-plane-changes.ts';
import { AzureError } from './control-plane-errors.ts';
import { isSame } from './control-plane-registries.ts';

export type RoleAssignment = {
  /** `<scope>/providers/Microsoft.Authorization/roleAssignments/<name>` */
  readonly id: string;
  /** A GUID, used once in a tenant. */
  readonly name: string;
  readonly scope: string;
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly description?: string;
  readonly condition?: string;
  readonly conditionVersion?: string;
};

export type RoleAssignmentProperties = Omit<RoleAssignment, 'id' | 'name' | 'scope' | 'principalType'> & {
  readonly principalType?: string;
};

export interface RoleAssignments {
  list(): readonly RoleAssignment[];
  get(id: string): RoleAssignment | undefined;
  put(scope: string, name: string, properties: RoleAssignmentProperties): Promise<RoleAssignment>;
  /** What was deleted; undefined, and no error, when there was none: ARM answers 204. */
  remove(id: string): Promise<RoleAssignment | undefined>;
}

type Surroundings = {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly scopeExists: (scope: string) => boolean;
  readonly hasPrincipal: (objectId: string) => boolean;
};

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ROLE_DEFINITION = /\/providers\/Microsoft\.Authorization\/roleDefinitions\/(?<guid>[0-9a-f-]{36})$/i;

/**
 * Role assignments with the rules of ARM: a principal, role and scope are assigned once whatever the name, and a name is
 * bound to them (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, Azure/azure-cli#8568).
 */
export function roleAssignments(context: Changes, around: Surroundings): RoleAssignments {
  const assignments: RoleAssignment[] = [];
  const find = (id: string): number => assignments.findIndex((assignment) => isSame(assignment.id, id));
  return {
    list: () => assignments,
    get: (id) => assignments[find(id)],
    put: async (scope, name, properties) => {
      const wanted = withDefaults(scope, name, properties, around);
      const verb = find(wanted.id) === -1 ? 'create' : 'update';
      check(wanted, assignments, around);
      await context.changing(verb, 'roleAssignment', wanted.id);
      // Someone else may have been faster.
      check(wanted, assignments, around);
      const at = find(wanted.id);
      assignments.splice(at === -1 ? assignments.length : at, at === -1 ? 0 : 1, wanted);
      await context.changed(verb, 'roleAssignment', wanted.id);
      return wanted;
    },
    remove: async (id) => {
      if (find(id) === -1) return undefined;
      await context.changing('delete', 'roleAssignment', id);
      const at = find(id);
      const [removed] = at === -1 ? [] : assignments.splice(at, 1);
      if (removed !== undefined) await context.changed('delete', 'roleAssignment', removed.id);
      return removed;
    },
  };
}

function withDefaults(
  scope: string,
  name: string,
  properties: RoleAssignmentProperties,
  { subscriptionId }: Surroundings,
): RoleAssignment {
  const role = ROLE_DEFINITION.exec(properties.roleDefinitionId)?.groups?.['guid'];
  if (role === undefined)
    throw new AzureError(400, 'InvalidRoleDefinitionId', `no id of a role: ${properties.roleDefinitionId}`);
  return {
    ...properties,
    principalType: properties.principalType ?? 'ServicePrincipal',
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    scope,
    // Whatever the request named it by, answers name it from the subscription.
    roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  };
}

function check(wanted: RoleAssignment, existing: readonly RoleAssignment[], around: Surroundings): void {
  if (!GUID.test(wanted.name))
    throw new AzureError(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${wanted.name}' is not valid. It must be a GUID.`,
    );
  if (!around.scopeExists(wanted.scope))
    throw new AzureError(404, 'ResourceNotFound', `The Resource '${wanted.scope}' was not found.`);
  if (!around.hasPrincipal(wanted.principalId))
    throw new AzureError(
      400,
      'PrincipalNotFound',
      `Principal ${wanted.principalId} does not exist in the directory ${around.tenantId}.`,
    );
  const sameName = existing.find((assignment) => isSame(assignment.name, wanted.name));
  if (sameName !== undefined && !grantsTheSame(sameName, wanted))
    throw new AzureError(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
  if (sameName === undefined && existing.some((assignment) => grantsTheSame(assignment, wanted)))
    throw new AzureError(409, 'RoleAssignmentExists', 'The role assignment already exists.');
}

function grantsTheSame(left: RoleAssignment, right: RoleAssignment): boolean {
  return (
    isSame(left.scope, right.scope) &&
    isSame(left.principalId, right.principalId) &&
    isSame(left.roleDefinitionId, right.roleDefinitionId)
  );
}
