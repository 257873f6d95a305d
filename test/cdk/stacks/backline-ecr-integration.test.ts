import { describe, expect, it } from '@jest/globals';
import { App } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { EcrIntegrationOptions } from '../../../cdk/config.ts';
import { BacklineEcrIntegration } from '../../../cdk/stacks/backline-ecr-integration.ts';
import { CUSTOMER, deployedRole, integrationTemplate, type Json } from '../../support/cdk.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const HUB = 'arn:aws:iam::111122223333:role/BacklineIntegrationReadOnlyECR';
const BOUNDARY = `arn:aws:iam::${CUSTOMER}:policy/boundary`;

const EVERY_OPTION: Required<EcrIntegrationOptions> = {
  trustedPrincipal: HUB,
  externalId: 'team-a/0123456789',
  discovery: false,
  repositories: ['team/app', 'team/lib-*'],
  optOutTag: 'backline:scan=false',
  accountId: CUSTOMER,
  permissionsBoundary: BOUNDARY,
  sourceIps: ['198.51.100.7', '2001:db8::/48'],
};

function readStatement(options: EcrIntegrationOptions, partition = 'aws'): Readonly<Record<string, Json>> {
  const [policy] = deployedRole(integrationTemplate(options), { partition }).Policies;
  return policy?.PolicyDocument.Statement[1] ?? {};
}

describe('cdk/stacks/backline-ecr-integration', () => {
  const path = temporaryDirectory();

  function stackOf(options: EcrIntegrationOptions): BacklineEcrIntegration {
    const app = new App({ analyticsReporting: false, outdir: path('cdk.out') });
    return new BacklineEcrIntegration(app, 'Integration', options);
  }

  it('says whom the role trusts in description, outputs and trust policy', () => {
    const template = integrationTemplate({ trustedPrincipal: HUB });

    expect(template.Description).toContain(HUB);
    expect(template.Description).not.toContain('198331734661');
    expect(template.Outputs['TrustedPrincipal']?.Value).toBe(HUB);
    expect(deployedRole(template).AssumeRolePolicyDocument.Statement[0]?.['Principal']).toEqual({ AWS: HUB });
  });

  it.each([
    [{}, "trusts Backline's own hub, arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR"],
    [{ trustedPrincipal: HUB }, `trusts ${HUB}`],
  ])('says at synthesis with %j whom it trusts', (options, told) => {
    const notes = stackOf(options)
      .node.metadata.filter(({ type }) => type === 'aws:cdk:info')
      .map(({ data }) => String(data));

    expect(notes).toEqual([expect.stringContaining(told)]);
  });

  it('takes an external id instead of asking for one', () => {
    const template = integrationTemplate({ externalId: 'team-a/0123456789' });

    expect(template).not.toHaveProperty('Parameters');
    expect(template.Outputs['ExternalId']?.Value).toBe('team-a/0123456789');
    expect(JSON.stringify(deployedRole(template).AssumeRolePolicyDocument)).toContain('team-a/0123456789');
  });

  it('offers an external id without fixing it', () => {
    const template = integrationTemplate({ suggestedExternalId: 'generated-one' });

    expect(template.Parameters?.['ExternalId']?.['Default']).toBe('generated-one');
    expect(template.Outputs['ExternalId']?.Value).toEqual({ Ref: 'ExternalId' });
  });

  it('reads the named repositories only', () => {
    expect(readStatement({ repositories: ['team/app', 'team/lib-*'] })['Resource']).toEqual([
      `arn:aws:ecr:*:${CUSTOMER}:repository/team/app`,
      `arn:aws:ecr:*:${CUSTOMER}:repository/team/lib-*`,
    ]);
  });

  it('leaves out repositories by tag', () => {
    expect(readStatement({ optOutTag: 'backline:scan=false' })['Condition']).toEqual({
      StringNotEquals: { 'ecr:ResourceTag/backline:scan': 'false' },
    });
  });

  it('binds trust and every grant to source addresses', () => {
    const role = deployedRole(integrationTemplate({ sourceIps: ['198.51.100.0/24'] }), {
      externalId: '12345678',
    });

    const documents = [
      role.AssumeRolePolicyDocument,
      ...role.Policies.map((policy) => policy.PolicyDocument),
    ];
    const statements = documents.flatMap(({ Statement }) => Statement);
    expect(statements.length).toBe(4);
    for (const { Condition } of statements) {
      expect(Condition).toMatchObject({ IpAddress: { 'aws:SourceIp': ['198.51.100.0/24'] } });
    }
  });

  it('bounds the role', () => {
    const template = integrationTemplate({ permissionsBoundary: BOUNDARY });

    expect(deployedRole(template).PermissionsBoundary).toBe(BOUNDARY);
  });

  it('asserts the account before anything is made', () => {
    expect(integrationTemplate({ accountId: CUSTOMER }).Rules).toEqual({
      MustBeAccount: {
        Assertions: [
          {
            Assert: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, CUSTOMER] },
            AssertDescription: `This stack was made for account ${CUSTOMER}.`,
          },
        ],
      },
    });
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('names repositories in partition %s', (partition) => {
    expect(readStatement({}, partition)['Resource']).toBe(`arn:${partition}:ecr:*:${CUSTOMER}:repository/*`);
  });

  it.each<[string, EcrIntegrationOptions]>([
    ['no option', {}],
    ['every option', EVERY_OPTION],
  ])('keeps the rules of AWS Solutions with %s, or says why not', (_, options) => {
    const report = new AwsSolutionsChecks().validateScope(stackOf(options));

    expect(report.violations).toEqual([]);
  });

  it('rejects options that cannot be deployed', () => {
    expect(() => integrationTemplate({ accountId: '12' })).toThrow(
      'accountId must be the 12 digits of an AWS account; got "12"',
    );
  });
});
