import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { OUTBOUND_GRANTS } from '../hub-grants.ts';
import { GrantedRole } from './granted-role.ts';

/**
 * Outbound web identity of this account: AWS signs tokens that Entra takes. CloudFormation has no resource for it. It is of
 * the whole account, and others may have come to rely on it: enabled before is as good, and deleting the stack leaves it on.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html
 */
export class OutboundIdentity extends Construct {
  /** `https://….tokens.sts.global.api.aws`, which Entra has to be told. */
  readonly issuer: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new GrantedRole(this, 'Role', {
      description: 'Enables outbound web identity of the account, for Backline',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      grants: OUTBOUND_GRANTS,
      arns: { any: '*', logs: logGroup.logGroupArn },
    });
    const shared = { role: role.withoutPolicyUpdates(), logGroup };
    const enabled = this.#call('Enable', 'enableOutboundWebIdentityFederation', shared, 'FeatureEnabled');
    const info = this.#call('Info', 'getOutboundWebIdentityFederationInfo', shared);
    info.node.addDependency(enabled);
    this.issuer = info.getResponseField('IssuerIdentifier');
  }

  #call(
    id: string,
    action: string,
    shared: Pick<ConstructorParameters<typeof AwsCustomResource>[2], 'role' | 'logGroup'>,
    ignoredError?: string,
  ): AwsCustomResource {
    return new AwsCustomResource(this, id, {
      ...shared,
      resourceType: `Custom::OutboundIdentity${id}`,
      onCreate: {
        service: 'IAM',
        action,
        physicalResourceId: PhysicalResourceId.of('outbound-web-identity'),
        ...(ignoredError === undefined ? {} : { ignoreErrorCodesMatching: ignoredError }),
      },
      // The runtime's own knows both calls; another would be fetched from npm while deploying.
      installLatestAwsSdk: false,
    });
  }
}
