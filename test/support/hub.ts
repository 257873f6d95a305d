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
  return resolved({ Resources, Outputs }, Resources) as unknown as HubTemplate;
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
  if (found === undefined) throw new Error(`no function ${name}`);
  const { Variables } = found['Environment'] as unknown as { readonly Variables: Record<string, string> };
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
      return parts.map((part) => resolved(part, resources) as string).join(separator);
    }
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolved(item, resources)]));
}

/** Names as AWS might make them of the logical ids; of a queue its address. */
function reference(id: string, resources: HubTemplate['Resources']): string {
  const type = resources[id]?.Type;
  if (type === 'AWS::SQS::Queue') return `https://sqs.${HUB_REGION}.amazonaws.com/${HUB_ACCOUNT}/${id}`;
  return type === 'AWS::S3::Bucket' ? id.toLowerCase() : id;
}

const HERE = `${HUB_REGION}:${HUB_ACCOUNT}`;
/** ARNs of resources by their type, of the name that is given or else of the logical id. */
const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::IAM::Role': (name) => `arn:aws:iam::${HUB_ACCOUNT}:role/${name}`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name.toLowerCase()}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:${HERE}:${name}`,
  'AWS::DynamoDB::Table': (name) => `arn:aws:dynamodb:${HERE}:table/${name}`,
  'AWS::KMS::Key': (name) => `arn:aws:kms:${HERE}:key/${name}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${HERE}:log-group:${name}:*`,
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:${HERE}:function:${name}`,
  'AWS::Events::Rule': (name) => `arn:aws:events:${HERE}:rule/${name}`,
  'AWS::Events::EventBus': (name) => `arn:aws:events:${HERE}:event-bus/${name}`,
  'AWS::Scheduler::ScheduleGroup': (name) => `arn:aws:scheduler:${HERE}:schedule-group/${name}`,
};
const NAMES = ['RoleName', 'FunctionName', 'Name'] as const;

/** ARNs as AWS makes them; other attributes by their names. */
function attribute([id, name]: readonly [string, string], resources: HubTemplate['Resources']): string {
  const found = resources[id];
  const arn = ARNS[found?.Type ?? ''];
  if (name !== 'Arn' || found === undefined || arn === undefined) return `${id}.${name}`;
  const given = NAMES.map((property) => found.Properties[property]).find((one) => typeof one === 'string');
  return arn(given ?? id);
}
