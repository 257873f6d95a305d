import {
  ArnPrincipal,
  type Conditions,
  type IManagedPolicy,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { type CfnResource, Fn, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { checkOptions, DEFAULT_TRUSTED_PRINCIPAL, type EcrIntegrationOptions } from '../config.ts';
import { DISCOVERY_GRANT, LOGIN_GRANT, READ_GRANTS } from '../grants.ts';

/** Options of the role; `accountId` is an assertion over the whole stack and stands there. */
export interface BacklineEcrIntegrationRoleProps extends Omit<EcrIntegrationOptions, 'accountId'> {
  readonly externalId: string;
}

/** The published name; the hub may assume roles of this name only. */
export const ROLE_NAME = 'BacklineECRIntegrationRole';
const READ_POLICY_NAME = 'CustomerECRReadPolicy';
const DISCOVERY_POLICY_NAME = 'BacklineECRDiscoveryPolicy';

/**
 * The role that Backline assumes to read the images of this account: nobody but `trustedPrincipal`, with the external id. Without
 * other options its policy is the published one, and `discovery` adds its own beside it. Throws `ConfigError` for bad options.
 */
export class BacklineEcrIntegrationRole extends Construct {
  readonly roleArn: string;
  readonly trustedPrincipal: string;

  constructor(scope: Construct, id: string, props: BacklineEcrIntegrationRoleProps) {
    super(scope, id);
    checkOptions(props);
    this.trustedPrincipal = props.trustedPrincipal ?? DEFAULT_TRUSTED_PRINCIPAL;

    const role = new Role(this, 'Role', {
      roleName: ROLE_NAME,
      // The external id keeps the hub from being talked into reading this account for somebody else (confused deputy).
      assumedBy: new ArnPrincipal(this.trustedPrincipal).withConditions({
        StringEquals: { 'sts:ExternalId': props.externalId },
        ...fromAddresses(props),
      }),
      inlinePolicies: policiesOf(props),
      ...this.#boundary(props),
    });
    // Part of the contract: a new logical id would replace the role, and its name is taken while the old one stands.
    (role.node.defaultChild as CfnResource).overrideLogicalId(ROLE_NAME);
    this.roleArn = role.roleArn;
    acknowledgeWildcards(role, props.repositories ?? []);
  }

  #boundary({ permissionsBoundary }: EcrIntegrationOptions): { permissionsBoundary?: IManagedPolicy } {
    if (permissionsBoundary === undefined) return {};
    return {
      permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', permissionsBoundary),
    };
  }
}

/** Answers cdk-nag where this role is used: why its policies hold wildcards. */
function acknowledgeWildcards(role: Role, repositories: readonly string[]): void {
  Validations.of(role).acknowledge(
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ecr:GetAuthorizationToken takes no resource but *',
    },
    ...['*', ...repositories].map((name) => ({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecr:*:<AWS::AccountId>:repository/${name}]`,
      reason:
        'read-only, in this account only; the regions, and repositories not named, are found when scanning',
    })),
  );
}

function policiesOf(props: BacklineEcrIntegrationRoleProps): Record<string, PolicyDocument> {
  const statement = (actions: readonly string[], resources: readonly string[], conditions: Conditions = {}) =>
    new PolicyStatement({
      actions: [...actions],
      resources: [...resources],
      conditions: { ...conditions, ...fromAddresses(props) },
    });
  const read = [
    statement([LOGIN_GRANT.action], ['*']),
    statement(
      READ_GRANTS.map(({ action }) => action),
      (props.repositories ?? ['*']).map((name) => repositoryArn(name)),
      withoutTag(props),
    ),
  ];
  return {
    [READ_POLICY_NAME]: documentOf(read),
    // Listing names one repository or, as `repository/*`, all of them: an allow-list would make it fail.
    ...(props.discovery === false
      ? {}
      : {
          [DISCOVERY_POLICY_NAME]: documentOf([statement([DISCOVERY_GRANT.action], [repositoryArn('*')])]),
        }),
  };
}

/** Statements as they are written: merging them would hide which is which. */
function documentOf(statements: PolicyStatement[]): PolicyDocument {
  return new PolicyDocument({ statements, minimize: false });
}

/** Of all regions: the role is global, and one scan covers the regions it is asked for. */
function repositoryArn(name: string): string {
  return Fn.sub(`arn:\${AWS::Partition}:ecr:*:\${AWS::AccountId}:repository/${name}`);
}

/** A repository without the tag passes: a negated operator holds when the key is absent. */
function withoutTag({ optOutTag }: EcrIntegrationOptions): Conditions {
  if (optOutTag === undefined) return {};
  const separator = optOutTag.indexOf('=');
  const key = `ecr:ResourceTag/${optOutTag.slice(0, separator)}`;
  return { StringNotEquals: { [key]: optOutTag.slice(separator + 1) } };
}

function fromAddresses({ sourceIps }: EcrIntegrationOptions): Conditions {
  return sourceIps === undefined ? {} : { IpAddress: { 'aws:SourceIp': [...sourceIps] } };
}
