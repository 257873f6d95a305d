import { z } from 'zod';
import { checkedBy, guid, list, mistake, optionsError, text } from './option-schema.ts';

export { ConfigError, projectConfig } from './option-schema.ts';

/** Name of the project in Pulumi.yaml, which Pulumi puts before each of its options: `backline-azure:registries`. */
export const PROJECT_NAME = 'backline-azure';

/** App id of the vendor's multi-tenant app, as the published scripts have it. */
export const DEFAULT_APP_ID = '3fc75f55-e53f-4950-9127-665106cded58';

/** Roles by what the registry honours (`auto`), by wish, or both kinds. docs/azure-permissions.md names them. */
export const MODES = ['auto', 'rbac', 'abac', 'both'] as const;
export type Mode = (typeof MODES)[number];

/** Azure's clouds, in the words of the providers of Pulumi. */
export const ENVIRONMENTS = ['public', 'usgovernment', 'china'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** A registry as it was asked for; it need not exist. */
export interface RegistryName {
  readonly name: string;
  readonly resourceGroup: string;
  /** @default the subscription of the options */
  readonly subscriptionId?: string | undefined;
}

/** How a tenant is connected: configuration of the stack, checked. */
export interface AzureOptions {
  /** Registries by name. */
  readonly registries: readonly RegistryName[];
  /** Every registry in these resource groups of `subscriptionId`. */
  readonly resourceGroups: readonly string[];
  /** Every registry of `subscriptionId`. */
  readonly wholeSubscription: boolean;
  /** Subscriptions in which the principal becomes Reader. */
  readonly cloudSubscriptions: readonly string[];
  readonly subscriptionId?: string | undefined;
  /** @default the tenant that the login is in */
  readonly tenantId?: string | undefined;
  readonly appId: string;
  readonly mode: Mode;
  /** Only repositories whose names begin so may be read; registries in RBAC mode cannot hold to it. */
  readonly repositoryPrefix?: string | undefined;
  readonly environment: Environment;
  /** Address of Azure Resource Manager. @default that of the environment */
  readonly armEndpoint?: string | undefined;
}

// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules: 5 to 50 letters and digits. Shorter names
// pass: no registry has one, so that it is reported as not found, as the published scripts do.
const REGISTRY = /^[A-Za-z0-9]{1,50}$/;
// The same page: 1 to 90 characters, the last of them no period.
const RESOURCE_GROUP = /^[\p{L}\p{N}_.()-]{0,89}[\p{L}\p{N}_()-]$/u;
// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests. It stands between quotes in a condition.
const REPOSITORY_PREFIX = /^[a-z0-9][a-z0-9._/-]{0,254}$/;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

const resourceGroup = text(
  (value) => RESOURCE_GROUP.test(value),
  'must be the name of a resource group: up to 90 letters, digits or any of _ - . ( )',
);

const schema = z
  .strictObject(
    {
      registries: list(
        z.strictObject(
          {
            name: text((value) => REGISTRY.test(value), 'must be the name of a registry: letters and digits'),
            resourceGroup,
            subscriptionId: guid.optional(),
          },
          { error: mistake('must be like {"name": "myregistry", "resourceGroup": "mygroup"}') },
        ),
      ),
      resourceGroups: list(resourceGroup),
      wholeSubscription: z.boolean({ error: mistake('must be true or false') }).default(false),
      cloudSubscriptions: list(guid),
      subscriptionId: guid.optional(),
      tenantId: guid.optional(),
      appId: guid.default(DEFAULT_APP_ID),
      mode: z.enum(MODES, { error: mistake(`must be one of ${MODES.join(', ')}`) }).default('auto'),
      repositoryPrefix: text(
        (value) => REPOSITORY_PREFIX.test(value),
        'must be the beginning of repository names, like team/',
      ).optional(),
      environment: z
        .enum(ENVIRONMENTS, { error: mistake(`must be one of ${ENVIRONMENTS.join(', ')}`) })
        .default('public'),
      armEndpoint: text(isEndpoint, 'must be https://HOST, or http:// on this machine').optional(),
    },
    { error: optionsError(() => OPTION_NAMES) },
  )
  .superRefine((options, context) => {
    if (options.repositoryPrefix !== undefined && (options.mode === 'rbac' || options.mode === 'both')) {
      context.addIssue({
        code: 'custom',
        path: ['repositoryPrefix'],
        message: `cannot hold in mode ${options.mode}: AcrPull opens every repository of a registry; use auto or abac`,
      });
    }
    const inSubscription =
      options.wholeSubscription ||
      options.resourceGroups.length > 0 ||
      options.registries.some((registry) => registry.subscriptionId === undefined);
    if (options.subscriptionId === undefined && inSubscription) {
      context.addIssue({
        code: 'custom',
        path: ['subscriptionId'],
        message:
          'must say where the registries are: pulumi config set subscriptionId "$(az account show --query id --output tsv)"',
      });
    }
  });

const OPTION_NAMES: readonly string[] = Object.keys(schema.shape);
const TEXTS: ReadonlySet<string> = new Set([
  'subscriptionId',
  'tenantId',
  'appId',
  'mode',
  'repositoryPrefix',
  'environment',
  'armEndpoint',
]);

/**
 * Options from the texts that Pulumi keeps, by name without the project's; lists are JSON. Throws `ConfigError` for values
 * that Azure would refuse and for names that are no option: a misspelt `repositoryPrefix` would open every repository.
 */
export function optionsFromConfig(texts: Readonly<Record<string, string>>): AzureOptions {
  const values = Object.entries(texts).map(([name, value]) => [name, fromText(name, value)] as const);
  return checkedBy(schema, Object.fromEntries(values));
}

function fromText(name: string, value: string): unknown {
  if (TEXTS.has(name)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isEndpoint(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(value);
  if (username + password + search + hash !== '' || pathname !== '/') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}
