import { type FunctionName, OBJECT_PREFIXES } from '../lambda/shared/environment.ts';
import { type KeyService, keyGrants } from './key-grants.ts';

/**
 * What the hub's roles may do, and why: the statements of their policies and docs/permissions.md are made of this.
 */
export interface HubGrant {
  /** Name of the statement; of its role alone. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly on: readonly HubResource[];
  /** Of grants on the key: the service through which alone they hold. */
  readonly via?: KeyService;
  readonly why: string;
}

/** What grants are given on; `objects:` is followed by a prefix of the bucket's keys. */
export type HubResource =
  | 'any'
  | 'bucket'
  | 'discover-queue'
  | 'key'
  | 'logs'
  | 'own-dead-letters'
  | 'own-queue'
  | 'reader-role'
  | 'refresh-function'
  | 'rematch-queue'
  | 'scan-queue'
  | 'table'
  | `objects:${(typeof OBJECT_PREFIXES)[keyof typeof OBJECT_PREFIXES]}`;

const { layers, inventories, reports, advisories } = OBJECT_PREFIXES;

const LOGS: HubGrant = {
  sid: 'WriteLogs',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  on: ['logs'],
  why: 'writes its log and its metrics, to its own log group',
};
const TRACES: HubGrant = {
  sid: 'SendTraces',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  on: ['any'],
  why: 'says where time was spent; X-Ray knows no resources',
};
/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const TAKE: HubGrant = {
  sid: 'TakeMessages',
  actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  on: ['own-queue'],
  why: 'Lambda takes the messages of its queue with the rights of the function',
};
const RETRY: HubGrant = {
  sid: 'RetrySoon',
  actions: ['sqs:ChangeMessageVisibility'],
  on: ['own-queue'],
  why: 'has a message that failed come again after minutes, not when the queue would give it out by itself',
};
const GIVE_UP: HubGrant = {
  sid: 'GiveUp',
  actions: ['sqs:SendMessage'],
  on: ['own-dead-letters'],
  why: 'puts aside what no retry can help, with the reason',
};
const WORKS: readonly HubGrant[] = [TAKE, RETRY, GIVE_UP];
const MISSING: HubGrant = {
  sid: 'TellMissingObjects',
  actions: ['s3:ListBucket'],
  on: ['bucket'],
  why: 'S3 tells "there is none" from "you may not" only to those who may list',
};
const READER: HubGrant = {
  sid: 'BecomeReader',
  actions: ['sts:AssumeRole'],
  on: ['reader-role'],
  why: "goes by the role that customers' accounts trust; it has no other way to their registries",
};

/** Added to the functions that read registries when Azure is switched on; bound to tokens for Entra by a condition. */
export const AZURE_GRANT: HubGrant = {
  sid: 'ProveIdentityToEntra',
  actions: ['sts:GetWebIdentityToken'],
  on: ['any'],
  why: 'gets the token that Entra takes instead of a secret, for no other audience; STS knows no resource for it',
};

/** The functions that speak with registries: by the reader role, and to Entra. */
export const READING_FUNCTIONS: readonly FunctionName[] = ['discover', 'scan', 'integrations'];

