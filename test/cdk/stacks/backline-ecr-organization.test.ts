import { describe, expect, it } from '@jest/globals';
import { App } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  BacklineEcrOrganization,
  type BacklineEcrOrganizationProps,
  ORGANIZATION_STACK_NAME,
} from '../../../cdk/stacks/backline-ecr-organization.ts';
import { integrationTemplate, regionTemplate, templateOf } from '../../../cdk/template.ts';
import type { Json } from '../../support/cdk.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const HUB = 'arn:aws:iam::111122223333:role/BacklineIntegrationReadOnlyECR';
const PLAIN: BacklineEcrOrganizationProps = {
  organizationalUnits: ['ou-ab12-c3d4e5f6', 'ou-ab12-g7h8i9j0'],
  integration: { trustedPrincipal: HUB },
  region: {},
  regions: [],
};
const BY_REGION = { ...PLAIN, region: { pullTimeExclusion: true }, regions: ['eu-central-1', 'us-east-1'] };

type Template = {
  readonly Description: string;
  readonly Parameters?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly Resources: Readonly<
    Record<string, { readonly Properties: Readonly<Record<string, Json>>; readonly DependsOn?: Json }>
  >;
  readonly Outputs: Readonly<Record<string, { readonly Value: Json }>>;
};

function template(props: BacklineEcrOrganizationProps): Template {
  return templateOf(
    ORGANIZATION_STACK_NAME,
    (app) => new BacklineEcrOrganization(app, ORGANIZATION_STACK_NAME, props),
  ) as Template;
}

function setOf(props: BacklineEcrOrganizationProps, id: string): Readonly<Record<string, Json>> {
  return template(props).Resources[id]?.Properties ?? {};
}

describe('cdk/stacks/backline-ecr-organization', () => {
  const path = temporaryDirectory();

  it('deploys the template of one account in all accounts, also those that come later', () => {
    const roles = setOf(PLAIN, 'Roles');

    expect(JSON.parse(roles['TemplateBody'] as string)).toEqual(
      integrationTemplate({ trustedPrincipal: HUB }),
    );
    expect(roles).toMatchObject({
      StackSetName: 'BacklineECRIntegration',
      PermissionModel: 'SERVICE_MANAGED',
      CallAs: 'SELF',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      StackInstancesGroup: [
        {
          DeploymentTargets: { OrganizationalUnitIds: ['ou-ab12-c3d4e5f6', 'ou-ab12-g7h8i9j0'] },
          Regions: [{ Ref: 'AWS::Region' }],
        },
      ],
    });
    expect(Object.keys(template(PLAIN).Resources)).toEqual(['Roles']);
  });

  it('stays below what CloudFormation takes for a template within a template', () => {
    expect((setOf(PLAIN, 'Roles')['TemplateBody'] as string).length).toBeLessThan(51_200);
  });

  it('has one external id for the organisation, a parameter that keeps its value', () => {
    const { Parameters, Resources, Outputs } = template({ ...PLAIN, suggestedExternalId: 'generated-one' });

    expect(Parameters?.['ExternalId']).toMatchObject({ Default: 'generated-one', MinLength: 8 });
    expect(Resources['Roles']?.Properties['Parameters']).toEqual([
      { ParameterKey: 'ExternalId', ParameterValue: { Ref: 'ExternalId' } },
    ]);
    expect(Outputs['ExternalId']?.Value).toEqual({ Ref: 'ExternalId' });
  });

  it('takes an external id instead of asking for one', () => {
    const props = { ...PLAIN, integration: { externalId: 'of-the-organisation' } };

    expect(template(props)).not.toHaveProperty('Parameters');
    expect(setOf(props, 'Roles')).not.toHaveProperty('Parameters');
    expect(template(props).Outputs['ExternalId']?.Value).toBe('of-the-organisation');
  });

  it('sets up regions after the roles', () => {
    const { Properties, DependsOn } = template(BY_REGION).Resources['Regions'] ?? { Properties: {} };

    expect(JSON.parse(Properties['TemplateBody'] as string)).toEqual(
      regionTemplate({ pullTimeExclusion: true }),
    );
    expect(Properties['StackInstancesGroup']).toMatchObject([{ Regions: ['eu-central-1', 'us-east-1'] }]);
    expect(DependsOn).toEqual(['Roles']);
    expect(JSON.stringify(Properties['AutoDeployment'])).toContain('"Fn::GetAtt":["Roles","StackSetId"]');
  });

  it('is deployed by a delegated administrator when told so', () => {
    expect(setOf({ ...PLAIN, delegatedAdmin: true }, 'Roles')['CallAs']).toBe('DELEGATED_ADMIN');
  });

  it('says whom every account trusts', () => {
    const { Description, Outputs } = template(PLAIN);

    expect(Description).toContain(HUB);
    expect(Outputs['TrustedPrincipal']?.Value).toBe(HUB);
  });

  it.each([
    [
      {},
      "trusts Backline's own hub, arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR; name that",
    ],
    [{ trustedPrincipal: HUB }, `The role of every account trusts ${HUB}`],
  ])('says at synthesis with %j whom every account trusts', (integration, told) => {
    const app = new App({ analyticsReporting: false, outdir: path('cdk.out') });
    const stack = new BacklineEcrOrganization(app, 'Organization', { ...PLAIN, integration });

    const notes = stack.node.metadata.filter(({ type }) => type === 'aws:cdk:info').map(({ data }) => data);
    expect(notes).toEqual([expect.stringContaining(told)]);
  });

  it('keeps the rules of AWS Solutions', () => {
    const app = new App({ analyticsReporting: false, outdir: path('cdk.out') });
    const stack = new BacklineEcrOrganization(app, 'Organization', BY_REGION);

    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });
});
