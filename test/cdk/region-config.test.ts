import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../cdk/options.ts';
import {
  checkRegionOptions,
  connectionFromContext,
  regionOptionsFromContext,
} from '../../cdk/region-config.ts';

const BUS = 'arn:aws:events:eu-central-1:111122223333:event-bus/backline';

describe('cdk/region-config', () => {
  it('sorts options by what they are for', () => {
    const context = {
      regions: 'eu-central-1,us-gov-west-1',
      pullTimeExclusion: 'true',
      pushBus: BUS,
      repositories: 'team/app',
      accountId: '444455556666',
      'aws:cdk:flag': 'left alone',
    };

    expect(connectionFromContext(context)).toEqual({
      integration: { accountId: '444455556666', repositories: ['team/app'] },
      region: { pullTimeExclusion: true, pushBus: BUS, repositories: ['team/app'] },
      regions: ['eu-central-1', 'us-gov-west-1'],
    });
  });

  it.each([
    'eu-central-1',
    'cn-north-1',
    'us-gov-west-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'eusc-de-east-1',
  ])('takes the region %s, whatever its partition', (region) => {
    expect(connectionFromContext({ regions: region, pullTimeExclusion: 'true' }).regions).toEqual([region]);
  });

  it('sets up no region unless one is named', () => {
    expect(connectionFromContext({ discovery: 'false' })).toMatchObject({
      integration: { discovery: false },
      regions: [],
    });
  });

  it.each<[object, string]>([
    [{ regions: 'eu-central-1' }, 'nothing to set up in a region: give pullTimeExclusion=true or pushBus'],
    [{ regions: 'eu-central-1', pullTimeExclusion: 'false' }, 'nothing to set up in a region'],
    [{ pushBus: BUS }, 'pullTimeExclusion and pushBus are set up by region: name those with regions=…'],
    [{ pullTimeExclusion: 'true' }, 'pullTimeExclusion and pushBus are set up by region'],
    [{ regions: 'Frankfurt', pushBus: BUS }, 'regions must hold regions like eu-central-1; got "Frankfurt"'],
    [{ regions: 'eu-central-1', pushBus: 'backline' }, 'pushBus must be the ARN of an event bus, like'],
    [{ region: 'eu-central-1' }, '"region" is no option; options are trustedPrincipal,'],
  ])('rejects %j', (context, sentence) => {
    expect(() => connectionFromContext({ ...context })).toThrow(ConfigError);
    expect(() => connectionFromContext({ ...context })).toThrow(sentence);
  });

  it('takes for one region only what is set up there', () => {
    expect(regionOptionsFromContext({ pushBus: BUS, repositories: 'team/*' })).toEqual({
      pushBus: BUS,
      repositories: ['team/*'],
    });
    expect(() => regionOptionsFromContext({ discovery: 'false' })).toThrow('"discovery" is no option');
  });

  it('rejects a stack with nothing in it', () => {
    expect(() => checkRegionOptions({})).toThrow('nothing to set up in a region');
  });
});
