import { z } from 'zod';
import { type ArmClient, ArmError } from './arm.ts';
import { eightAtATime } from './concurrency.ts';

/** An assignment of a role as Azure knows it. */
export interface RoleAssignment {
  readonly id: string;
  /** GUID under which it stands at its scope. */
  readonly name: string;
  readonly scope: string;
  readonly roleGuid: string;
}

// https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope
const API_VERSION = 'api-version=2022-04-01';

const assignmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({ scope: z.string(), roleDefinitionId: z.string(), principalId: z.string() }),
});

/** What the principal is assigned at exactly these scopes; what it inherits from wider ones is left out. */
export async function assignmentsOf(
  arm: ArmClient,
  principalId: string,
  scopes: readonly string[],
): Promise<readonly RoleAssignment[]> {
  // The filter finds assignments at, above and below the scope.
  const filter = encodeURIComponent(`principalId eq '${principalId}'`);
  const lists = await eightAtATime(
    scopes.map((scope) => async () => {
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?${API_VERSION}&$filter=${filter}`;
      return (await arm.list(path))
        .map(parsed)
        .filter(
          ({ properties }) => isSame(properties.scope, scope) && isSame(properties.principalId, principalId),
        );
    }),
  );
  return lists.flat().map(({ id, name, properties }) => ({
    id,
    name,
    scope: properties.scope,
    roleGuid: (properties.roleDefinitionId.split('/').at(-1) ?? '').toLowerCase(),
  }));
}

function parsed(value: unknown): z.output<typeof assignmentSchema> {
  const { data, error } = assignmentSchema.safeParse(value);
  if (error === undefined) return data;
  throw new ArmError(`a role assignment is not described as expected: ${z.prettifyError(error)}`, {
    cause: error,
  });
}

/** Resource ids are the same whatever their case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
