import { z } from 'zod';
import type { AzureOptions, RegistryName } from '../config.ts';
import type { RegistryMode } from '../roles.ts';
import { type ArmClient, ArmError } from './arm.ts';
import { eightAtATime } from './concurrency.ts';

/** A registry as Azure knows it. */
export interface Registry {
  /** Its resource id, in Azure's spelling. */
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  /** Host under which images are pulled. */
  readonly loginServer: string;
  readonly mode: RegistryMode;
}

/** What was named and is not there: a registry or, without `name`, a resource group with registries. */
export interface Missing {
  readonly name?: string;
  readonly resourceGroup: string;
  readonly subscriptionId: string;
}

/** The first version with `roleAssignmentMode`. */
const API_VERSION = 'api-version=2025-04-01';
const PROVIDER = 'providers/Microsoft.ContainerRegistry/registries';

const registrySchema = z.object({
  id: z.string().regex(/^\/subscriptions\/[^/]+\/resourceGroups\//i),
  name: z.string(),
  properties: z.object({
    loginServer: z.string(),
    // Registries made before there was a choice may not have it.
    roleAssignmentMode: z.enum(['LegacyRegistryPermissions', 'AbacRepositoryPermissions']).nullish(),
  }),
});

/** What a selection leads to. */
export interface Selected {
  readonly found: readonly Registry[];
  readonly notFound: readonly Missing[];
}

type Selection = Pick<AzureOptions, 'registries' | 'resourceGroups' | 'wholeSubscription' | 'subscriptionId'>;

/**
 * All registries that were selected, each once, by name, and what of the selection does not exist. Whatever else keeps them from
 * being found is thrown as `ArmError`: a registry left out by mistake would lose its assignments.
 */
export async function findRegistries(
  arm: ArmClient,
  { registries, resourceGroups, wholeSubscription, subscriptionId = '' }: Selection,
): Promise<Selected> {
  const results = await eightAtATime([
    ...(wholeSubscription ? [() => inSubscription(arm, subscriptionId)] : []),
    ...resourceGroups.map((resourceGroup) => () => inGroup(arm, { resourceGroup, subscriptionId })),
    ...registries.map(
      (registry) => () =>
        byName(arm, { ...registry, subscriptionId: registry.subscriptionId ?? subscriptionId }),
    ),
  ]);
  const found = new Map(
    results.flatMap((result) => result.found).map((registry) => [registry.id.toLowerCase(), registry]),
  );
  return {
    found: [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    notFound: results.flatMap((result) => result.notFound),
  };
}

async function inSubscription(arm: ArmClient, subscriptionId: string): Promise<Selected> {
  const registries = await arm.list(`/subscriptions/${subscriptionId}/${PROVIDER}?${API_VERSION}`);
  return { found: registries.map(registryOf), notFound: [] };
}

function inGroup(arm: ArmClient, group: Missing): Promise<Selected> {
  return unlessMissing(group, async () => {
    const registries = await arm.list(`${pathOf(group)}/${PROVIDER}?${API_VERSION}`);
    return { found: registries.map(registryOf), notFound: registries.length === 0 ? [group] : [] };
  });
}

function byName(arm: ArmClient, registry: RegistryName & Missing): Promise<Selected> {
  return unlessMissing(registry, async () => {
    const path = `${pathOf(registry)}/${PROVIDER}/${registry.name}?${API_VERSION}`;
    return { found: [registryOf(await arm.get(path))], notFound: [] };
  });
}

function pathOf({ subscriptionId, resourceGroup }: Missing): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}`;
}

async function unlessMissing(missing: Missing, lookUp: () => Promise<Selected>): Promise<Selected> {
  try {
    return await lookUp();
  } catch (error) {
    // A wrong subscription is a mistake in the configuration: with it everything would be missing.
    if (error instanceof ArmError && error.status === 404 && error.code !== 'SubscriptionNotFound') {
      return { found: [], notFound: [missing] };
    }
    throw error;
  }
}

function registryOf(value: unknown): Registry {
  const { data, error } = registrySchema.safeParse(value);
  if (error !== undefined) {
    throw new ArmError(`a registry is not described as expected: ${z.prettifyError(error)}`, {
      cause: error,
    });
  }
  const { id, name, properties } = data;
  return {
    id,
    name,
    subscriptionId: id.split('/')[2] ?? '',
    loginServer: properties.loginServer,
    mode: properties.roleAssignmentMode === 'AbacRepositoryPermissions' ? 'abac' : 'rbac',
  };
}
