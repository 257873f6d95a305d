import {
  Aws,
  BootstraplessSynthesizer,
  CfnOutput,
  CfnRule,
  Fn,
  type IStackSynthesizer,
  Stack,
} from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { checkOptions, DEFAULT_TRUSTED_PRINCIPAL, type EcrIntegrationOptions } from '../config.ts';
import { BacklineEcrIntegrationRole, ROLE_NAME } from '../constructs/backline-ecr-integration-role.ts';
import { ExternalIdParameter } from '../constructs/external-id-parameter.ts';
import { noteTrust } from '../trust-note.ts';

export interface BacklineEcrIntegrationProps extends EcrIntegrationOptions {
  /**
   * What the parameter for the external id offers at the first deployment, when `externalId` is not given.
   * @default nothing: whoever deploys enters one
   */
  readonly suggestedExternalId?: string;
}

/** Name of the stack in the published instructions. */
export const STACK_NAME = 'BacklineECRIntegration';

/**
 * Connects an AWS account to a Backline hub: the role and what has to be told the hub. It is the documented template when made
 * without options and with `discovery: false`. Needs no bootstrapped account and uploads nothing.
 */
export class BacklineEcrIntegration extends Stack {
  constructor(scope: Construct, id: string, props: BacklineEcrIntegrationProps = {}) {
    const { suggestedExternalId, ...options } = props;
    checkOptions(options);
    const trusted = options.trustedPrincipal ?? DEFAULT_TRUSTED_PRINCIPAL;
    super(scope, id, {
      stackName: STACK_NAME,
      description: `Lets Backline read the container images of this account. Trusts ${trusted}, and nobody else.`,
      // Its optional field is declared `string | undefined`, which exact optional properties refuse.
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
      analyticsReporting: false,
    });

    const { accountId, ...roleOptions } = options;
    const externalId =
      options.externalId ??
      new ExternalIdParameter(this, 'ExternalIdParameter', suggestedExternalId).valueAsString;
    const role = new BacklineEcrIntegrationRole(this, 'Integration', { ...roleOptions, externalId });
    if (accountId !== undefined) this.#onlyIn(accountId);
    this.#output('RoleArn', role.roleArn, 'Role ARN, to be entered in Backline');
    this.#output('ExternalId', externalId, 'External ID, to be entered in Backline');
    this.#output('AccountId', Aws.ACCOUNT_ID, 'Account ID, to be entered in Backline');
    this.#output('TrustedPrincipal', trusted, `Who may assume ${ROLE_NAME}`);
    noteTrust(this, 'The role', options.trustedPrincipal);
  }

  #onlyIn(accountId: string): void {
    const rule = new CfnRule(this, 'MustBeAccount', {
      assertions: [
        {
          assert: Fn.conditionEquals(Aws.ACCOUNT_ID, accountId),
          assertDescription: `This stack was made for account ${accountId}.`,
        },
      ],
    });
    rule.overrideLogicalId('MustBeAccount');
  }

  #output(name: string, value: string, description: string): void {
    new CfnOutput(this, `Output${name}`, { value, description }).overrideLogicalId(name);
  }
}
