import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Aws, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DataKey } from './data-key.ts';
import {
  advisoryAge,
  DAY,
  HOUR,
  lastingFeedFailures,
  partialShare,
  scannerMetric,
} from './scanner-metrics.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ScannerAlarmsProps {
  /** By what they are called in the names of alarms. */
  readonly queues: Readonly<Record<string, WorkQueue>>;
  readonly scheduleGroup: ScheduleGroup;
  readonly key: DataKey;
  readonly email?: string | undefined;
  readonly topicArn?: string | undefined;
}

/** Six hours of work behind: more than a first scan should take to get to a message, less than a day without results. */
const BACKLOG_AGE = Duration.hours(6);
/** Advisories are fetched several times a day; after a whole day something is broken, not slow. */
const ADVISORY_AGE_HOURS = 24;
/** Of one day there may be one fetch, which may fail. */
const FEED_FAILURE_DAYS = 2;
/** Some images always have a part that nobody can read; a fifth of them points at the scanner or a feed. */
const PARTIAL_PERCENT = 20;

/** What must not go unseen: work that waits or was put aside, images not or not completely read, advisories that grow old. */
export class ScannerAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: ScannerAlarmsProps) {
    super(scope, id);
    const queues = Object.entries(props.queues);
    this.alarms = [
      ...queues.map(([name, { queue }]) =>
        this.#alarm(`Backlog-${name}`, {
          says: `the oldest message for ${name} has waited over ${BACKLOG_AGE.toHours()} hours`,
          metric: queue.metricApproximateAgeOfOldestMessage({
            period: Duration.minutes(15),
            statistic: Stats.MAXIMUM,
          }),
          over: BACKLOG_AGE.toSeconds(),
        }),
      ),
      ...queues.map(([name, { deadLetters }]) =>
        this.#alarm(`DeadLetters-${name}`, {
          says: `messages for ${name} were put aside: look at them, and move them back when the cause is gone`,
          metric: deadLetters.metricApproximateNumberOfMessagesVisible({
            period: Duration.minutes(5),
            statistic: Stats.MAXIMUM,
          }),
          over: 0,
        }),
      ),
      this.#alarm('ImagesFailed', {
        says: 'images could not be scanned, or not matched again, in the last hour',
        metric: scannerMetric('ImagesFailed', HOUR),
        over: 0,
      }),
      this.#alarm('Coverage', {
        says: `over ${PARTIAL_PERCENT} % of the images of a day could not be read or matched completely`,
        metric: partialShare(DAY),
        over: PARTIAL_PERCENT,
      }),
      this.#alarm('RepositoryGaps', {
        says: 'repositories or whole regions could not be listed in the last day, others than those kept out on purpose',
        metric: scannerMetric('RepositoryGaps', DAY),
        over: 0,
      }),
      this.#alarm('AdvisoryAge', {
        says: `advisories are over ${ADVISORY_AGE_HOURS} hours old, or nobody has looked for a day`,
        metric: advisoryAge(DAY),
        over: ADVISORY_AGE_HOURS,
        // A refresh that does not run, or publishes nothing, reports no age.
        missing: TreatMissingData.BREACHING,
      }),
      this.#alarm('AdvisoryFeeds', {
        says: `an advisory feed failed in each fetch of the last ${FEED_FAILURE_DAYS} days`,
        metric: lastingFeedFailures(DAY),
        over: 0,
        periods: FEED_FAILURE_DAYS,
      }),
      this.#alarm('SchedulesDropped', {
        says: 'a schedule could not reach what it starts',
        metric: new Metric({
          namespace: 'AWS/Scheduler',
          metricName: 'InvocationDroppedCount',
          dimensionsMap: { ScheduleGroup: props.scheduleGroup.scheduleGroupName },
          period: HOUR,
          statistic: Stats.SUM,
        }),
        over: 0,
      }),
    ];
    for (const topic of this.#topics(props)) {
      for (const alarm of this.alarms) {
        alarm.addAlarmAction(new SnsAction(topic));
        alarm.addOkAction(new SnsAction(topic));
      }
    }
  }

  #alarm(
    id: string,
    what: {
      readonly says: string;
      readonly metric: IMetric;
      readonly over: number;
      /** @default 1 */
      readonly periods?: number;
      readonly missing?: TreatMissingData;
    },
  ): Alarm {
    return new Alarm(this, id, {
      alarmDescription: `Backline: ${what.says}`,
      metric: what.metric,
      threshold: what.over,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: what.periods ?? 1,
      treatMissingData: what.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }

  #topics({ key, email, topicArn }: ScannerAlarmsProps): ITopic[] {
    const topics: ITopic[] = [];
    if (topicArn !== undefined) topics.push(Topic.fromTopicArn(this, 'GivenTopic', topicArn));
    if (email !== undefined) {
      key.allow('AlarmsToTopic', 'cloudwatch.amazonaws.com');
      const topic = new Topic(this, 'Topic', { masterKey: key.key, enforceSSL: true });
      // A policy of the topic's own takes the place of the one by which alarms of the account may publish.
      topic.addToResourcePolicy(
        new PolicyStatement({
          sid: 'AlarmsToTopic',
          principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        }),
      );
      topic.addSubscription(new EmailSubscription(email));
      topics.push(topic);
    }
    return topics;
  }
}
