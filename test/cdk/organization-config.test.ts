import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../cdk/options.ts';
import { organizationFromContext } from '../../cdk/organization-config.ts';

describe('cdk/organization-config', () => {
  it('reads options from texts as the command line gives them', () => {
    const context = {
      organizationalUnits: 'r-ab12,ou-ab12-c3d4e5f6',
      delegatedAdmin: 'true',
      discovery: 'false',
    };

    expect(organizationFromContext(context)).toMatchObject({
      organizationalUnits: ['r-ab12', 'ou-ab12-c3d4e5f6'],
      delegatedAdmin: true,
      integration: { discovery: false },
      regions: [],
    });
  });

  it.each<[object, string]>([
    [{}, 'organizationalUnits must be given: ou-…, or the root r-… for all accounts'],
    [{ organizationalUnits: '444455556666' }, 'organizationalUnits must hold organisational units like'],
    [
      { organizationalUnits: 'r-ab12', delegatedAdmin: 'yes' },
      'delegatedAdmin must be true or false; got "yes"',
    ],
    [{ organizationalUnits: 'r-ab12', accountId: '444455556666' }, '"accountId" is no option'],
    [{ organizationalUnits: 'r-ab12', regions: 'eu-central-1' }, 'nothing to set up in a region'],
  ])('rejects %j', (context, sentence) => {
    expect(() => organizationFromContext({ ...context })).toThrow(ConfigError);
    expect(() => organizationFromContext({ ...context })).toThrow(sentence);
  });
});
