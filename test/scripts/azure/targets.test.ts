import { describe, expect, it } from '@jest/globals';
import { DEFAULT_APP_ID, optionsFromConfig } from '../../../pulumi-azure/config.ts';
import { configFor, roleName, targetsOf } from '../../../scripts/azure/targets.ts';

const SUB = '11111111-1111-4111-8111-111111111111';
const REGISTRY = `/subscriptions/${SUB}/resourceGroups/prod/providers/Microsoft.ContainerRegistry/registries/images`;
const account = {
  subscriptionId: SUB,
  subscriptionName: 'Test',
  tenantId: SUB,
  cloud: 'AzureCloud',
  user: 'ann',
};

describe('scripts/azure/targets', () => {
  it.each([
    ['a registry', [REGISTRY], [{ name: 'images', resourceGroup: 'prod', subscriptionId: SUB }], []],
    [
      'a registry, as providers write it',
      [REGISTRY.slice(1)],
      [{ name: 'images', resourceGroup: 'prod', subscriptionId: SUB }],
      [],
    ],
    ['a subscription', [`/subscriptions/${SUB}`], [], [SUB]],
    ['a thing of another kind', [`/subscriptions/${SUB}/resourceGroups/prod`, '/', ''], [], []],
  ])('knows %s by its id', (_what, scopes, registries, cloudSubscriptions) => {
    expect(targetsOf(scopes)).toEqual({ registries, cloudSubscriptions });
  });

  it('takes what is spelt in two ways once', () => {
    expect(targetsOf([REGISTRY, REGISTRY.toLowerCase(), REGISTRY.slice(1)]).registries).toHaveLength(1);
  });

  it('writes what the program reads', () => {
    const config = configFor([REGISTRY, `/subscriptions/${SUB}`], {
      account,
      appId: DEFAULT_APP_ID,
      before: {},
    });

    expect(optionsFromConfig(config)).toMatchObject({
      registries: [{ name: 'images', resourceGroup: 'prod', subscriptionId: SUB }],
      cloudSubscriptions: [SUB],
      subscriptionId: SUB,
      tenantId: SUB,
      environment: 'public',
    });
  });

  it.each([
    ['AzureUSGovernment', 'usgovernment'],
    ['AzureChinaCloud', 'china'],
    ['AzureCloud', undefined],
  ])('follows the login to %s', (cloud, environment) => {
    const config = configFor([], { account: { ...account, cloud }, appId: DEFAULT_APP_ID, before: {} });

    expect(config['environment']).toBe(environment);
  });

  it('gives a role that is none of ours its GUID for a name', () => {
    expect(roleName('b24988ac-6180-42a0-ab88-20f7382dd24c')).toBe('b24988ac-6180-42a0-ab88-20f7382dd24c');
  });
});
