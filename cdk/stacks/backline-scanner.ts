import type { Code } from 'aws-cdk-lib/aws-lambda';
import { CfnOutput, Fn, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import {
  ENVIRONMENT,
  FUNCTIONS,
  type FunctionName,
  OBJECT_PREFIXES,
} from '../../lambda/shared/environment.ts';
import { DataKey } from '../constructs/data-key.ts';
import type { HubArns } from '../constructs/granted-role.ts';
import { IndexTable } from '../constructs/index-table.ts';
import { ObjectBucket } from '../constructs/object-bucket.ts';
import { OutboundIdentity } from '../constructs/outbound-identity.ts';
import { PushEvents } from '../constructs/push-events.ts';
import { ReaderRole, readerRoleArn } from '../constructs/reader-role.ts';
import { ScannerAlarms } from '../constructs/scanner-alarms.ts';
import { ScannerDashboard } from '../constructs/scanner-dashboard.ts';
import {
  FUNCTION_TIMEOUT,
  ScannerFunction,
  type ScannerFunctionProps,
} from '../constructs/scanner-function.ts';
import { METRICS_NAMESPACE, METRICS_SERVICE } from '../constructs/scanner-metrics.ts';
import { Schedules } from '../constructs/schedules.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import {
  checkedHubOptions,
  DEFAULT_ADVISORY_SCHEDULE,
  DEFAULT_MAXIMUM_CONCURRENCY,
  DEFAULT_RECONCILE_SCHEDULE,
  type HubOptions,
} from '../hub-config.ts';
import { AZURE_GRANT, FUNCTION_GRANTS, READING_FUNCTIONS } from '../hub-grants.ts';

export interface BacklineScannerProps extends HubOptions {
  /** Code of a function: `index.mjs` with the export `handler`. */
  readonly code: (name: FunctionName) => Code;
}

export const SCANNER_STACK_NAME = 'BacklineScanner';

/** Registries listed at a time: enough for hundreds of accounts, few enough to leave ECR's API to others. */
const DISCOVER_CONCURRENCY = 5;
/** Images matched again at a time. They ask no registry; the table takes more. */
const REMATCH_CONCURRENCY = 10;

/**
 * The hub: the role that customers' accounts trust, and the scanner behind it. One to an account. Throws `ConfigError` for
 * bad options.
 */
