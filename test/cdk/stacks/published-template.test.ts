import { describe, expect, it } from '@jest/globals';
import { CUSTOMER, deployedRole, integrationTemplate } from '../../support/cdk.ts';

const EXTERNAL_ID = 'one-of-this-integration';

// The role as https://docs.backline.ai/integrations/ecr.md has it, with account and external id put in.
const PUBLISHED_TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } },
    },
  ],
};
const PUBLISHED_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:DescribeImages', 'ecr:ListImages'],
      Resource: `arn:aws:ecr:*:${CUSTOMER}:repository/*`,
    },
  ],
};

describe('cdk/stacks/backline-ecr-integration: the published role', () => {
  it('is what is made without discovery, and nothing more', () => {
    const template = integrationTemplate({ discovery: false });

    expect(deployedRole(template, { externalId: EXTERNAL_ID })).toEqual({
      RoleName: 'BacklineECRIntegrationRole',
      AssumeRolePolicyDocument: PUBLISHED_TRUST,
      Policies: [{ PolicyName: 'CustomerECRReadPolicy', PolicyDocument: PUBLISHED_POLICY }],
    });
  });

  it('gets one policy beside its own by default, which lists repositories', () => {
    const role = deployedRole(integrationTemplate(), { externalId: EXTERNAL_ID });

    expect(role.AssumeRolePolicyDocument).toEqual(PUBLISHED_TRUST);
    expect(role.Policies).toEqual([
      { PolicyName: 'CustomerECRReadPolicy', PolicyDocument: PUBLISHED_POLICY },
      {
        PolicyName: 'BacklineECRDiscoveryPolicy',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'ecr:DescribeRepositories',
              Resource: `arn:aws:ecr:*:${CUSTOMER}:repository/*`,
            },
          ],
        },
      },
    ]);
  });

  it('is the only resource, beside which CloudFormation is given nothing to run or upload', () => {
    const template = integrationTemplate();

    expect(Object.keys(template).sort()).toEqual(['Description', 'Outputs', 'Parameters', 'Resources']);
    expect(Object.keys(template.Resources)).toEqual(['BacklineECRIntegrationRole']);
  });

  it('asks for the external id, of at least 8 characters, and offers none', () => {
    expect(integrationTemplate().Parameters).toEqual({
      ExternalId: expect.objectContaining({ Type: 'String', MinLength: 8, MaxLength: 1224 }),
    });
    expect(integrationTemplate().Parameters?.['ExternalId']).not.toHaveProperty('Default');
  });

  it('puts out what is to be entered in Backline, and whom it trusts', () => {
    const { Outputs } = integrationTemplate();

    const values = Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, Value]));
    expect(values).toEqual({
      RoleArn: { 'Fn::GetAtt': ['BacklineECRIntegrationRole', 'Arn'] },
      ExternalId: { Ref: 'ExternalId' },
      AccountId: { Ref: 'AWS::AccountId' },
      TrustedPrincipal: 'arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR',
    });
  });
});
