import { ArnPrincipal, CompositePrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { type CfnResource, Fn, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { READER_GRANT } from '../hub-grants.ts';
import { ROLE_NAME } from './backline-ecr-integration-role.ts';

export interface ReaderRoleProps {
  /** ARNs of the roles that may assume this one. */
  readonly trusted: readonly string[];
  /**
   * The only accounts whose roles may be assumed.
   * @default any
   */
  readonly accounts?: readonly string[] | undefined;
  /**
   * The only organisation whose roles may be assumed.
   * @default any
   */
  readonly organizationId?: string | undefined;
}

/** The published name: customers' roles trust it. */
export const READER_ROLE_NAME = 'BacklineIntegrationReadOnlyECR';

/** ARN of the reader role of the account that is deployed to. */
export function readerRoleArn(): string {
  return Fn.sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${READER_ROLE_NAME}`);
}

/**
 * The role that customers' accounts trust. It may assume their roles, by the one name, and nothing else; each of these
 * roles decides for itself, by the external id, whether it lets the hub in.
 */
export class ReaderRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ReaderRoleProps) {
    super(scope, id);
    const accounts = props.accounts ?? ['*'];
    this.role = new Role(this, 'Role', {
      roleName: READER_ROLE_NAME,
      description: `Goes into connected accounts: may assume ${ROLE_NAME} there`,
      assumedBy: new CompositePrincipal(...props.trusted.map((arn) => new ArnPrincipal(arn))),
      inlinePolicies: {
        Grants: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: READER_GRANT.sid,
              actions: [...READER_GRANT.actions],
              resources: accounts.map((account) =>
                Fn.sub(`arn:\${AWS::Partition}:iam::${account}:role/${ROLE_NAME}`),
              ),
              conditions:
                props.organizationId === undefined
                  ? {}
                  : { StringEquals: { 'aws:ResourceOrgID': props.organizationId } },
            }),
          ],
        }),
      },
    });
    // Part of the contract: a new logical id would replace the role, and customers' trust is bound to the one that was there.
    (this.role.node.defaultChild as CfnResource).overrideLogicalId(READER_ROLE_NAME);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/${ROLE_NAME}]`,
      reason:
        'accounts are connected while the hub runs; each decides by its role and external id whether it lets the hub in',
    });
  }
}
