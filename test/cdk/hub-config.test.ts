import { describe, expect, it } from '@jest/globals';
import { checkedHubOptions, hubOptionsFromContext } from '../../cdk/hub-config.ts';
import { ConfigError } from '../../cdk/options.ts';

describe('cdk/hub-config', () => {
  it('reads options from texts as the command line gives them', () => {
    const context = {
      customerAccounts: '444455556666, 777788889999',
      maximumConcurrency: '50',
      retainData: 'false',
      azure: 'true',
      reconcileSchedule: 'cron(0 3 * * ? *)',
    };

    expect(hubOptionsFromContext(context)).toEqual({
      customerAccounts: ['444455556666', '777788889999'],
      maximumConcurrency: 50,
      retainData: false,
      azure: true,
      reconcileSchedule: 'cron(0 3 * * ? *)',
    });
  });

  it('rejects a name that is no option', () => {
    expect(() => hubOptionsFromContext({ repositories: 'team/app' })).toThrow(
      '"repositories" is no option; options are customerAccounts, organizationId,',
    );
  });

  it.each<[string, unknown, string]>([
    ['customerAccounts', '4444', 'must hold AWS accounts of 12 digits; got "4444"'],
    ['customerAccounts', [], 'must not be empty: leave it out to allow any'],
    ['organizationId', 'a1b2c3d4e5', 'must be an organisation like o-a1b2c3d4e5'],
    ['reconcileSchedule', 'daily', 'must be rate(…) or cron(…), like rate(1 day); got "daily"'],
    ['reconcileSchedule', 'rate(1 days)', 'must be rate(…) or cron(…)'],
    ['reconcileSchedule', 'rate(0 days)', 'must be rate(…) or cron(…)'],
    ['advisorySchedule', 'rate(6 hour)', 'must be rate(…) or cron(…), like rate(6 hours)'],
    ['maximumConcurrency', '1', 'must be a whole number from 2 to 1000; got 1'],
    ['maximumConcurrency', 2.5, 'must be a whole number from 2 to 1000; got 2.5'],
    ['maximumConcurrency', '1001', 'must be a whole number from 2 to 1000'],
    ['maximumConcurrency', 'many', 'must be a whole number from 2 to 1000; got "many"'],
    ['retainData', 'no', 'must be true or false; got "no"'],
    ['azure', 1, 'must be true or false; got 1'],
    ['alarmEmail', 'team', 'must be an e-mail address; got "team"'],
    ['alarmTopic', 'alarms', 'must be the ARN of a topic, like'],
    ['osvMirror', 'http://mirror.example', 'must be an https address without user name and query'],
    ['osvMirror', 'file:///mirror', 'must be an https address'],
    ['kevUrl', 'https://user:secret@mirror.example', 'must be an https address without user name'],
    ['ecrEndpoint', 'https://ecr.example/?key=1', 'must be an https address without user name and query'],
  ])('rejects %s %j', (name, value, sentence) => {
    expect(() => hubOptionsFromContext({ [name]: value })).toThrow(ConfigError);
    expect(() => hubOptionsFromContext({ [name]: value })).toThrow(`${name} ${sentence}`);
  });

  it.each([
    { advisorySchedule: 'rate(1 hour)' },
    { reconcileSchedule: 'rate(12 hours)' },
    { stsEndpoint: 'http://127.0.0.1:4566' },
    { maximumConcurrency: 1000 },
    { alarmTopic: 'arn:aws-us-gov:sns:us-gov-west-1:111122223333:alarms' },
  ])('takes %j', (options) => {
    expect(checkedHubOptions(options)).toEqual(options);
  });
});
