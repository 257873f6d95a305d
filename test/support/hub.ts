import { Code } from 'aws-cdk-lib/aws-lambda';
import { App } from 'aws-cdk-lib/core';
import { BacklineScanner, type BacklineScannerProps } from '../../cdk/stacks/backline-scanner.ts';
import type { PolicyDocument, Role } from '../doubles/aws/iam.ts';
import type { Json } from './cdk.ts';

/** The account the hub is resolved in. */
export const HUB = '111122223333';
export const HUB_REGION = 'eu-west-1';

type Resource = { readonly Type: string; readonly Properties: { readonly [name: string]: Json } };
export interface HubTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** The template of the hub, synthesised without its code. */
export function hubTemplate(options: Omit<BacklineScannerProps, 'code'> = {}): HubTemplate {
  const app = new App({ analyticsReporting: false });
  new BacklineScanner(app, 'BacklineScanner', { ...options, code: () => Code.fromInline('//') });
  return app.synth().getStackByName('BacklineScanner').template as HubTemplate;
}

/** The environment of a function, with names and addresses as CloudFormation would put them in. */
export function environmentOf(template: HubTemplate, functionName: string): Record<string, string> {
  const found = Object.values(template.Resources).find(
    ({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties['FunctionName'] === functionName,
  );
  const environment = found?.Properties['Environment'] as { readonly Variables: Json } | undefined;
  return resolve(environment?.Variables ?? {}, template) as Record<string, string>;
}

/** Every role with a name, as it would be deployed: `backline-scan`, `BacklineIntegrationReadOnlyECR`. */
export function deployedRoles(template: HubTemplate): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const { Type, Properties } of Object.values(template.Resources)) {
    const name = Properties?.['RoleName'];
    if (Type !== 'AWS::IAM::Role' || typeof name !== 'string') continue;
    const { AssumeRolePolicyDocument, Policies } = resolve(Properties, template) as unknown as {
      readonly AssumeRolePolicyDocument: PolicyDocument;
      readonly Policies: readonly { readonly PolicyDocument: PolicyDocument }[];
    };
    roles.set(name, {
      arn: `arn:aws:iam::${HUB}:role/${name}`,
      trust: AssumeRolePolicyDocument,
      policies: Policies.map(({ PolicyDocument }) => PolicyDocument),
    });
  }
  return roles;
}

/** Puts pseudo parameters, references and functions in. */
function resolve(value: Json, template: HubTemplate): Json {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => resolve(item, template));
  const entries = Object.entries(value as { readonly [key: string]: Json });
  const [name, argument] = entries[0] ?? [];
  if (name === 'Ref') return reference(argument as string, template);
  if (name === 'Fn::GetAtt') return attribute(argument as readonly [string, string], template);
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as readonly [string, readonly Json[]];
    return parts.map((part) => resolve(part, template)).join(separator);
  }
  if (name === 'Fn::Sub') {
    return (argument as string).replaceAll(/\$\{(?<key>[^}]+)\}/g, (_, key: string) =>
      reference(key, template),
    );
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, template)]));
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': HUB,
  'AWS::Region': HUB_REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

function reference(id: string, { Resources }: HubTemplate): string {
  const pseudo = PSEUDO[id];
  if (pseudo !== undefined) return pseudo;
  const isQueue = Resources[id]?.Type === 'AWS::SQS::Queue';
  return isQueue ? `https://sqs.${HUB_REGION}.amazonaws.com/${HUB}/${id}` : nameOf(id);
}

function nameOf(id: string): string {
  return id.toLowerCase();
}

const ARNS: Readonly<Record<string, (id: string) => string>> = {
  'AWS::DynamoDB::Table': (id) => `arn:aws:dynamodb:${HUB_REGION}:${HUB}:table/${nameOf(id)}`,
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${nameOf(id)}`,
  'AWS::SQS::Queue': (id) => `arn:aws:sqs:${HUB_REGION}:${HUB}:${id}`,
  'AWS::KMS::Key': (id) => `arn:aws:kms:${HUB_REGION}:${HUB}:key/${id}`,
  'AWS::Logs::LogGroup': (id) => `arn:aws:logs:${HUB_REGION}:${HUB}:log-group:${id}:*`,
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${HUB_REGION}:${HUB}:function:${id}`,
};

function attribute([id, name]: readonly [string, string], template: HubTemplate): string {
  const resource = template.Resources[id];
  if (resource?.Type === 'AWS::IAM::Role')
    return `arn:aws:iam::${HUB}:role/${String(resource.Properties['RoleName'] ?? id)}`;
  const arn = ARNS[resource?.Type ?? ''];
  if (arn === undefined || name !== 'Arn') throw new Error(`no ${name} of ${id}, a ${resource?.Type}`);
  return arn(id);
}
