import {
  Aws,
  BootstraplessSynthesizer,
  CfnOutput,
  CfnStackSet,
  Fn,
  type IStackSynthesizer,
  Stack,
} from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DEFAULT_TRUSTED_PRINCIPAL } from '../config.ts';
import { EXTERNAL_ID_PARAMETER, ExternalIdParameter } from '../constructs/external-id-parameter.ts';
import type { OrganizationOptions } from '../organization-config.ts';
import { integrationTemplate, regionTemplate } from '../template.ts';
import { noteTrust } from '../trust-note.ts';
import { STACK_NAME } from './backline-ecr-integration.ts';
import { REGION_STACK_NAME } from './backline-ecr-region.ts';

export interface BacklineEcrOrganizationProps extends OrganizationOptions {
  /**
   * What the parameter for the external id offers at the first deployment, when none is given.
   * @default nothing: whoever deploys enters one
   */
  readonly suggestedExternalId?: string;
}

export const ORGANIZATION_STACK_NAME = 'BacklineECROrganization';

/** Accounts deployed to at a time, and how many may fail before it stops, in percent. */
const AT_A_TIME = 25;
const MAY_FAIL = 10;

/**
 * Connects the accounts of an organisation, and those that join it later: a StackSet deploys the template of one account in
 * each. The external id is one for the organisation: it tells customers of a hub apart, and these accounts have one owner.
 * The management account is not among them: no StackSet of an organisation reaches it. Throws `ConfigError` for bad options.
 */
export class BacklineEcrOrganization extends Stack {
  constructor(scope: Construct, id: string, props: BacklineEcrOrganizationProps) {
    const { integration, region, regions } = props;
    const trusted = integration.trustedPrincipal ?? DEFAULT_TRUSTED_PRINCIPAL;
    super(scope, id, {
      stackName: ORGANIZATION_STACK_NAME,
      description: `Lets Backline read the container images of an organisation. Each account trusts ${trusted}, and nobody else.`,
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
      analyticsReporting: false,
    });
    const externalId =
      integration.externalId ??
      new ExternalIdParameter(this, 'ExternalIdParameter', props.suggestedExternalId).valueAsString;
    const roles = this.#stackSet('Roles', props, {
      stackSetName: STACK_NAME,
      description: `The role that lets ${trusted} read container images`,
      templateBody: JSON.stringify(integrationTemplate(integration)),
      // Roles are global: once per account.
      regions: [Aws.REGION],
      ...(integration.externalId === undefined
        ? { parameters: [{ parameterKey: EXTERNAL_ID_PARAMETER, parameterValue: externalId }] }
        : {}),
    });
    if (regions.length > 0) {
      this.#stackSet('Regions', props, {
        stackSetName: REGION_STACK_NAME,
        description: 'What Backline uses of Amazon ECR in each region',
        templateBody: JSON.stringify(regionTemplate(region)),
        regions,
        after: roles,
      });
    }
    new CfnOutput(this, 'OutputExternalId', {
      value: externalId,
      description: 'External ID of every account, to be entered in Backline',
    }).overrideLogicalId('ExternalId');
    new CfnOutput(this, 'OutputTrustedPrincipal', {
      value: trusted,
      description: 'Who may assume the roles',
    }).overrideLogicalId('TrustedPrincipal');
    noteTrust(this, 'The role of every account', integration.trustedPrincipal);
  }

  #stackSet(
    id: string,
    { organizationalUnits, delegatedAdmin }: OrganizationOptions,
    what: {
      readonly stackSetName: string;
      readonly description: string;
      readonly templateBody: string;
      readonly regions: readonly string[];
      readonly parameters?: CfnStackSet.ParameterProperty[];
      /** The StackSet that an account must have before. */
      readonly after?: CfnStackSet;
    },
  ): CfnStackSet {
    const { regions, after, ...properties } = what;
    const set = new CfnStackSet(this, id, {
      ...properties,
      permissionModel: 'SERVICE_MANAGED',
      callAs: delegatedAdmin === true ? 'DELEGATED_ADMIN' : 'SELF',
      capabilities: ['CAPABILITY_NAMED_IAM'],
      autoDeployment: {
        enabled: true,
        // An account that leaves is no longer ours to read.
        retainStacksOnAccountRemoval: false,
        ...(after === undefined ? {} : { dependsOn: [arnOf(after)] }),
      },
      managedExecution: { Active: true },
      operationPreferences: {
        maxConcurrentPercentage: AT_A_TIME,
        failureTolerancePercentage: MAY_FAIL,
        regionConcurrencyType: 'PARALLEL',
      },
      stackInstancesGroup: [
        { deploymentTargets: { organizationalUnitIds: [...organizationalUnits] }, regions: [...regions] },
      ],
    });
    if (after !== undefined) set.node.addDependency(after);
    return set;
  }
}

function arnOf(set: CfnStackSet): string {
  return Fn.sub('arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stackset/${Id}', {
    Id: set.attrStackSetId,
  });
}
