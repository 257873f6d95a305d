import { isIP } from 'node:net';
import { checked, flag, isToken, list, ownContext, strict, text } from './options.ts';

/** How an account is connected. Every option narrows what the published role allows, but for `trustedPrincipal` and `discovery`. */
export interface EcrIntegrationOptions {
  /**
   * ARN of the role, or IAM user, that may assume this one: that of your own hub, or whose login scans without one.
   * @default DEFAULT_TRUSTED_PRINCIPAL
   */
  readonly trustedPrincipal?: string;
  /**
   * What the trusted role must present, 8 to 1224 of the characters STS takes. It is no secret, but must be of this integration alone.
   * @default a stack parameter, entered at the first deployment and kept by CloudFormation afterwards
   */
  readonly externalId?: string;
  /**
   * Whether the scanner may list the repositories, with a policy of its own.
   * @default true
   */
  readonly discovery?: boolean;
  /**
   * Names of the repositories that may be read; `*` stands for any characters: `team/*`.
   * @default all repositories of the account
   */
  readonly repositories?: readonly string[];
  /**
   * `key=value` of a tag that keeps a repository from being read.
   * @default no tag does
   */
  readonly optOutTag?: string;
  /**
   * The only account, of 12 digits, in which the stack may be deployed.
   * @default any
   */
  readonly accountId?: string;
  /**
   * ARN of a policy that bounds the role.
   * @default none
   */
  readonly permissionsBoundary?: string;
  /**
   * Public addresses or CIDR ranges from which the role may be assumed and used. Layers come from S3 by signed addresses, which this does not bind.
   * @default any address
   */
  readonly sourceIps?: readonly string[];
}

/** The vendor's hub, as the published template has it. */
export const DEFAULT_TRUSTED_PRINCIPAL = 'arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR';

/** Characters of an external id; STS takes 2 to 1224, the published instructions ask for 8. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const EXTERNAL_ID = { pattern: '^[\\w+=,.@:/-]*$', minLength: 8, maxLength: 1224 } as const;

const PRINCIPAL_ARN = /^arn:aws(?:-[a-z]+)*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/;
const POLICY_ARN = /^arn:aws(?:-[a-z]+)*:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/;
/** 12 digits. */
export const ACCOUNT_ID = /^\d{12}$/;
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html; wildcards may stand for any part.
const REPOSITORY = /^[a-z0-9*][a-z0-9._/*-]{0,255}$/;
// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html: 128 and 256 characters. `*`, `?` and `$` would
// be read as patterns and variables of the policy language.
const TAG = /^[\w .:/+@-]{1,128}=[\w .:/+@-]{0,256}$/;
const OPEN_TO_ALL = 'must not be empty: leave it out to allow all';
const EXTERNAL_ID_TEXT = new RegExp(EXTERNAL_ID.pattern);

/** The options as `strict` takes them; other stacks have them too. */
export const INTEGRATION_FIELDS = {
  trustedPrincipal: text(
    (value) => isToken(value) || PRINCIPAL_ARN.test(value),
    'must be the ARN of one role or IAM user, like arn:aws:iam::111122223333:role/BacklineIntegrationReadOnlyECR',
  ),
  externalId: text(
    (value) => isToken(value) || isExternalId(value),
    'must be 8 to 1224 letters, digits or any of _ + = , . @ : / -',
  ),
  discovery: flag(),
  repositories: list(
    text(
      (value) => REPOSITORY.test(value),
      'must hold repository names like team/app or team/*, without registry and tag',
    ),
    OPEN_TO_ALL,
  ),
  optOutTag: text((value) => TAG.test(value), 'must be key=value, like backline:scan=false'),
  accountId: text(
    (value) => isToken(value) || ACCOUNT_ID.test(value),
    'must be the 12 digits of an AWS account',
  ),
  permissionsBoundary: text(
    (value) => isToken(value) || POLICY_ARN.test(value),
    'must be the ARN of a policy, like arn:aws:iam::111122223333:policy/boundary',
  ),
  sourceIps: list(
    text(
      isAddressRange,
      'must hold IP addresses or CIDR ranges like 198.51.100.0/24, none of them the whole internet',
    ),
    OPEN_TO_ALL,
  ),
};

const schema = strict(INTEGRATION_FIELDS);

/**
 * Throws `ConfigError` when an option has a value that AWS would refuse, or that would not do what it says. Tokens of
 * CDK pass where they are only handed on: for `trustedPrincipal`, `externalId`, `accountId` and `permissionsBoundary`.
 */
export function checkOptions(options: EcrIntegrationOptions): void {
  checked(schema, options);
}

/**
 * Options from `--context name=value` or the context of cdk.json, checked; lists are separated by commas. A name that is no
 * option is an error: a misspelt `repositories` would otherwise open all of them.
 */
export function optionsFromContext(context: Readonly<Record<string, unknown>>): EcrIntegrationOptions {
  return checked(schema, ownContext(context)) as EcrIntegrationOptions;
}

function isExternalId(value: string): boolean {
  const { minLength, maxLength } = EXTERNAL_ID;
  return value.length >= minLength && value.length <= maxLength && EXTERNAL_ID_TEXT.test(value);
}

function isAddressRange(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}
