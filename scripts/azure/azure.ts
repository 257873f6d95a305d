import { z } from 'zod';
import type { AzAnswer, AzCommand } from './az-command.ts';
import { Refusal } from './refusal.ts';

/** Who is logged in, and where. */
export interface Account {
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  readonly tenantId: string;
  /** `AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`. */
  readonly cloud: string;
  readonly user: string;
}

/** A registry that exists. */
export interface FoundRegistry {
  readonly id: string;
  readonly name: string;
}

/** A role that the principal was given, by whomever. */
export interface FoundAssignment {
  readonly id: string;
  readonly scope: string;
  /** GUID of the role in lower case. */
  readonly role: string;
}

const accountSchema = z.object({
  id: z.string(),
  name: z.string(),
  tenantId: z.string(),
  environmentName: z.string(),
  user: z.object({ name: z.string() }),
});
const registrySchema = z.object({ id: z.string(), name: z.string() });
const principalSchema = z.object({ id: z.string() });
const assignmentSchema = z.object({ id: z.string(), scope: z.string(), roleDefinitionId: z.string() });

/** Throws `Refusal` when nobody is logged in. */
export async function accountOf(az: AzCommand): Promise<Account> {
  const answer = await az(['account', 'show']);
  if (!answer.isOk) throw new Refusal("Not logged in to Azure. Run 'az login' first.");
  const { id, name, tenantId, environmentName, user } = understood(accountSchema, answer, 'az account show');
  return { subscriptionId: id, subscriptionName: name, tenantId, cloud: environmentName, user: user.name };
}

/** The registry, or undefined when Azure says there is none. Throws `Refusal` when it says anything else. */
export async function findRegistry(
  az: AzCommand,
  { name, resourceGroup }: { readonly name: string; readonly resourceGroup: string },
): Promise<FoundRegistry | undefined> {
  const answer = await az(['acr', 'show', '--name', name, '--resource-group', resourceGroup]);
  if (!answer.isOk && answer.isMissing) return undefined;
  return understood(registrySchema, answer, `ACR '${name}' in resource group '${resourceGroup}'`);
}

/** All registries of a resource group of the login's subscription, or of the whole of it. A group that does not exist has none. */
export async function listRegistries(
  az: AzCommand,
  resourceGroup?: string,
): Promise<readonly FoundRegistry[]> {
  const where = resourceGroup === undefined ? [] : ['--resource-group', resourceGroup];
  const answer = await az(['acr', 'list', ...where]);
  if (!answer.isOk && answer.isMissing) return [];
  return understood(z.array(registrySchema), answer, 'the list of ACRs');
}

/** Object id of the app's service principal in this tenant, or undefined when there is none. */
export async function findPrincipal(az: AzCommand, appId: string): Promise<string | undefined> {
  const answer = await az(['ad', 'sp', 'show', '--id', appId]);
  if (!answer.isOk && answer.isMissing) return undefined;
  return understood(principalSchema, answer, 'the service principal').id;
}

/** What the app's principal was assigned at exactly this scope or, without one, anywhere in the login's subscription. */
export async function listAssignments(
  az: AzCommand,
  appId: string,
  scope?: string,
): Promise<readonly FoundAssignment[]> {
  const where = scope === undefined ? ['--all'] : ['--scope', scope];
  const answer = await az(['role', 'assignment', 'list', '--assignee', appId, ...where]);
  const assignments = understood(z.array(assignmentSchema), answer, 'the role assignments');
  return assignments.map(({ id, scope: assignedAt, roleDefinitionId }) => ({
    id,
    scope: assignedAt,
    role: (roleDefinitionId.split('/').at(-1) ?? '').toLowerCase(),
  }));
}

/** Why the assignment could not be removed, or what mends that; undefined when it was. */
export async function removeAssignment(az: AzCommand, id: string): Promise<string | undefined> {
  const answer = await az(['role', 'assignment', 'delete', '--ids', id]);
  return answer.isOk ? undefined : (answer.remedy ?? answer.reason);
}

/** Why the principal could not be deleted, or undefined when it was. */
export async function removePrincipal(
  az: AzCommand,
  appId: string,
): Promise<{ readonly reason: string; readonly remedy?: string } | undefined> {
  const answer = await az(['ad', 'sp', 'delete', '--id', appId]);
  return answer.isOk ? undefined : answer;
}

function understood<Schema extends z.ZodType>(
  schema: Schema,
  answer: AzAnswer,
  what: string,
): z.output<Schema> {
  if (!answer.isOk) {
    const { reason, remedy } = answer;
    throw remedy === undefined
      ? new Refusal(`Could not read ${what}: ${reason}`)
      : new Refusal(`Could not read ${what}`, { more: [remedy], cause: reason });
  }
  const { data, error } = schema.safeParse(answer.value);
  if (error !== undefined) {
    throw new Refusal(`Could not read ${what}: az answered with something else`, { cause: error });
  }
  return data;
}
