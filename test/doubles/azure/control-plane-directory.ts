import { randomUUID } from 'node:crypto';
import { type Applications, applications } from './control-plane-applications.ts';
import type { Changes } from './control-plane-changes.ts';
import { type Gate, gate } from './control-plane-gate.ts';
import { type ResourceGroups, resourceGroups } from './control-plane-registries.ts';
import { type RoleAssignments, roleAssignments } from './control-plane-role-assignments.ts';
import { type ServicePrincipals, servicePrincipals } from './control-plane-service-principals.ts';

/**
 * One Azure tenant in memory: its Entra directory and what Azure Resource Manager holds. The stand-in providers, ARM over
 * HTTP and the stand-in `az` all serve the same one, so that what one of them did the others see.
 */
export interface AzureDirectory {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resources: ResourceGroups;
  readonly principals: ServicePrincipals;
  readonly assignments: RoleAssignments;
  readonly applications: Applications;
  /** Holds changes until told, for tests that stop a client in the middle of one. */
  readonly gate: Gate;
  /** Every change that was asked for and done, in order: `create roleAssignment <id>`. */
  readonly changes: readonly string[];
  /** All that the directory holds, to be compared with another snapshot. */
  snapshot(): DirectorySnapshot;
}

export type DirectorySnapshot = {
  readonly principals: readonly unknown[];
  readonly applications: readonly unknown[];
  readonly assignments: readonly unknown[];
};

/** An empty tenant with one subscription. */
export function azureDirectory(): AzureDirectory {
  const tenantId = randomUUID();
  const subscriptionId = randomUUID();
  const changes: string[] = [];
  const holding = gate();
  const context: Changes = {
    changing: (verb, kind, id) => holding.pass({ when: 'before', verb, kind, id }),
    changed: async (verb, kind, id) => {
      changes.push(`${verb} ${kind} ${id}`);
      await holding.pass({ when: 'after', verb, kind, id });
    },
  };
  const resources = resourceGroups(subscriptionId);
  const principals = servicePrincipals(context);
  const apps = applications(context);
  const assignments = roleAssignments(context, {
    subscriptionId,
    tenantId,
    scopeExists: (scope) => resources.hasScope(scope),
    hasPrincipal: (objectId) => principals.list().some((principal) => principal.objectId === objectId),
  });
  return {
    tenantId,
    subscriptionId,
    resources,
    principals,
    assignments,
    applications: apps,
    gate: holding,
    changes,
    snapshot: () => ({
      principals: structuredClone(principals.list()),
      applications: structuredClone(apps.list()),
      assignments: structuredClone(assignments.list()),
    }),
  };
}
