/**
 * What infrastructure and functions agree on: infrastructure sets these, the functions read them at their composition
 * roots. The only file of lambda/ that cdk/ and pulumi-azure/ import.
 */

/** Names of the functions' environment variables. Endpoints of AWS itself are the SDK's own: AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL_STS. */
export const ENVIRONMENT = {
  /** DynamoDB table of the index. */
  table: 'BACKLINE_TABLE',
  /** S3 bucket of layer results, inventories, reports and advisory shards. */
  bucket: 'BACKLINE_BUCKET',
  discoverQueueUrl: 'BACKLINE_DISCOVER_QUEUE_URL',
  scanQueueUrl: 'BACKLINE_SCAN_QUEUE_URL',
  rematchQueueUrl: 'BACKLINE_REMATCH_QUEUE_URL',
  /** The queue whose messages the function takes, and where those go that no retry can help. Absent: it takes none. */
  ownQueueUrl: 'BACKLINE_OWN_QUEUE_URL',
  ownDeadLetterUrl: 'BACKLINE_OWN_DEAD_LETTER_URL',
  /** The hub's role that customers' roles trust; assumed before theirs. */
  readerRoleArn: 'BACKLINE_READER_ROLE_ARN',
  /** Base addresses of the advisory sources; absent: the public ones. */
  osvMirror: 'BACKLINE_OSV_MIRROR',
  amazonMirror: 'BACKLINE_AMAZON_MIRROR',
  epssUrl: 'BACKLINE_EPSS_URL',
  kevUrl: 'BACKLINE_KEV_URL',
} as const;

/** Version of the messages in the queues. A function refuses messages of another one: they go to the dead letters. */
export const MESSAGE_VERSION = 1;

/** The name of a region, in any partition: `eu-west-1`, `us-gov-west-1`, `us-isob-east-1`, `eusc-de-east-1`. */
export const AWS_REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/**
 * For whom AWS signs the tokens by which a function logs in at Entra, in each cloud of Azure.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export const FEDERATION_AUDIENCES = {
  public: 'api://AzureADTokenExchange',
  usgovernment: 'api://AzureADTokenExchangeUSGov',
  china: 'api://AzureADTokenExchangeChina',
} as const;

/** How often a queue hands out a message before it goes to the dead letters. Fewer would lose messages to throttling, which counts. */
export const MAX_RECEIVES = 5;

/** Attributes of the index table: the keys, and the time to live in seconds since 1970. */
export const TABLE_ATTRIBUTES = { partition: 'pk', sort: 'sk', expiresAt: 'expiresAt' } as const;

/** Prefixes of the bucket's keys, for permissions and lifecycle rules. */
export const OBJECT_PREFIXES = {
  /** Results of single layers: can be made again by pulling the layer. */
  layers: 'layers/',
  inventories: 'inventories/',
  reports: 'reports/',
  advisories: 'advisories/',
} as const;

/**
 * The functions: each is the file of this name under lambda/handlers/, exporting `handler`.
 * - `discover`: SQS (one message a batch): schedule, pushes (ECR events as EventBridge writes them), one integration or repository
 * - `scan`: SQS: one image
 * - `refresh-advisories`: called by its schedule, with any event
 * - `rematch`: SQS: known images, when advisories changed
 * - `integrations`: called directly, by operators: connect, test, list, update, disconnect
 */
export const FUNCTIONS = ['discover', 'scan', 'refresh-advisories', 'rematch', 'integrations'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
