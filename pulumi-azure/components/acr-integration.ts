import { RoleAssignment } from '@pulumi/azure-native/authorization/roleAssignment.js';
import { ServicePrincipal } from '@pulumi/azuread/servicePrincipal.js';
import { ComponentResource, type ComponentResourceOptions, type Output, output } from '@pulumi/pulumi';
import type { RoleAssignment as ExistingAssignment } from '../azure/assignments.ts';
import type { Registry } from '../azure/registries.ts';
import type { AzureOptions } from '../config.ts';
import { adoptionOf, assignmentName, type PlannedGrant, planGrants } from '../planned-grants.ts';

export interface AcrIntegrationArgs extends Pick<AzureOptions, 'appId' | 'mode' | 'repositoryPrefix'> {
  /** The registries to be read. */
  readonly registries: readonly Registry[];
  /** Subscriptions in which the principal becomes Reader. */
  readonly cloudSubscriptions: readonly string[];
  /**
   * What the tenant has already.
   * @default nothing
   */
  readonly existing?: ExistingPrincipal | undefined;
}

/** The app's service principal, with what it is assigned at the scopes in question. */
export interface ExistingPrincipal {
  readonly objectId: string;
  readonly assignments: readonly ExistingAssignment[];
}

/**
 * What Azure does not let change in an assignment. An imported one has all of these by its id; their spelling in what the provider
 * reads differs by its version (`scope` with and without the leading slash), and a difference would replace it.
 */
const FIXED = ['scope', 'roleDefinitionId', 'principalId', 'principalType', 'roleAssignmentName'];

/**
 * The service principal by which Backline is known in the tenant, and its roles. Both are adopted when they exist. Taking a
 * registry out takes its roles; the principal stays until the stack is destroyed. Throws `ConfigError` as `planGrants` does.
 */
export class AcrIntegration extends ComponentResource {
  readonly principalObjectId: Output<string>;
  /** Hosts of the registries. */
  readonly loginServers: Output<readonly string[]>;

  constructor(name: string, args: AcrIntegrationArgs, options?: ComponentResourceOptions) {
    super('backline:azure:AcrIntegration', name, {}, options);
    const principal = new ServicePrincipal(
      'principal',
      // Without useExisting the tenant that has the principal already would be refused.
      { clientId: args.appId, useExisting: true },
      { parent: this },
    );
    // Known before anything is deployed when it exists, so that a preview can tell what is there.
    this.principalObjectId =
      args.existing === undefined ? principal.objectId : output(args.existing.objectId);
    for (const grant of planGrants(args.registries, args)) this.#assign(grant, args.existing, principal);
    this.loginServers = output(args.registries.map(({ loginServer }) => loginServer));
    this.registerOutputs({ principalObjectId: this.principalObjectId, loginServers: this.loginServers });
  }

  #assign(grant: PlannedGrant, existing: ExistingPrincipal | undefined, principal: ServicePrincipal): void {
    const adoption =
      existing === undefined ? undefined : adoptionOf(grant, existing.objectId, existing.assignments);
    const { scope, roleDefinitionId, condition } = grant;
    new RoleAssignment(
      grant.resourceName,
      {
        scope,
        roleDefinitionId,
        principalId: this.principalObjectId,
        // Spares Azure looking the principal up, which fails while a new one is still spreading.
        principalType: 'ServicePrincipal',
        roleAssignmentName: adoption?.name ?? this.principalObjectId.apply((id) => assignmentName(grant, id)),
        ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
      },
      {
        parent: this,
        dependsOn: [principal],
        // Azure knows no second assignment of a role at a scope: the old one must go first.
        deleteBeforeReplace: true,
        ...(adoption?.importId === undefined ? {} : { import: adoption.importId, ignoreChanges: FIXED }),
      },
    );
  }
}
