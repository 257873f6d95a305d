import { z } from 'zod';
import { AWS_REGION } from '../shared/environment.ts';

/** Rises when a field changes its meaning; new optional fields leave it. */
export const INTEGRATION_SCHEMA_VERSION = 1;

/** Names of repositories; `*` stands for any characters: `team/*`. */
const pattern = z
  .string()
  .regex(
    /^[a-z0-9*][a-z0-9._/*-]{0,255}$/,
    'must be the name of a repository, where * stands for any characters',
  );

const common = {
  schemaVersion: z.literal(INTEGRATION_SCHEMA_VERSION),
  /** `ecr-111122223333`, or as its owner named it: lower-case letters, digits and `-`. */
  id: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'must be at most 63 lower-case letters, digits and -, not beginning with -',
    ),
  /** Only these repositories are scanned; absent: all that can be listed. */
  include: z.array(pattern).min(1).optional(),
  /** These are not, whatever `include` says. */
  exclude: z.array(pattern).min(1).optional(),
  /** False once disconnected: nothing is scanned any more, what was found stays. */
  connected: z.boolean(),
  /** ISO 8601. */
  createdAt: z.string(),
  updatedAt: z.string(),
};

export const ecrIntegrationSchema = z.strictObject({
  ...common,
  provider: z.literal('ecr'),
  accountId: z.string().regex(/^\d{12}$/, 'must be the twelve digits of an AWS account'),
  roleArn: z
    .string()
    .regex(
      /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
      'must be as in arn:aws:iam::111122223333:role/Name',
    ),
  externalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits and _+=,.@:/-'),
  regions: z.array(z.string().regex(AWS_REGION, 'must be as in eu-west-1')).min(1),
});
export type EcrIntegration = z.infer<typeof ecrIntegrationSchema>;

/** How Entra is told who asks. Secrets stand in the environment of the process, never here. */
export const acrLoginSchema = z.enum([
  /** The hub's role, by a web identity token of AWS. */
  'federated',
  /** AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH, the machine's own login: whatever @azure/identity finds. */
  'default',
  /** The registry's own login: admin user, repository-scoped token, from Docker's configuration. */
  'docker',
]);

export const acrIntegrationSchema = z.strictObject({
  ...common,
  provider: z.literal('acr'),
  // Not all ids of Azure have the version and variant of a UUID (RFC 9562).
  tenantId: z.guid('must be the id of a tenant, as in 11112222-3333-4444-8555-666677778888'),
  /** Client id of the application that logs in. */
  appId: z.guid('must be the client id of an application').optional(),
  login: acrLoginSchema,
  /** `team.azurecr.io`; with a label of its domain name `team-a1b2c3.azurecr.io`. */
  loginServers: z
    .array(
      z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)?\.azurecr\.(?:io|us|cn)$/, 'must be as in team.azurecr.io'),
    )
    .min(1),
  environment: z.enum(['public', 'usgovernment', 'china']),
});
export type AcrIntegration = z.infer<typeof acrIntegrationSchema>;

/** A connected registry account. Holds no secret: an external id is none. */
export const integrationSchema = z.discriminatedUnion('provider', [
  ecrIntegrationSchema,
  acrIntegrationSchema,
]);
export type Integration = z.infer<typeof integrationSchema>;
