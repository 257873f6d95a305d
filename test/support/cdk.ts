import type { BacklineEcrIntegrationProps } from '../../cdk/stacks/backline-ecr-integration.ts';
import { integrationTemplate as synthesise } from '../../cdk/template.ts';

/** JSON as CloudFormation gets it. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** The account that templates are resolved in. */
export const CUSTOMER = '444455556666';

export interface Policy {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, Json>>[];
}

export interface IntegrationTemplate {
  readonly Description: string;
  readonly Parameters?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly Rules?: Json;
  readonly Resources: { readonly BacklineECRIntegrationRole: { readonly Properties: RoleProperties } };
  readonly Outputs: Readonly<Record<string, { readonly Value: Json }>>;
}

export interface RoleProperties {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: Policy;
  readonly Policies: readonly { readonly PolicyName: string; readonly PolicyDocument: Policy }[];
  readonly PermissionsBoundary?: string;
}

/** The template of the stack, synthesised. */
export function integrationTemplate(props: BacklineEcrIntegrationProps = {}): IntegrationTemplate {
  return synthesise(props) as IntegrationTemplate;
}

/** The template's role as CloudFormation would make it: pseudo parameters, parameters and functions put in. */
export function deployedRole(
  template: IntegrationTemplate,
  { partition = 'aws', externalId = '' }: { readonly partition?: string; readonly externalId?: string } = {},
): RoleProperties {
  const known: Readonly<Record<string, string>> = {
    'AWS::Partition': partition,
    'AWS::AccountId': CUSTOMER,
    ExternalId: externalId,
  };
  const role = template.Resources.BacklineECRIntegrationRole.Properties;
  return resolve(role as unknown as Json, known) as unknown as RoleProperties;
}

function resolve(value: Json, known: Readonly<Record<string, string>>): Json {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => resolve(item, known));
  const entries = Object.entries(value as { readonly [key: string]: Json });
  const [name, argument] = entries[0] ?? [];
  if (name === 'Ref') return valueOf(argument as string, known);
  if (name === 'Fn::Sub') {
    return (argument as string).replaceAll(/\$\{(?<key>[^}]+)\}/g, (_, key: string) => valueOf(key, known));
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, known)]));
}

function valueOf(name: string, known: Readonly<Record<string, string>>): string {
  const value = known[name];
  if (value === undefined) throw new Error(`no value for ${name}`);
  return value;
}
