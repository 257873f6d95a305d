import { call } from '../../support/aws/call.ts';
import type { MiniStack } from '../../support/aws/mini-stack.ts';

/** How each kind of resource that the hub makes is listed: service, operation, field of the answer. */
const LISTS: Readonly<Record<string, readonly [service: string, operation: string, field: string]>> = {
  'AWS::CloudWatch::Alarm': ['cloudwatch', 'describe_alarms', 'MetricAlarms'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch', 'list_dashboards', 'DashboardEntries'],
  'AWS::DynamoDB::Table': ['dynamodb', 'list_tables', 'TableNames'],
  'AWS::Events::Rule': ['events', 'list_rules', 'Rules'],
  'AWS::IAM::Role': ['iam', 'list_roles', 'Roles'],
  'AWS::KMS::Alias': ['kms', 'list_aliases', 'Aliases'],
  'AWS::KMS::Key': ['kms', 'list_keys', 'Keys'],
  'AWS::Lambda::EventSourceMapping': ['lambda', 'list_event_source_mappings', 'EventSourceMappings'],
  'AWS::Lambda::Function': ['lambda', 'list_functions', 'Functions'],
  'AWS::Logs::LogGroup': ['logs', 'describe_log_groups', 'logGroups'],
  'AWS::S3::Bucket': ['s3', 'list_buckets', 'Buckets'],
  'AWS::SNS::Topic': ['sns', 'list_topics', 'Topics'],
  'AWS::SQS::Queue': ['sqs', 'list_queues', 'QueueUrls'],
  'AWS::Scheduler::Schedule': ['scheduler', 'list_schedules', 'Schedules'],
};

/** What is in an account, `TYPE count`, without what bootstrapping CDK put there. */
export async function leftOf(stack: MiniStack, account: string): Promise<readonly string[]> {
  const lines = await Promise.all(
    Object.entries(LISTS).map(async ([type, [service, operation, field]]) => {
      const answer = await call(stack, account, [service, operation]);
      const items = (answer as Readonly<Record<string, readonly unknown[] | undefined>>)[field] ?? [];
      const own = items.filter((item) => !JSON.stringify(item).includes('cdk-hnb659fds'));
      return own.length === 0 ? [] : [`${type} ${own.length}`];
    }),
  );
  return lines.flat();
}
