import { z } from 'zod';
import { IntegrationError } from './errors.ts';
import {
  acrIntegrationSchema,
  ecrIntegrationSchema,
  INTEGRATION_SCHEMA_VERSION,
  type Integration,
  integrationSchema,
} from './integration.ts';

const ecr = ecrIntegrationSchema.shape;
const acr = acrIntegrationSchema.shape;

const ecrInputSchema = z.strictObject({
  provider: ecr.provider,
  id: ecr.id.optional(),
  /** Absent: that of the role. */
  accountId: ecr.accountId.optional(),
  roleArn: ecr.roleArn,
  externalId: ecr.externalId,
  regions: ecr.regions,
  include: ecr.include,
  exclude: ecr.exclude,
});

const acrInputSchema = z.strictObject({
  provider: acr.provider,
  id: acr.id.optional(),
  tenantId: acr.tenantId,
  appId: acr.appId,
  login: acr.login,
  loginServers: acr.loginServers,
  include: acr.include,
  exclude: acr.exclude,
});

/** What somebody says of an account that is to be connected; the rest of an integration follows from it. */
export const integrationInputSchema = z.discriminatedUnion('provider', [ecrInputSchema, acrInputSchema]);
export type IntegrationInput = z.infer<typeof integrationInputSchema>;

/** What may change: not whose account it is. `null` takes a field away. */
export const integrationChangeSchema = z.strictObject({
  roleArn: ecr.roleArn.optional(),
  externalId: ecr.externalId.optional(),
  regions: ecr.regions.optional(),
  appId: acr.appId,
  login: acr.login.optional(),
  loginServers: acr.loginServers.optional(),
  include: ecr.include.nullable(),
  exclude: ecr.exclude.nullable(),
});
export type IntegrationChange = z.infer<typeof integrationChangeSchema>;

/** The integration that an input describes, connected at this moment (ISO 8601). Throws `integration-invalid`. */
export function integrationOf(input: IntegrationInput, now: string): Integration {
  const common = {
    schemaVersion: INTEGRATION_SCHEMA_VERSION,
    connected: true,
    createdAt: now,
    updatedAt: now,
  };
  if (input.provider === 'ecr') {
    const accountId = input.accountId ?? accountOf(input.roleArn);
    return validated({ ...common, ...input, id: input.id ?? `ecr-${accountId}`, accountId });
  }
  const id = input.id ?? `acr-${input.tenantId.slice(0, input.tenantId.indexOf('-')).toLowerCase()}`;
  return validated({ ...common, ...input, id, environment: environmentOf(input.loginServers) });
}

/** The integration after a change. Throws `integration-invalid`, also for fields of the other cloud. */
export function changedIntegration(before: Integration, change: IntegrationChange, now: string): Integration {
  const fields = Object.entries(change).filter(([, value]) => value !== undefined);
  const own = before.provider === 'ecr' ? ecr : acr;
  const foreign = fields.map(([name]) => name).filter((name) => !(name in own));
  if (foreign.length > 0) {
    throw new IntegrationError(
      'integration-invalid',
      `${before.id} is of ${before.provider}: it has no ${foreign[0]}`,
    );
  }
  const removed = new Set(fields.filter(([, value]) => value === null).map(([name]) => name));
  const merged = { ...before, ...change, updatedAt: now };
  const kept = Object.entries(merged).filter(([name, value]) => !removed.has(name) && value !== undefined);
  const environment =
    merged.provider === 'acr' ? { environment: environmentOf(merged.loginServers ?? []) } : {};
  return validated({ ...Object.fromEntries(kept), ...environment });
}

/** Rules of one field are in the schemas; these are about several. */
function validated(candidate: unknown): Integration {
  const parsed = integrationSchema.safeParse(withoutRepetitions(candidate));
  if (!parsed.success) throw invalid(parsed.error);
  const integration = parsed.data;
  if (integration.provider === 'ecr' && accountOf(integration.roleArn) !== integration.accountId) {
    throw new IntegrationError(
      'integration-invalid',
      `the role ${integration.roleArn} is not of the account ${integration.accountId}`,
    );
  }
  if (
    integration.provider === 'acr' &&
    integration.login === 'federated' &&
    integration.appId === undefined
  ) {
    throw new IntegrationError(
      'integration-invalid',
      'a federated login needs the client id of the application that trusts the hub (appId)',
    );
  }
  return integration;
}

/** The first thing that is wrong, as a sentence. */
export function invalid(error: z.ZodError, what = 'this is no integration'): IntegrationError {
  const { path = [], message = '' } = error.issues[0] ?? {};
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return new IntegrationError('integration-invalid', `${what}: ${where}${message}`, {
    cause: error,
  });
}

function withoutRepetitions(candidate: unknown): unknown {
  if (typeof candidate !== 'object' || candidate === null) return candidate;
  const fields = Object.entries(candidate).map(([name, value]): [string, unknown] => [
    name,
    Array.isArray(value) ? [...new Set(value)] : value,
  ]);
  return Object.fromEntries(fields);
}

function accountOf(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}

const ENVIRONMENTS = { io: 'public', us: 'usgovernment', cn: 'china' } as const;

/** Each cloud of Azure has a domain of its own. */
function environmentOf(loginServers: readonly string[]): (typeof ENVIRONMENTS)[keyof typeof ENVIRONMENTS] {
  const found = new Set(loginServers.map((host) => host.slice(host.lastIndexOf('.') + 1)));
  const [domain] = found;
  if (found.size === 1 && (domain === 'io' || domain === 'us' || domain === 'cn'))
    return ENVIRONMENTS[domain];
  throw new IntegrationError(
    'integration-invalid',
    `the login servers of an integration are of one cloud, as in team.azurecr.io: ${loginServers.join(', ')}`,
  );
}
