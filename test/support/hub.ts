import { Code } from 'aws-cdk-lib/aws-lambda';
import type { HubOptions } from '../../cdk/hub-config.ts';
import { BacklineScanner, SCANNER_STACK_NAME } from '../../cdk/stacks/backline-scanner.ts';
import { templateOf } from '../../cdk/template.ts';
import type { FunctionName } from '../../lambda/shared/environment.ts';
import type { Json, Policy } from './cdk.ts';

/** Where the hub's template is resolved. */
export const HUB_ACCOUNT = '111122223333';
export const HUB_REGION = 'eu-central-1';

export type HubResource = {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, Json>>;
};
export type HubTemplate = {
  readonly Resources: Readonly<Record<string, HubResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: Json }>>;
};

/** The template of the hub as it is deployed: references resolved, functions without their code. */
export function deployedHub(options: HubOptions = {}): HubTemplate {
  const code = (): Code => Code.fromInline('exports.handler = () => {}');
  const template = templateOf(
    SCANNER_STACK_NAME,
    (app) => new BacklineScanner(app, SCANNER_STACK_NAME, { ...options, code }),
  ) as HubTemplate;
  const { Resources, Outputs } = template;
  return resolved({ Resources, Outputs } as unknown as Json, Resources) as unknown as HubTemplate;
}

export function resourcesOf(template: HubTemplate, type: string): readonly Readonly<Record<string, Json>>[] {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

/** The one resource of `type` whose logical id begins with `id`. */
export function resource(template: HubTemplate, type: string, id: string): Readonly<Record<string, Json>> {
  const found = Object.entries(template.Resources).filter(
    ([name, one]) => one.Type === type && name.startsWith(id),
  );
  if (found.length !== 1) throw new Error(`${found.length} resources ${id} of type ${type}`);
  return (found[0] as [string, HubResource])[1].Properties;
}

export type HubRole = { readonly arn: string; readonly trust: Policy; readonly grants: Policy };

/** The role of that name, or with a logical id that begins so. */
export function roleOf(template: HubTemplate, name: FunctionName | 'reader' | 'SchedulesRole'): HubRole {
  const wanted = name === 'reader' ? 'BacklineIntegrationReadOnlyECR' : `backline-${name}`;
  const properties = Object.entries(template.Resources).find(
    ([id, { Type, Properties }]) =>
      Type === 'AWS::IAM::Role' && (Properties['RoleName'] === wanted || id.startsWith(name)),
  )?.[1].Properties as unknown as {
    readonly RoleName?: string;
    readonly AssumeRolePolicyDocument: Policy;
    readonly Policies: readonly { readonly PolicyDocument: Policy }[];
  };
  const [policy, ...more] = properties.Policies;
  if (policy === undefined || more.length > 0) throw new Error(`${name} has not one policy`);
  return {
    arn: `arn:aws:iam::${HUB_ACCOUNT}:role/${properties.RoleName ?? name}`,
    trust: properties.AssumeRolePolicyDocument,
    grants: policy.PolicyDocument,
  };
}

/** The environment of a function. */
export function environmentOf(template: HubTemplate, name: FunctionName): Readonly<Record<string, string>> {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ({ FunctionName }) => FunctionName === `backline-${name}`,
  );
  const { Variables } = found?.['Environment'] as unknown as { readonly Variables: Record<string, string> };
  return Variables;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': HUB_ACCOUNT,
  'AWS::Region': HUB_REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

function resolved(value: Json, resources: HubTemplate['Resources']): Json {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => resolved(item, resources));
  const entries = Object.entries(value as { readonly [key: string]: Json });
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1) {
    if (name === 'Ref') return PSEUDO[argument as string] ?? reference(argument as string, resources);
    if (name === 'Fn::Sub') {
      return (argument as string).replaceAll(
        /\$\{(?<key>[^}]+)\}/g,
        (_, key: string) => PSEUDO[key] ?? `?${key}`,
      );
    }
    if (name === 'Fn::GetAtt') return attribute(argument as readonly [string, string], resources);
    if (name === 'Fn::Join') {
      const [separator, parts] = argument as unknown as readonly [string, readonly Json[]];
      return parts.map((part) => resolved(part, resources)).join(separator);
    }
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolved(item, resources)]));
}

/** Names as AWS might make them of the logical ids; of a queue its address. */
function reference(id: string, resources: HubTemplate['Resources']): string {
  switch (resources[id]?.Type) {
    case 'AWS::SQS::Queue':
      return `https://sqs.${HUB_REGION}.amazonaws.com/${HUB_ACCOUNT}/${id}`;
    case 'AWS::S3::Bucket':
      return id.toLowerCase();
    default:
      return id;
  }
}

/** ARNs as AWS makes them of the logical ids; other attributes by their names. */
function attribute([id, name]: readonly [string, string], resources: HubTemplate['Resources']): string {
  const found = resources[id];
  if (name !== 'Arn' && name !== 'TopicArn') return `${id}.${name}`;
  const here = `${HUB_REGION}:${HUB_ACCOUNT}`;
  switch (found?.Type) {
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${HUB_ACCOUNT}:role/${String(found.Properties['RoleName'] ?? id)}`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${id.toLowerCase()}`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${here}:${id}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${here}:table/${id}`;
    case 'AWS::KMS::Key':
      return `arn:aws:kms:${here}:key/${id}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${here}:log-group:${id}:*`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${here}:function:${String(found.Properties['FunctionName'])}`;
    case 'AWS::Events::Rule':
      return `arn:aws:events:${here}:rule/${id}`;
    case 'AWS::Events::EventBus':
      return `arn:aws:events:${here}:event-bus/${String(found.Properties['Name'])}`;
    case 'AWS::Scheduler::ScheduleGroup':
      return `arn:aws:scheduler:${here}:schedule-group/${id}`;
    default:
      return `arn:aws:other:${here}:${id}`;
  }
}