export const FUNCTION_GRANTS: Readonly<Record<FunctionName, readonly HubGrant[]>> = {
  discover: withRunning([
    ...WORKS,
    READER,
    {
      sid: 'UpdateIndex',
      actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      on: ['table'],
      why: 'compares what a registry lists with what is known, and notes what was added, moved and removed',
    },
    {
      sid: 'QueueWork',
      actions: ['sqs:SendMessage'],
      on: ['scan-queue', 'discover-queue'],
      why: 'asks for scans of new images, and goes on with a long list in a message of its own',
    },
  ]),
  scan: withRunning([
    ...WORKS,
    READER,
    MISSING,
    {
      sid: 'UpdateIndex',
      actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      on: ['table'],
      why: 'notes findings and state of the image, and looks whether it is still anywhere',
    },
    {
      sid: 'ReadResults',
      actions: ['s3:GetObject'],
      on: [`objects:${layers}`, `objects:${advisories}`],
      why: 'takes known layers instead of pulling them, and reads the advisories that were fetched',
    },
    {
      sid: 'WriteResults',
      actions: ['s3:PutObject'],
      on: [`objects:${layers}`, `objects:${inventories}`, `objects:${reports}`],
      why: 'keeps what was read of a layer, what is installed, and the report',
    },
  ]),
  'refresh-advisories': withRunning([
    MISSING,
    {
      sid: 'UpdateAdvisories',
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      on: [`objects:${advisories}`],
      why: 'writes new shards and their manifest, and takes away those that no manifest names',
    },
    {
      sid: 'ReadIndex',
      actions: ['dynamodb:Query'],
      on: ['table'],
      why: 'finds the images that hold a package of which advisories changed',
    },
    {
      sid: 'QueueWork',
      actions: ['sqs:SendMessage'],
      on: ['rematch-queue'],
      why: 'asks to match those images again',
    },
  ]),
  rematch: withRunning([
    ...WORKS,
    MISSING,
    {
      sid: 'UpdateIndex',
      actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      on: ['table'],
      why: 'notes what became known of images that did not change; has those scanned again, wherever they are, of which nothing is kept',
    },
    {
      sid: 'ReadResults',
      actions: ['s3:GetObject'],
      on: [`objects:${advisories}`, `objects:${inventories}`, `objects:${reports}`],
      why: 'matches a kept inventory with new advisories; no registry is asked; a report is replaced only when no scan wrote another meanwhile',
    },
    {
      sid: 'WriteReports',
      actions: ['s3:PutObject'],
      on: [`objects:${reports}`],
      why: 'keeps the new report',
    },
    {
      sid: 'TryAlone',
      actions: ['sqs:SendMessage'],
      on: ['own-queue'],
      why: 'has an image that failed come again in a message of its own, so that it holds up no others',
    },
  ]),
  integrations: withRunning([
    READER,
    {
      sid: 'UpdateIndex',
      actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      on: ['table'],
      why: 'keeps the list of connected registries',
    },
    {
      sid: 'QueueWork',
      actions: ['sqs:SendMessage'],
      on: ['discover-queue'],
      why: 'asks for the first scan once connected',
    },
  ]),
};

/** The grants of a function: its own, what each needs to run, and the key as far as its own use it. */
function withRunning(own: readonly HubGrant[]): readonly HubGrant[] {
  return [LOGS, TRACES, ...keyGrants(own), ...own];
}

const ASK_FOR_RECONCILIATION: HubGrant = {
  sid: 'AskForReconciliation',
  actions: ['sqs:SendMessage'],
  on: ['discover-queue'],
  why: 'asks to look through all connected registries',
};
/** The role of the schedules. */
export const SCHEDULER_GRANTS: readonly HubGrant[] = [
  ASK_FOR_RECONCILIATION,
  ...keyGrants([ASK_FOR_RECONCILIATION]),
  {
    sid: 'RefreshAdvisories',
    actions: ['lambda:InvokeFunction'],
    on: ['refresh-function'],
    why: 'has the advisories fetched',
  },
];

/** The role of the custom resource that enables outbound web identity, when Azure is switched on. */
export const OUTBOUND_GRANTS: readonly HubGrant[] = [
  LOGS,
  {
    sid: 'EnableOutboundIdentity',
    actions: ['iam:EnableOutboundWebIdentityFederation', 'iam:GetOutboundWebIdentityFederationInfo'],
    on: ['any'],
    why: 'switches outbound web identity on and reads its issuer; it is of the account, so there is no resource to name',
  },
];

/** The reader role; bound to accounts or an organisation by options. */
export const READER_GRANT = {
  sid: 'BecomeIntegrationRole',
  actions: ['sts:AssumeRole'],
  why: 'the roles that customers made for Backline, by their name and nothing else; each asks for its external id',
} as const;

/** What others may do with resources of the hub, by the policies of these: the names of statements and their reasons. */
export const RESOURCE_REASONS: Readonly<Record<string, string>> = {
  Account:
    'lets policies of roles in this account decide who uses the key; a key without it could not be administered any more',
  EventBridgeToQueue: 'EventBridge puts pushes into the encrypted discover queue, for this account',
  PushEvents: 'the rules of the hub put pushes into the discover queue, and no other rule may',
  ConnectedAccounts: 'the accounts, or the organisation, of the options may forward their pushes',
  AlarmsToTopic: 'alarms of this account are sent by e-mail; made only with `alarmEmail`',
};
