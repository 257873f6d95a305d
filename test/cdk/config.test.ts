import { describe, expect, it } from '@jest/globals';
import { Aws, Lazy } from 'aws-cdk-lib/core';
import { checkOptions, type EcrIntegrationOptions, optionsFromContext } from '../../cdk/config.ts';
import { ConfigError } from '../../cdk/options.ts';

const HUB = 'arn:aws:iam::111122223333:role/BacklineIntegrationReadOnlyECR';

describe('cdk/config', () => {
  it('reads options from texts as the command line gives them', () => {
    const context = {
      trustedPrincipal: HUB,
      externalId: 'team-a/0123456789',
      discovery: 'false',
      repositories: 'team/app, team/lib-*',
      optOutTag: 'backline:scan=false',
      accountId: '444455556666',
      permissionsBoundary: 'arn:aws:iam::444455556666:policy/boundary',
      sourceIps: '198.51.100.7,2001:db8::/48',
    };

    expect(optionsFromContext(context)).toEqual({
      ...context,
      discovery: false,
      repositories: ['team/app', 'team/lib-*'],
      sourceIps: ['198.51.100.7', '2001:db8::/48'],
    });
  });

  it('reads them as cdk.json holds them', () => {
    const context = { discovery: true, repositories: ['team/app'] };

    expect(optionsFromContext(context)).toEqual(context);
  });

  it('leaves the names of CDK alone', () => {
    const context = {
      '@aws-cdk/core:newStyleStackSynthesis': true,
      'aws:cdk:enable-path-metadata': 'true',
      'availability-zones:account=1:region=x': ['x'],
      'backline:external-id': '0123456789',
    };

    expect(optionsFromContext(context)).toEqual({});
  });

  it('rejects a name that is no option, so that a misspelt one opens nothing', () => {
    expect(() => optionsFromContext({ repositorys: 'team/app' })).toThrow(
      '"repositorys" is no option; options are trustedPrincipal, externalId, discovery, repositories,',
    );
  });

  it.each<[string, unknown, string]>([
    ['trustedPrincipal', 'arn:aws:iam::111122223333:root', 'must be the ARN of one role or IAM user, like'],
    ['trustedPrincipal', '*', 'must be the ARN of one role or IAM user, like'],
    ['trustedPrincipal', 'arn:aws:iam::111122223333:role/*', 'must be the ARN of one role or IAM user, like'],
    ['trustedPrincipal', 'arn:aws:iam::1111:role/Hub', 'must be the ARN of one role or IAM user, like'],
    ['trustedPrincipal', 'arn:aws:iam::111122223333:user/*', 'must be the ARN of one role or IAM user, like'],
    ['trustedPrincipal', 'arn:aws:iam::111122223333:group/team', 'must be the ARN of one role'],
    ['trustedPrincipal', 'arn:aws:sts::111122223333:assumed-role/Team/alice', 'must be the ARN of one role'],
    ['externalId', 'short-1', 'must be 8 to 1224 letters, digits or any of _ + = , . @ : / -'],
    ['externalId', 'with a blank', 'must be 8 to 1224 letters'],
    ['externalId', 'line-end\n', 'must be 8 to 1224 letters'],
    ['externalId', 'x'.repeat(1225), 'must be 8 to 1224 letters'],
    ['discovery', 'no', 'must be true or false; got "no"'],
    ['repositories', '', 'must hold repository names like team/app or team/*'],
    ['repositories', 'team/app,,other', 'must hold repository names'],
    ['repositories', 'team/app:latest', 'must hold repository names'],
    ['repositories', 'Team', 'must hold repository names'],
    ['repositories', 'a${AWS::Region}', 'must hold repository names'],
    ['repositories', [], 'must not be empty: leave it out to allow all'],
    ['repositories', 7, 'must be a list; got 7'],
    ['optOutTag', 'scan', 'must be key=value, like backline:scan=false; got "scan"'],
    ['optOutTag', 'scan=*', 'must be key=value'],
    ['accountId', '12345678901', 'must be the 12 digits of an AWS account; got "12345678901"'],
    ['accountId', 444455556666, 'must be the 12 digits of an AWS account; got 444455556666'],
    ['permissionsBoundary', HUB, 'must be the ARN of a policy, like'],
    ['sourceIps', '198.51.100.0/33', 'must hold IP addresses or CIDR ranges like'],
    ['sourceIps', '0.0.0.0/0', 'must hold IP addresses or CIDR ranges like'],
    ['sourceIps', '::/0', 'must hold IP addresses or CIDR ranges like'],
    ['sourceIps', '198.51.100.1/2/3', 'must hold IP addresses or CIDR ranges like'],
    ['sourceIps', 'hub.example', 'must hold IP addresses or CIDR ranges like'],
  ])('rejects %s %j', (name, value, sentence) => {
    expect(() => optionsFromContext({ [name]: value })).toThrow(ConfigError);
    expect(() => optionsFromContext({ [name]: value })).toThrow(`${name} ${sentence}`);
  });

  it('reports all mistakes at once', () => {
    expect(() => optionsFromContext({ accountId: '1', externalId: '2', other: '3' })).toThrow(
      /^externalId must.*; accountId must.*; "other" is no option/,
    );
  });

  it.each<EcrIntegrationOptions>([
    { repositories: [Lazy.string({ produce: () => 'team/app' })] },
    { optOutTag: Lazy.string({ produce: () => 'scan=false' }) },
    { sourceIps: [Lazy.string({ produce: () => '198.51.100.7' })] },
  ])('rejects tokens where the value itself is needed: %j', (options) => {
    expect(() => checkOptions(options)).toThrow(ConfigError);
  });

  it.each<EcrIntegrationOptions>([
    { trustedPrincipal: 'arn:aws-us-gov:iam::111122223333:role/path/Hub' },
    { trustedPrincipal: 'arn:aws:iam::111122223333:user/team/alice' },
    { trustedPrincipal: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/Hub` },
    { externalId: Lazy.string({ produce: () => 'later' }) },
    { externalId: 'x'.repeat(1224) },
    { permissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    { optOutTag: 'scan=' },
    { sourceIps: ['::1/128', '10.0.0.0/8'] },
  ])('takes %j', (options) => {
    expect(() => checkOptions(options)).not.toThrow();
  });
});
