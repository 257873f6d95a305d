import { INTEGRATION_FIELDS } from './config.ts';
import { ConfigError, checked, flag, list, ownContext, strict, text } from './options.ts';
import { type ConnectionOptions, connectionOf, REGION_FIELDS } from './region-config.ts';

/** How all accounts of an organisation are connected. */
export interface OrganizationOptions extends ConnectionOptions {
  /** Roots or organisational units whose accounts are connected, also those that come later. */
  readonly organizationalUnits: readonly string[];
  /**
   * Whether the stack is deployed by an account that administers StackSets for the organisation, instead of its management account.
   * @default false
   */
  readonly delegatedAdmin?: boolean;
}

// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html
const UNIT = /^(?:ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$/;

// The account is each one's own here.
const { accountId: _, ...integrationFields } = INTEGRATION_FIELDS;

const schema = strict({
  ...integrationFields,
  ...REGION_FIELDS,
  organizationalUnits: list(
    text(
      (value) => UNIT.test(value),
      'must hold organisational units like ou-ab12-c3d4e5f6, or roots like r-ab12',
    ),
    'must not be empty',
  ),
  delegatedAdmin: flag(),
});

/** Options of `--context name=value` or the context of cdk.json, checked. A name that is no option is an error. */
export function organizationFromContext(context: Readonly<Record<string, unknown>>): OrganizationOptions {
  const { organizationalUnits, delegatedAdmin, ...connection } = checked(schema, ownContext(context));
  if (organizationalUnits === undefined) {
    throw new ConfigError('organizationalUnits must be given: ou-…, or the root r-… for all accounts');
  }
  return {
    ...connectionOf(connection),
    organizationalUnits: organizationalUnits as readonly string[],
    ...(delegatedAdmin === undefined ? {} : { delegatedAdmin }),
  };
}
