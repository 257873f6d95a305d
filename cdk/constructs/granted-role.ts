import { type Conditions, type IPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Fn, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { FEDERATION_AUDIENCES } from '../../lambda/shared/environment.ts';
import { AZURE_GRANT, type HubGrant, type HubResource } from '../hub-grants.ts';

/** ARNs of what a role is given grants on. */
export type HubArns = Readonly<Partial<Record<HubResource, string>>>;

export interface GrantedRoleProps {
  /** @default CloudFormation names it */
  readonly roleName?: string;
  readonly description: string;
  readonly assumedBy: IPrincipal;
  readonly grants: readonly HubGrant[];
  readonly arns: HubArns;
}

/** A role that may do what `grants` say, a statement for each in their order, and that nobody else adds to. */
export class GrantedRole extends Role {
  constructor(scope: Construct, id: string, props: GrantedRoleProps) {
    const { grants, arns } = props;
    const statements = grants.map(
      (grant) =>
        new PolicyStatement({
          sid: grant.sid,
          actions: [...grant.actions],
          resources: grant.on.map((resource) => arnOf(resource, arns)),
          conditions: conditionsOf(grant),
        }),
    );
    super(scope, id, {
      ...(props.roleName === undefined ? {} : { roleName: props.roleName }),
      description: props.description,
      assumedBy: props.assumedBy,
      inlinePolicies: { Grants: new PolicyDocument({ statements, minimize: false }) },
    });
    this.#acknowledgeWildcards(props);
  }

  /** Answers cdk-nag with the reason of the grant. */
  #acknowledgeWildcards({ grants, arns }: GrantedRoleProps): void {
    const reasons = new Map<string, string>();
    for (const { on, why } of grants) {
      for (const resource of on) {
        const arn = written(Stack.of(this).resolve(arnOf(resource, arns)));
        if (arn.includes('*')) reasons.set(arn, [reasons.get(arn), why].filter(Boolean).join('; '));
      }
    }
    for (const [arn, reason] of reasons) {
      Validations.of(this).acknowledge({ id: `AwsSolutions-IAM5[Resource::${arn}]`, reason });
    }
  }
}

function arnOf(resource: HubResource, arns: HubArns): string {
  const arn = arns[resource];
  if (arn === undefined) throw new Error(`no ARN for ${resource}`);
  return arn;
}

function conditionsOf({ sid, via }: HubGrant): Conditions {
  if (sid === AZURE_GRANT.sid) {
    return {
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': Object.values(FEDERATION_AUDIENCES) },
    };
  }
  if (via === undefined) return {};
  // With this ending in every partition, whatever the services themselves are reached by, in China too:
  // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#viaService_table
  return { StringEquals: { 'kms:ViaService': Fn.sub(`${via}.\${AWS::Region}.amazonaws.com`) } };
}

/** An ARN as cdk-nag writes it: references in angle brackets. */
function written(arn: unknown): string {
  if (typeof arn === 'string') return arn;
  const [name, argument] = Object.entries(arn as Readonly<Record<string, unknown>>)[0] ?? [];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(written).join('');
  return name === 'Fn::GetAtt' ? `<${(argument as string[]).join('.')}>` : `<${String(argument)}>`;
}
