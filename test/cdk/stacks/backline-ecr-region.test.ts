import { describe, expect, it } from '@jest/globals';
import { App } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { EcrRegionOptions } from '../../../cdk/region-config.ts';
import { BacklineEcrRegion } from '../../../cdk/stacks/backline-ecr-region.ts';
import { regionTemplate } from '../../../cdk/template.ts';
import type { Json, Policy } from '../../support/cdk.ts';
import { isAllowed } from '../../support/simulate.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const BUS = 'arn:aws:events:eu-central-1:111122223333:event-bus/backline';

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, Json>> };

function resourcesOf(options: EcrRegionOptions): readonly Resource[] {
  return Object.values((regionTemplate(options) as { Resources: Record<string, Resource> }).Resources);
}

function propertiesOf(options: EcrRegionOptions, type: string): Readonly<Record<string, Json>> {
  return resourcesOf(options).find(({ Type }) => Type === type)?.Properties ?? {};
}

describe('cdk/stacks/backline-ecr-region', () => {
  const path = temporaryDirectory();

  it('keeps the role of the connection out of pull times', () => {
    expect(resourcesOf({ pullTimeExclusion: true })).toEqual([
      {
        Type: 'AWS::ECR::PullTimeUpdateExclusion',
        Properties: {
          PrincipalArn: {
            'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/BacklineECRIntegrationRole',
          },
        },
      },
    ]);
  });

  it('forwards pushes, and only these, to the bus of the hub', () => {
    expect(propertiesOf({ pushBus: BUS }, 'AWS::Events::Rule')).toMatchObject({
      EventPattern: {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        detail: { 'action-type': ['PUSH'], result: ['SUCCESS'] },
      },
      Targets: [{ Arn: BUS, RoleArn: expect.anything() }],
    });
  });

  it('forwards those of the named repositories alone', () => {
    const { EventPattern } = propertiesOf(
      { pushBus: BUS, repositories: ['team/app', 'team/lib-*'] },
      'AWS::Events::Rule',
    );

    expect(EventPattern).toMatchObject({
      detail: { 'repository-name': ['team/app', { wildcard: 'team/lib-*' }] },
    });
  });

  it.each([
    ['the bus', BUS, true],
    ['another bus of the hub', BUS.replace('/backline', '/default'), false],
    ['a bus of that name elsewhere', BUS.replace('111122223333', '777788889999'), false],
  ])('lets EventBridge put events on %s: %s', async (_, resource, expected) => {
    const { Policies } = propertiesOf({ pushBus: BUS }, 'AWS::IAM::Role') as unknown as {
      readonly Policies: readonly [{ readonly PolicyDocument: Policy }];
    };
    const principal = 'arn:aws:iam::444455556666:role/ForwardRole';
    const busPolicy: Policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::444455556666:root' },
          Action: 'events:PutEvents',
          Resource: '*',
        },
      ],
    };

    const request = {
      principal,
      action: 'events:PutEvents',
      resource,
      account: resource.split(':')[4] ?? '',
    };
    await expect(isAllowed(request, Policies[0].PolicyDocument, busPolicy)).resolves.toBe(expected);
  });

  it('gives the role to EventBridge for this account alone', () => {
    expect(propertiesOf({ pushBus: BUS }, 'AWS::IAM::Role')['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    });
  });

  it.each<EcrRegionOptions>([
    { pullTimeExclusion: true, pushBus: BUS, repositories: ['team/*'] },
    { pullTimeExclusion: true },
  ])('keeps the rules of AWS Solutions with %j', (options) => {
    const app = new App({ analyticsReporting: false, outdir: path('cdk.out') });

    expect(
      new AwsSolutionsChecks().validateScope(new BacklineEcrRegion(app, 'Region', options)).violations,
    ).toEqual([]);
  });

  it('rejects a region in which there is nothing to set up', () => {
    expect(() => regionTemplate({})).toThrow(
      'nothing to set up in a region: give pullTimeExclusion=true or pushBus',
    );
  });
});
