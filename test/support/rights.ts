import type { FunctionName } from '../../lambda/shared/environment.ts';
import type { Policy } from './cdk.ts';
import { HUB_ACCOUNT, HUB_REGION, type HubResource, type HubTemplate, resourcesOf } from './hub.ts';

/** Something a function did, in the words of IAM; `via`: the service that did it in the name of the function. */
export type Deed = { readonly action: string; readonly resource: string; readonly via?: string };

/** The key of the hub. */
export function keyOf(template: HubTemplate): { readonly arn: string; readonly policy: Policy } {
  const [[id, { Properties }]] = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::KMS::Key',
  ) as [[string, HubResource]];
  return {
    arn: `arn:aws:kms:${HUB_REGION}:${HUB_ACCOUNT}:key/${id}`,
    policy: Properties['KeyPolicy'] as unknown as Policy,
  };
}

/**
 * What Lambda does: it writes the log, sends traces, and takes messages.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
 */
export function doneAround(template: HubTemplate, name: FunctionName): readonly Deed[] {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ({ FunctionName }) => FunctionName === `backline-${name}`,
  ) as unknown as { readonly LoggingConfig: { readonly LogGroup: string } };
  const source = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').find(({ FunctionName }) =>
    (FunctionName as string).startsWith(`${name}Function`),
  ) as { readonly EventSourceArn: string } | undefined;
  const log = `arn:aws:logs:${HUB_REGION}:${HUB_ACCOUNT}:log-group:${found.LoggingConfig.LogGroup}:*`;
  const taking = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  return [
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource: log })),
    ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map((action) => ({ action, resource: '*' })),
    ...(source === undefined ? [] : taking.map((action) => ({ action, resource: source.EventSourceArn }))),
  ];
}

/**
 * What follows from a call: S3 asks whether the caller may list before it says that there is no such object, and the services
 * use the key in the name of the caller.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-cmk-trail
 */
export function doneInItsName({ action, resource }: Deed, keyArn: string): readonly Deed[] {
  const byKey = (...actions: readonly string[]): Deed[] =>
    actions.map((one) => ({
      action: `kms:${one}`,
      resource: keyArn,
      via: `${action.split(':')[0]}.${HUB_REGION}.amazonaws.com`,
    }));
  if (action.startsWith('dynamodb:')) return byKey('Decrypt');
  switch (action) {
    case 's3:GetObject':
      return [{ action: 's3:ListBucket', resource: resource.split('/')[0] ?? '' }, ...byKey('Decrypt')];
    case 's3:PutObject':
      return byKey('GenerateDataKey');
    case 'sqs:ReceiveMessage':
      return byKey('Decrypt');
    case 'sqs:SendMessage':
      return byKey('GenerateDataKey', 'Decrypt');
    default:
      return [];
  }
}
