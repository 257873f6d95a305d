import { PrincipalWithConditions, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke, SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Aws, RemovalPolicy, TimeZone } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { MESSAGE_VERSION } from '../../lambda/shared/environment.ts';
import { SCHEDULER_GRANTS } from '../hub-grants.ts';
import { GrantedRole } from './granted-role.ts';

export interface SchedulesProps {
  /** `rate(…)` or `cron(…)` in UTC. */
  readonly reconcile: string;
  readonly refreshAdvisories: string;
  readonly discoverQueue: IQueue;
  readonly refreshFunction: IFunction;
  readonly keyArn: string;
}

/** What happens by the clock. A rate begins at once: the first advisories come with the deployment. */
export class Schedules extends Construct {
  readonly group: ScheduleGroup;
  readonly role: GrantedRole;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.group = new ScheduleGroup(this, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
    this.role = new GrantedRole(this, 'Role', {
      description: 'What the schedules of Backline may do',
      // For schedules of this group alone: the service acts for every account (confused deputy).
      assumedBy: new PrincipalWithConditions(new ServicePrincipal('scheduler.amazonaws.com'), {
        StringEquals: {
          'aws:SourceAccount': Aws.ACCOUNT_ID,
          'aws:SourceArn': this.group.scheduleGroupArn,
        },
      }),
      grants: SCHEDULER_GRANTS,
      arns: {
        'discover-queue': props.discoverQueue.queueArn,
        'refresh-function': props.refreshFunction.functionArn,
        key: props.keyArn,
      },
    });
    const role = this.role.withoutPolicyUpdates();

    // The reconciliation finds what no push event told: AWS sends these as well as it can, and no better.
    this.#every(
      'Reconcile',
      props.reconcile,
      (input) => new SqsSendMessage(props.discoverQueue, { input, role }),
      {
        version: MESSAGE_VERSION,
        kind: 'reconcile',
      },
    );
    this.#every(
      'RefreshAdvisories',
      props.refreshAdvisories,
      (input) => new LambdaInvoke(props.refreshFunction, { input, role }),
      {},
    );
  }

  #every(
    id: string,
    expression: string,
    target: (input: ScheduleTargetInput) => LambdaInvoke | SqsSendMessage,
    input: object,
  ): void {
    new Schedule(this, id, {
      scheduleGroup: this.group,
      schedule: ScheduleExpression.expression(expression, TimeZone.ETC_UTC),
      target: target(ScheduleTargetInput.fromObject(input)),
    });
  }
}
