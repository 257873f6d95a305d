import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  connectionTester,
  findIntegration,
  type Integration,
  listIntegrations,
  type ManageOptions,
  registryOpener,
} from '../integrations/index.ts';
import { ecrHost, isIncluded } from '../registry/index.ts';
import {
  advisoryStorage,
  currentCatalogerSet,
  type DiscoverOptions,
  type Outbox,
  type PushedOptions,
  type RefreshOptions,
  type RematchMessage,
  type ScanRegistryImageOptions,
} from '../scan/index.ts';
import { ENVIRONMENT, type FunctionName } from '../shared/environment.ts';
import { TOOL } from '../shared/tool.ts';
import { openBucket, openTable, s3ClientOptions } from '../store/index.ts';
import {
  DEFAULT_AMAZON_MIRROR,
  DEFAULT_EPSS_URL,
  DEFAULT_KEV_URL,
  DEFAULT_OSV_MIRROR,
} from '../vulnerabilities/index.ts';
import { HandlerError } from './errors.ts';
import { type DeadLetters, sqsDeadLetters, sqsOutbox } from './outbox.ts';
import { type Retries, sqsRetries } from './retries.ts';
import { powertoolsTelemetry, type Telemetry } from './telemetry.ts';

/** What the functions work with. Each takes the parts it needs, and its role allows no more. */
export interface Hub {
  readonly telemetry: Telemetry;
  readonly integrations: () => Promise<readonly Integration[]>;
  readonly integration: (id: string) => Promise<Integration | undefined>;
  readonly discovering: () => Omit<DiscoverOptions, 'isTimeUp'> & Pick<PushedOptions, 'isWanted' | 'hostOf'>;
  readonly scanning: () => Omit<ScanRegistryImageOptions, 'messageId' | 'remainingMs' | 'isLastTry'>;
  readonly refreshing: () => RefreshOptions;
  /** Images to be matched again. */
  readonly rematches: () => Outbox<RematchMessage>;
  /** Of the queue whose messages the function takes. */
  readonly deadLetters: () => DeadLetters;
  readonly retries: () => Retries;
  readonly managing: () => ManageOptions & Pick<DiscoverOptions, 'discoveries'>;
}

/**
 * The hub as a function's environment describes it (lambda/shared/environment.ts). Nothing is connected to before it is used. Fails
 * with `environment-missing` when a part is used that the environment does not name.
 */
export function openHub(name: FunctionName, environment: NodeJS.ProcessEnv): Hub {
  const tracer = new Tracer({ serviceName: 'backline' });
  const optional = (key: keyof typeof ENVIRONMENT): string | undefined =>
    environment[ENVIRONMENT[key]] || undefined;
  const required = (key: keyof typeof ENVIRONMENT): string => {
    const value = optional(key);
    if (value !== undefined) return value;
    throw new HandlerError(
      'environment-missing',
      `${ENVIRONMENT[key]} is not set: deploy the function again`,
    );
  };
  const now = (): Date => new Date();
  const state = once(() => {
    const client = tracer.captureAWSv3Client(new DynamoDBClient({}));
    return openTable({ client: DynamoDBDocumentClient.from(client), table: required('table'), clock: now });
  });
  const objects = once(() => {
    const client = tracer.captureAWSv3Client(new S3Client(s3ClientOptions(environment)));
    return openBucket({ client, bucket: required('bucket') });
  });
  const queues = once(() => tracer.captureAWSv3Client(new SQSClient({})));
  const logins = once(() => ({
    // Lambda sets the region.
    aws: { readerRoleArn: required('readerRoleArn'), region: environment['AWS_REGION'] ?? 'us-east-1' },
    variables: environment,
  }));
  const registryOf = once(() => registryOpener(logins()));
  const folder = join(tmpdir(), 'backline');
  const feeds = {
    mirror: optional('osvMirror') ?? DEFAULT_OSV_MIRROR,
    amazonMirror: optional('amazonMirror') ?? DEFAULT_AMAZON_MIRROR,
    epssUrl: optional('epssUrl') ?? DEFAULT_EPSS_URL,
    kevUrl: optional('kevUrl') ?? DEFAULT_KEV_URL,
  };
  const storage = once(() => advisoryStorage(objects(), join(folder, 'advisories')));
  const rematches = (): Outbox<RematchMessage> => sqsOutbox(queues(), required('rematchQueueUrl'));
  const integration = (id: string): Promise<Integration | undefined> => findIntegration(state(), id);
  return {
    telemetry: powertoolsTelemetry(name),
    integrations: () => listIntegrations(state()),
    integration,
    discovering: () => ({
      state: state(),
      scans: sqsOutbox(queues(), required('scanQueueUrl')),
      discoveries: sqsOutbox(queues(), required('discoverQueueUrl')),
      catalogers: currentCatalogerSet(),
      registryOf: registryOf(),
      isWanted: (integration, repository) => isIncluded(repository, integration),
      hostOf: ecrHost,
      now,
    }),
    scanning: () => ({
      state: state(),
      objects: objects(),
      integrationOf: integration,
      registryOf: registryOf(),
      advisories: { storage: storage(), epssUrl: feeds.epssUrl, kevUrl: feeds.kevUrl },
      tool: TOOL,
      now,
    }),
    refreshing: () => ({
      state: state(),
      objects: objects(),
      folder: join(folder, 'database'),
      ...feeds,
      rematches: rematches(),
      now,
    }),
    managing: () => ({
      state: state(),
      // Made anew for each test: logins that were made before prove nothing.
      test: (integration) => connectionTester(logins())(integration),
      discoveries: sqsOutbox(queues(), required('discoverQueueUrl')),
      now,
    }),
    rematches,
    deadLetters: () => sqsDeadLetters(queues(), required('ownDeadLetterUrl')),
    retries: () => sqsRetries(queues(), required('ownQueueUrl')),
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
