import { CfnEventBusPolicy, EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Fn } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { PUSH_PATTERN } from '../push-pattern.ts';

export interface PushEventsProps {
  readonly discoverQueue: IQueue;
  /**
   * The accounts that may forward their pushes.
   * @default none
   */
  readonly accounts?: readonly string[] | undefined;
  /**
   * The organisation whose accounts may.
   * @default none
   */
  readonly organizationId?: string | undefined;
}

/**
 * Pushes to registries become messages for discovery: those of this account and region by the default bus, those that
 * connected accounts forward by a bus of their own. Nobody can make them up: only AWS puts events whose source is `aws.ecr`,
 * and it writes the account into each.
 */
export class PushEvents extends Construct {
  /** Where connected accounts forward to; absent when none may. */
  readonly bus: EventBus | undefined;

  constructor(scope: Construct, id: string, props: PushEventsProps) {
    super(scope, id);
    const { accounts, organizationId } = props;
    const here = this.#toQueue('Here', props.discoverQueue);
    this.bus =
      accounts === undefined && organizationId === undefined
        ? undefined
        : new EventBus(this, 'Bus', { eventBusName: 'backline' });
    const forwarded =
      this.bus === undefined ? [] : [this.#toQueue('Forwarded', props.discoverQueue, this.bus)];
    if (this.bus !== undefined) this.#open(this.bus, accounts, organizationId);
    props.discoverQueue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PushEvents',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [props.discoverQueue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': [here, ...forwarded].map(({ ruleArn }) => ruleArn) } },
      }),
    );
  }

  #toQueue(id: string, queue: IQueue, eventBus?: EventBus): Rule {
    return new Rule(this, id, {
      description: 'Pushes to ECR, for Backline',
      eventPattern: PUSH_PATTERN,
      ...(eventBus === undefined ? {} : { eventBus }),
      // CDK's own target would open the queue and its key to every rule of every account.
      targets: [{ bind: () => ({ arn: queue.queueArn }) }],
    });
  }

  #open(bus: EventBus, accounts: readonly string[] | undefined, organizationId: string | undefined): void {
    const principal =
      accounts === undefined
        ? '*'
        : { AWS: accounts.map((account) => Fn.sub(`arn:\${AWS::Partition}:iam::${account}:root`)) };
    new CfnEventBusPolicy(this, 'BusPolicy', {
      eventBusName: bus.eventBusName,
      statementId: 'ConnectedAccounts',
      statement: {
        Sid: 'ConnectedAccounts',
        Effect: 'Allow',
        Principal: principal,
        Action: 'events:PutEvents',
        Resource: bus.eventBusArn,
        ...(organizationId === undefined
          ? {}
          : { Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } } }),
      },
    });
  }
}
