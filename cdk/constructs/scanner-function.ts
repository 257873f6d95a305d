import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  EventSourceMapping,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ENVIRONMENT, type FunctionName } from '../../lambda/shared/environment.ts';
import { FUNCTION_SIZES, TIMEOUT_MINUTES } from '../function-sizes.ts';
import type { HubGrant } from '../hub-grants.ts';
import { GrantedRole, type HubArns } from './granted-role.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ScannerFunctionProps {
  readonly name: FunctionName;
  /** Has `index.mjs` with the export `handler`. */
  readonly code: Code;
  /** The own queues are added here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly grants: readonly HubGrant[];
  /** Of what the grants are on; log group and own queues are added here. */
  readonly arns: HubArns;
  /** Where its work comes from, and how many messages are worked on at a time; absent: it is called. */
  readonly work?: { readonly from: WorkQueue; readonly maximumConcurrency: number };
  /** Whether its log outlives the stack. */
  readonly retain: boolean;
}

export const FUNCTION_TIMEOUT = Duration.minutes(TIMEOUT_MINUTES);

/** Name of a function and of its role, which Entra is told. One hub to an account: the reader role has a fixed name, too. */
export function functionName(name: FunctionName): string {
  return `backline-${name}`;
}

/** A function with a role, a log and, when it has work, a source of its own. Its role may do what `grants` say, and nothing else. */
export class ScannerFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: GrantedRole;

  constructor(scope: Construct, id: string, props: ScannerFunctionProps) {
    super(scope, id);
    const { name, work } = props;
    const { memory, disk } = FUNCTION_SIZES[name];
    // Named by CloudFormation: a kept log must not stand in the way of the next deployment.
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.role = new GrantedRole(this, 'Role', {
      roleName: functionName(name),
      description: `What the function ${functionName(name)} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      grants: props.grants,
      arns: {
        ...props.arns,
        logs: logGroup.logGroupArn,
        ...(work === undefined
          ? {}
          : {
              'own-queue': work.from.queue.queueArn,
              'own-dead-letters': work.from.deadLetters.queueArn,
            }),
      },
    });

    this.function = new LambdaFunction(this, 'Function', {
      functionName: functionName(name),
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      ephemeralStorageSize: Size.mebibytes(disk),
      timeout: FUNCTION_TIMEOUT,
      tracing: Tracing.ACTIVE,
      logGroup,
      environment: {
        ...props.environment,
        ...(work === undefined
          ? {}
          : {
              [ENVIRONMENT.ownQueueUrl]: work.from.queue.queueUrl,
              [ENVIRONMENT.ownDeadLetterUrl]: work.from.deadLetters.queueUrl,
            }),
      },
      // CDK would add grants of its own beside those with a reason.
      role: this.role.withoutPolicyUpdates(),
    });
    if (work === undefined) return;
    new EventSourceMapping(this, 'Work', {
      target: this.function,
      eventSourceArn: work.from.queue.queueArn,
      batchSize: 1,
      maxConcurrency: work.maximumConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
