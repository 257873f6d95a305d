import { randomUUID } from 'node:crypto';
import sdk from '@pulumi/azure-native/package.json' with { type: 'json' };
import type { AzureDirectory } from './control-plane-directory.ts';
import type { ProviderDouble, ResourceType, Values } from './control-plane-provider-methods.ts';
import type { RoleAssignment, RoleAssignmentProperties } from './control-plane-role-assignments.ts';

/** The provider azure-native, as far as the onboarding uses it, over one directory. */
export function azureNative(directory: AzureDirectory): ProviderDouble {
  return {
    version: sdk.version,
    resources: { 'azure-native:authorization:RoleAssignment': roleAssignment(directory) },
    functions: {
      'azure-native:authorization:getClientConfig': () => ({
        clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        objectId: '5ad0e2a5-54c3-44cd-b7a6-4f0c9e5a0f11',
        subscriptionId: directory.subscriptionId,
        tenantId: directory.tenantId,
      }),
    },
  };
}

function roleAssignment({ assignments }: AzureDirectory): ResourceType {
  return {
    defaults: () => ({ roleAssignmentName: randomUUID() }),
    // The two in its path, and what the provider's table of replacements adds.
    replaceOn: ['scope', 'roleAssignmentName', 'principalId'],
    computed: ['name', 'type'],
    create: async (inputs) => {
      const { scope, name } = place(inputs);
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
      // The provider asks before it writes, because a write would update.
      if (assignments.get(id) !== undefined)
        throw new Error(`cannot create already existing resource '${id}'`);
      const made = await assignments.put(scope, name, body(inputs));
      return { id: made.id, outputs: outputs(made) };
    },
    read: (id) => {
      const there = assignments.get(id);
      if (there === undefined) return undefined;
      // What stands in the path of an id is taken from there, without the slash it begins with.
      const scope = there.scope.replace(/^\//, '');
      const inputs = { ...propertiesOf(there), scope, roleAssignmentName: there.name };
      return { inputs, outputs: outputs(there) };
    },
    update: async (_, inputs) => {
      const { scope, name } = place(inputs);
      return outputs(await assignments.put(scope, name, body(inputs)));
    },
    remove: async (id) => void (await assignments.remove(id)),
  };
}

function place(inputs: Values): { readonly scope: string; readonly name: string } {
  return {
    scope: String(inputs['scope']).replace(/^(?!\/)/, '/'),
    name: String(inputs['roleAssignmentName']),
  };
}

function body(inputs: Values): RoleAssignmentProperties {
  const text = (name: string): string | undefined =>
    typeof inputs[name] === 'string' ? inputs[name] : undefined;
  const optional = ['principalType', 'description', 'condition', 'conditionVersion'] as const;
  const given = optional.flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)] as const]));
  return {
    principalId: text('principalId') ?? '',
    roleDefinitionId: text('roleDefinitionId') ?? '',
    ...Object.fromEntries(given),
  };
}

function outputs(assignment: RoleAssignment): Values {
  return {
    ...propertiesOf(assignment),
    name: assignment.name,
    scope: assignment.scope,
    type: 'Microsoft.Authorization/roleAssignments',
    azureApiVersion: '2022-04-01',
  };
}

function propertiesOf(assignment: RoleAssignment): Values {
  const { principalId, principalType, roleDefinitionId, description, condition, conditionVersion } =
    assignment;
  return { principalId, principalType, roleDefinitionId, description, condition, conditionVersion };
}
