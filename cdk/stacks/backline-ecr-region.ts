import { CfnPullTimeUpdateExclusion } from 'aws-cdk-lib/aws-ecr';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import {
  PolicyDocument,
  PolicyStatement,
  PrincipalWithConditions,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Aws, BootstraplessSynthesizer, Fn, type IStackSynthesizer, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ROLE_NAME } from '../constructs/backline-ecr-integration-role.ts';
import { FORWARD_GRANT } from '../grants.ts';
import { PUSH_PATTERN } from '../push-pattern.ts';
import { checkRegionOptions, type EcrRegionOptions } from '../region-config.ts';

export interface BacklineEcrRegionProps extends EcrRegionOptions {
  /**
   * The region of the stack.
   * @default that of whoever deploys it
   */
  readonly region?: string;
}

export const REGION_STACK_NAME = 'BacklineECRRegion';

/**
 * What a connected account has in one region: an exclusion from pull times, and the forwarding of pushes. The role is global and
 * stands in a stack of its own. Needs no bootstrapped account. Throws `ConfigError` for bad options, and when there is nothing to do.
 */
export class BacklineEcrRegion extends Stack {
  constructor(scope: Construct, id: string, props: BacklineEcrRegionProps) {
    const { region, ...options } = props;
    checkRegionOptions(options);
    super(scope, id, {
      stackName: REGION_STACK_NAME,
      description: 'What Backline uses of Amazon ECR in this region.',
      // Its optional field is declared `string | undefined`, which exact optional properties refuse.
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
      analyticsReporting: false,
      ...(region === undefined ? {} : { env: { region } }),
    });
    if (options.pullTimeExclusion === true) {
      new CfnPullTimeUpdateExclusion(this, 'PullTimeExclusion', {
        principalArn: Fn.sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${ROLE_NAME}`),
      });
    }
    if (options.pushBus !== undefined) this.#forwardPushes(options.pushBus, options.repositories);
  }

  #forwardPushes(bus: string, repositories: readonly string[] | undefined): void {
    const role = new Role(this, 'ForwardRole', {
      description: 'Lets EventBridge forward pushes to ECR to the hub of Backline',
      // For rules of this account alone: the service acts for every account (confused deputy).
      assumedBy: new PrincipalWithConditions(new ServicePrincipal('events.amazonaws.com'), {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
      inlinePolicies: {
        ForwardPushes: new PolicyDocument({
          statements: [new PolicyStatement({ actions: [FORWARD_GRANT.action], resources: [bus] })],
        }),
      },
    });
    new Rule(this, 'Pushes', {
      description: 'Forwards pushes to ECR to the hub of Backline',
      eventPattern: {
        ...PUSH_PATTERN,
        detail: {
          ...PUSH_PATTERN.detail,
          ...(repositories === undefined ? {} : { 'repository-name': repositories.flatMap(matching) }),
        },
      },
      targets: [{ bind: () => ({ arn: bus, role }) }],
    });
  }
}

function matching(name: string): string[] {
  return name.includes('*') ? Match.wildcard(name) : [name];
}