export class BacklineScanner extends Stack {
  constructor(scope: Construct, id: string, { code, ...given }: BacklineScannerProps) {
    const options = checkedHubOptions(given);
    super(scope, id, {
      stackName: SCANNER_STACK_NAME,
      description: 'Backline: scans the container images of connected registries.',
      analyticsReporting: false,
    });
    const retain = options.retainData ?? true;
    const key = new DataKey(this, 'Key', { retain });
    const { bucket } = new ObjectBucket(this, 'Objects', { key: key.key, retain });
    const { table } = new IndexTable(this, 'Index', { key: key.key, retain });
    const queueProps = { key: key.key, functionTimeout: FUNCTION_TIMEOUT };
    const discover = new WorkQueue(this, 'DiscoverWork', queueProps);
    const scan = new WorkQueue(this, 'ScanWork', queueProps);
    const rematch = new WorkQueue(this, 'RematchWork', queueProps);
    const work: Partial<Record<FunctionName, ScannerFunctionProps['work']>> = {
      discover: { from: discover, maximumConcurrency: DISCOVER_CONCURRENCY },
      scan: { from: scan, maximumConcurrency: options.maximumConcurrency ?? DEFAULT_MAXIMUM_CONCURRENCY },
      rematch: { from: rematch, maximumConcurrency: REMATCH_CONCURRENCY },
    };
    const arns: HubArns = {
      any: '*',
      bucket: bucket.bucketArn,
      key: key.key.keyArn,
      table: table.tableArn,
      'discover-queue': discover.queue.queueArn,
      'scan-queue': scan.queue.queueArn,
      'rematch-queue': rematch.queue.queueArn,
      // By name: the reader role names those of the functions, so they cannot refer to it.
      'reader-role': readerRoleArn(),
      ...Object.fromEntries(
        Object.values(OBJECT_PREFIXES).map((prefix) => [
          `objects:${prefix}`,
          bucket.arnForObjects(`${prefix}*`),
        ]),
      ),
    };
    const environment = {
      [ENVIRONMENT.table]: table.tableName,
      [ENVIRONMENT.bucket]: bucket.bucketName,
      [ENVIRONMENT.discoverQueueUrl]: discover.queue.queueUrl,
      [ENVIRONMENT.scanQueueUrl]: scan.queue.queueUrl,
      [ENVIRONMENT.rematchQueueUrl]: rematch.queue.queueUrl,
      [ENVIRONMENT.readerRoleArn]: readerRoleArn(),
      ...environmentOf(options),
    };
    const functions = Object.fromEntries(
      FUNCTIONS.map((name) => [
        name,
        new ScannerFunction(this, name, {
          name,
          code: code(name),
          environment,
          arns,
          retain,
          grants: [
            ...FUNCTION_GRANTS[name],
            ...(options.azure === true && READING_FUNCTIONS.includes(name) ? [AZURE_GRANT] : []),
          ],
          ...(work[name] === undefined ? {} : { work: work[name] }),
        }),
      ]),
    ) as Record<FunctionName, ScannerFunction>;
    const readers = READING_FUNCTIONS.map((name) => functions[name].role.roleArn);
    const reader = new ReaderRole(this, 'Reader', {
      trusted: readers,
      accounts: options.customerAccounts,
      organizationId: options.organizationId,
    });

    const schedules = new Schedules(this, 'Schedules', {
      reconcile: options.reconcileSchedule ?? DEFAULT_RECONCILE_SCHEDULE,
      refreshAdvisories: options.advisorySchedule ?? DEFAULT_ADVISORY_SCHEDULE,
      discoverQueue: discover.queue,
      refreshFunction: functions['refresh-advisories'].function,
      keyArn: key.key.keyArn,
    });
    const pushes = new PushEvents(this, 'Pushes', {
      discoverQueue: discover.queue,
      accounts: options.customerAccounts,
      organizationId: options.organizationId,
    });
    const alarms = new ScannerAlarms(this, 'Alarms', {
      queues: { discover, scan, rematch },
      scheduleGroup: schedules.group,
      key,
      email: options.alarmEmail,
      topicArn: options.alarmTopic,
    });
    new ScannerDashboard(this, 'Dashboard', {
      alarms,
      functions: FUNCTIONS.map((name) => functions[name].function),
      queues: [discover, scan, rematch],
    });

    this.#output('ReaderRoleArn', reader.role.roleArn, 'Whom the roles of connected accounts trust');
    this.#output(
      'OnboardCommand',
      onboardCommand(pushes),
      'Connects an account to this hub, run with its credentials',
    );
    this.#output('IntegrationsFunction', functions.integrations.function.functionName, 'What operators call');
    this.#output('BucketName', bucket.bucketName, 'Reports, inventories, advisories');
    this.#output('TableName', table.tableName, 'What is known of registries and images');
    if (pushes.bus !== undefined) {
      this.#output('PushBusArn', pushes.bus.eventBusArn, 'Where connected accounts forward their pushes');
    }
    if (options.azure === true) {
      const { issuer } = new OutboundIdentity(this, 'OutboundIdentity');
      this.#output('OutboundIdentityIssuer', issuer, 'Issuer of the federated credentials in Entra');
      this.#output(
        'OutboundIdentitySubjects',
        Fn.join(',', readers),
        'Their subjects, one credential for each',
      );
    }
  }

  #output(name: string, value: string, description: string): void {
    new CfnOutput(this, `Output${name}`, { value, description }).overrideLogicalId(name);
  }
}

/** Names the hub, so that nobody trusts another one by mistake. */
function onboardCommand({ bus }: PushEvents): string {
  const hub = `npm run cdk -- deploy -c trustedPrincipal=${readerRoleArn()}`;
  return bus === undefined ? hub : `${hub} -c pushBus=${bus.eventBusArn} -c regions=REGION,REGION --all`;
}

function environmentOf(options: HubOptions): Record<string, string> {
  const optional = {
    [ENVIRONMENT.osvMirror]: options.osvMirror,
    [ENVIRONMENT.amazonMirror]: options.amazonMirror,
    [ENVIRONMENT.epssUrl]: options.epssUrl,
    [ENVIRONMENT.kevUrl]: options.kevUrl,
    AWS_ENDPOINT_URL_ECR: options.ecrEndpoint,
    AWS_ENDPOINT_URL_STS: options.stsEndpoint,
  };
  return {
    ...Object.fromEntries(
      Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    POWERTOOLS_SERVICE_NAME: METRICS_SERVICE,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
  };
}
