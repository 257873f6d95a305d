import { describe, expect, it } from '@jest/globals';
import type { ResourceTransformation } from '@pulumi/pulumi';
import { validate } from 'uuid';
import type { Registry } from '../../../pulumi-azure/azure/registries.ts';
import { AcrIntegration, type AcrIntegrationArgs } from '../../../pulumi-azure/components/acr-integration.ts';
import {
  ACR_PULL,
  CATALOG_LISTER,
  READER,
  REPOSITORY_READER,
  type Role,
} from '../../../pulumi-azure/roles.ts';
import { NEW_PRINCIPAL, type PulumiDouble, pulumiDouble } from '../../doubles/pulumi-mocks.ts';
import { registryId, SUBSCRIPTION } from '../../doubles/resource-manager.ts';
import { settled } from '../../support/settled.ts';

const APP = '99999999-2222-3333-4444-555555555555';
const OLD_PRINCIPAL = 'aaaaaaaa-1111-1111-1111-000000000009';
const OLD_NAME = '12345678-1111-1111-1111-000000000009';

describe('pulumi-azure/components/acr-integration', () => {
  it('makes the principal, or takes the one that is there', async () => {
    const { pulumi, integration } = await declared({});

    expect(await settled(integration.principalObjectId)).toBe(NEW_PRINCIPAL);
    expect(pulumi.resources).toContainEqual(
      expect.objectContaining({
        type: 'azuread:index/servicePrincipal:ServicePrincipal',
        inputs: { clientId: APP, useExisting: true },
      }),
    );
    expect(pulumi.assignments().size).toBe(0);
  });

  it.each<[AcrIntegrationArgs['mode'], Registry['mode'], ...Role[]]>([
    ['auto', 'rbac', ACR_PULL],
    ['auto', 'abac', REPOSITORY_READER, CATALOG_LISTER],
    ['rbac', 'rbac', ACR_PULL],
    ['rbac', 'abac', ACR_PULL],
    ['abac', 'rbac', REPOSITORY_READER, CATALOG_LISTER],
    ['abac', 'abac', REPOSITORY_READER, CATALOG_LISTER],
    ['both', 'rbac', ACR_PULL, REPOSITORY_READER, CATALOG_LISTER],
    ['both', 'abac', ACR_PULL, REPOSITORY_READER, CATALOG_LISTER],
  ])('assigns in mode %s to a registry of mode %s', async (mode, registryMode, ...roles) => {
    const { pulumi, integration } = await declared({ mode, registries: [registry('team', registryMode)] });

    expect(await settled(integration.loginServers)).toEqual(['team.azurecr.io']);
    expect([...pulumi.assignments().values()].map(({ inputs }) => inputs)).toEqual(
      roles.map(({ guid }) => ({
        scope: registryId({ name: 'team', resourceGroup: 'group' }),
        roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
        principalId: NEW_PRINCIPAL,
        principalType: 'ServicePrincipal',
        roleAssignmentName: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })),
    );
  });

  it('limits the reader of repositories, and only it, to those with the prefix', async () => {
    const { pulumi } = await declared({ registries: [registry('team', 'abac')], repositoryPrefix: 'prod/' });
    const reader = pulumi.assignments().get('team-container-registry-repository-reader');
    const lister = pulumi.assignments().get('team-container-registry-repository-catalog-lister');

    expect(reader?.inputs).toMatchObject({
      conditionVersion: '2.0',
      condition:
        "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND " +
        "!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR " +
        "(@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringStartsWithIgnoreCase 'prod/'))",
    });
    expect(lister?.inputs).not.toHaveProperty('condition');
    expect(lister?.inputs).not.toHaveProperty('conditionVersion');
  });

  it('rejects a prefix where roles open all repositories, naming the registries', async () => {
    const registries = [registry('team', 'abac'), registry('old', 'rbac'), registry('older', 'rbac')];

    await expect(declared({ registries, repositoryPrefix: 'prod/' })).rejects.toThrow(
      'repositoryPrefix cannot hold in old, older: in RBAC mode a role opens all repositories',
    );
  });

  it('makes the principal Reader of the subscriptions named, each once', async () => {
    const id = '77777777-2222-3333-4444-aaaaaaaaaaaa';
    const { pulumi } = await declared({ cloudSubscriptions: [id, id.toUpperCase()] });

    expect(
      [...pulumi.assignments()].map(([name, { inputs }]) => [
        name,
        inputs['scope'],
        inputs['roleDefinitionId'],
      ]),
    ).toEqual([
      [
        `${id}-reader`,
        `/subscriptions/${id}`,
        `/subscriptions/${id}/providers/Microsoft.Authorization/roleDefinitions/${READER.guid}`,
      ],
    ]);
  });

  it('names assignments by what they are, the same each time', async () => {
    const args = { registries: [registry('team', 'abac'), registry('other', 'abac')], mode: 'both' } as const;
    const names = async () => {
      const { pulumi } = await declared(args);
      return [...pulumi.assignments().values()].map(({ inputs }) => String(inputs['roleAssignmentName']));
    };

    const first = await names();

    expect(first.every((name) => validate(name))).toBe(true);
    expect(new Set(first).size).toBe(6);
    expect(await names()).toEqual(first);
    // Part of the contract: another name for the same role is refused by Azure.
    expect(first[0]).toBe('d0bc64ed-f921-57d4-8fbd-87107050e672');
  });

  it('tells nothing of a principal that does not exist yet in a preview', async () => {
    const { pulumi } = await declared({ registries: [registry('team', 'rbac')] }, { preview: true });

    const [assignment] = pulumi.assignments().values();

    expect(assignment?.inputs).toMatchObject({
      principalId: { __pulumiUnknown: true },
      roleAssignmentName: { __pulumiUnknown: true },
    });
  });

  describe('with a principal of the published scripts', () => {
    const scope = registryId({ name: 'team', resourceGroup: 'group' });
    const assignment = {
      id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${OLD_NAME}`,
      name: OLD_NAME,
      scope,
      roleGuid: ACR_PULL.guid,
    };

    it('imports what it is assigned, by its id, and leaves what cannot change as it is', async () => {
      const { pulumi, optionsOf } = await declared({
        registries: [registry('team', 'rbac'), registry('new', 'rbac')],
        existing: { objectId: OLD_PRINCIPAL, assignments: [assignment] },
      });

      expect(pulumi.assignments().get('team-acrpull')).toMatchObject({
        importId: assignment.id,
        inputs: { roleAssignmentName: OLD_NAME, principalId: OLD_PRINCIPAL },
      });
      expect(optionsOf.get('team-acrpull')).toMatchObject({
        ignoreChanges: ['scope', 'roleDefinitionId', 'principalId', 'principalType', 'roleAssignmentName'],
      });
      expect(pulumi.assignments().get('new-acrpull')).toMatchObject({
        importId: '',
        inputs: { principalId: OLD_PRINCIPAL },
      });
      expect(optionsOf.get('new-acrpull')).not.toHaveProperty('ignoreChanges');
    });

    it('writes the id as the stack would, whatever the case in which Azure lists it', async () => {
      const listed = { ...assignment, id: assignment.id.toLowerCase(), scope: scope.toLowerCase() };
      const { pulumi } = await declared({
        registries: [registry('team', 'rbac')],
        existing: { objectId: OLD_PRINCIPAL, assignments: [listed] },
      });

      expect(pulumi.assignments().get('team-acrpull')?.importId).toBe(assignment.id);
    });

    it('takes no assignment of another role or scope for it', async () => {
      const { pulumi } = await declared({
        registries: [registry('team', 'rbac')],
        existing: {
          objectId: OLD_PRINCIPAL,
          assignments: [
            { ...assignment, roleGuid: READER.guid },
            { ...assignment, scope: `/subscriptions/${SUBSCRIPTION}` },
          ],
        },
      });

      expect(pulumi.assignments().get('team-acrpull')?.importId).toBe('');
    });

    it('imports one of its own making, for a stack that lost its state', async () => {
      const own = await ownAssignment();
      const { pulumi } = await declared({
        registries: [registry('team', 'rbac')],
        existing: { objectId: OLD_PRINCIPAL, assignments: [own] },
      });

      expect(pulumi.assignments().get('team-acrpull')).toMatchObject({
        importId: own.id,
        inputs: { roleAssignmentName: own.name },
      });
    });

    it('does not import one of its own making that Azure writes otherwise: the stack may know it so', async () => {
      const own = await ownAssignment();
      const { pulumi } = await declared({
        registries: [registry('team', 'rbac')],
        existing: { objectId: OLD_PRINCIPAL, assignments: [{ ...own, id: own.id.toLowerCase() }] },
      });

      expect(pulumi.assignments().get('team-acrpull')).toMatchObject({
        importId: '',
        inputs: { roleAssignmentName: own.name },
      });
    });

    async function ownAssignment() {
      const { pulumi } = await declared({
        registries: [registry('team', 'rbac')],
        existing: { objectId: OLD_PRINCIPAL, assignments: [] },
      });
      const name = String(pulumi.assignments().get('team-acrpull')?.inputs['roleAssignmentName']);
      return {
        ...assignment,
        name,
        id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
      };
    }
  });

  it('keeps the principal until its assignments are gone, and the old one until nobody needs it', async () => {
    const { optionsOf } = await declared({
      registries: [registry('team', 'rbac')],
      existing: { objectId: OLD_PRINCIPAL, assignments: [] },
    });

    expect(optionsOf.get('team-acrpull')).toMatchObject({
      deleteBeforeReplace: true,
      dependsOn: [
        expect.objectContaining({ __pulumiType: 'azuread:index/servicePrincipal:ServicePrincipal' }),
      ],
    });
  });
});

function registry(name: string, mode: Registry['mode']): Registry {
  return {
    id: registryId({ name, resourceGroup: 'group' }),
    name,
    subscriptionId: SUBSCRIPTION,
    loginServer: `${name}.azurecr.io`,
    mode,
  };
}

async function declared(
  args: Partial<AcrIntegrationArgs>,
  { preview = false } = {},
): Promise<{
  readonly pulumi: PulumiDouble;
  readonly integration: AcrIntegration;
  readonly optionsOf: ReadonlyMap<string, object>;
}> {
  const pulumi = await pulumiDouble({}, { preview });
  const optionsOf = new Map<string, object>();
  const note: ResourceTransformation = ({ name, opts }) => {
    optionsOf.set(name, opts);
    return undefined;
  };
  const integration = new AcrIntegration(
    'acr',
    { appId: APP, mode: 'auto', registries: [], cloudSubscriptions: [], ...args },
    { transformations: [note] },
  );
  await settled(undefined);
  return { pulumi, integration, optionsOf };
}
