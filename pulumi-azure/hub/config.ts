import { z } from 'zod';
import { ENVIRONMENTS, type Environment } from '../config.ts';
import { checkedBy, guid, mistake, optionsError, text } from '../option-schema.ts';

/** Name of the project in hub/Pulumi.yaml, which Pulumi puts before each of its options. */
export const HUB_PROJECT_NAME = 'backline-azure-hub';

/** How the hub's app is registered: configuration of the stack, checked. */
export interface HubOptions {
  /** Issuer of the web identity tokens of the hub's AWS account. */
  readonly issuer: string;
  /** ARNs of the roles that the functions of the scanner run as which read registries. */
  readonly scannerRoleArns: readonly string[];
  /** What tenants see when they look at their service principals. */
  readonly displayName: string;
  /** @default the tenant that the login is in */
  readonly tenantId?: string | undefined;
  readonly environment: Environment;
}

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MAX_ROLES = 20;
// An assumed role's ARN would name a session; the subject of the tokens is the role.
const ROLE_ARN = /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

const schema = z.strictObject(
  {
    issuer: text(
      isIssuer,
      'must be what "aws iam get-outbound-web-identity-federation-info" says, like https://ID.tokens.sts.global.api.aws',
    ),
    scannerRoleArns: text(
      (value) => rolesIn(value).length <= MAX_ROLES && rolesIn(value).every((arn) => ROLE_ARN.test(arn)),
      'must be the ARNs of up to 20 roles with commas between them, as the output OutboundIdentitySubjects of the hub has them',
    ).transform(rolesIn),
    displayName: text(
      (value) => value.trim() !== '' && value.length <= 120,
      'must have 1 to 120 characters',
    ).default('Backline'),
    tenantId: guid.optional(),
    environment: z
      .enum(ENVIRONMENTS, { error: mistake(`must be one of ${ENVIRONMENTS.join(', ')}`) })
      .default('public'),
  },
  { error: optionsError(() => OPTION_NAMES) },
);

const OPTION_NAMES: readonly string[] = Object.keys(schema.shape);

/** Options from the texts that Pulumi keeps, by name without the project's. Throws `ConfigError` with all that is wrong. */
export function hubOptionsFromConfig(texts: Readonly<Record<string, string>>): HubOptions {
  return checkedBy(schema, texts);
}

/** Each once. */
function rolesIn(text: string): readonly string[] {
  return [...new Set(text.split(',').map((arn) => arn.trim()))];
}

/** Entra compares it character by character with that of the token: no slash at the end. */
function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, origin } = new URL(value);
  return protocol === 'https:' && value === origin;
}
