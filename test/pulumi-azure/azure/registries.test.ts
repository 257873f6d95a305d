import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArmClient, armClient } from '../../../pulumi-azure/azure/arm.ts';
import { findRegistries } from '../../../pulumi-azure/azure/registries.ts';
import {
  type ArmDouble,
  armDouble,
  refusal,
  registryId,
  SUBSCRIPTION,
  TOKEN,
} from '../../doubles/resource-manager.ts';

const OTHER_SUBSCRIPTION = '22222222-2222-3333-4444-555555555555';
const NOTHING = {
  registries: [],
  resourceGroups: [],
  wholeSubscription: false,
  subscriptionId: SUBSCRIPTION,
} as const;

describe('pulumi-azure/azure/registries', () => {
  let double: ArmDouble;
  let arm: ArmClient;

  beforeEach(async () => {
    double = await armDouble();
    double.registries.push(
      { name: 'team', resourceGroup: 'Group-A' },
      { name: 'abac', resourceGroup: 'Group-A', mode: 'AbacRepositoryPermissions' },
      { name: 'old', resourceGroup: 'Group-A', mode: null },
      { name: 'lone', resourceGroup: 'Group-B', loginServer: 'lone-abc123.azurecr.io' },
      { name: 'far', resourceGroup: 'Group-A', subscriptionId: OTHER_SUBSCRIPTION },
    );
    arm = armClient(double.url, { fetch, token: async () => TOKEN, sleep: async () => {} });
  });
  afterEach(() => double.close());

  it('asks nothing when nothing is selected', async () => {
    expect(await findRegistries(arm, NOTHING)).toEqual({ found: [], notFound: [] });
    expect(double.requests).toEqual([]);
  });

  it('finds registries by name and resource group, with what tells how to read them', async () => {
    const registries = [
      { name: 'LONE', resourceGroup: 'group-b' },
      { name: 'abac', resourceGroup: 'Group-A' },
    ];

    const { found, notFound } = await findRegistries(arm, { ...NOTHING, registries });

    expect(found).toEqual([
      {
        id: registryId({ name: 'abac', resourceGroup: 'Group-A' }),
        name: 'abac',
        subscriptionId: SUBSCRIPTION,
        loginServer: 'abac.azurecr.io',
        mode: 'abac',
      },
      {
        id: registryId({ name: 'lone', resourceGroup: 'Group-B' }),
        name: 'lone',
        subscriptionId: SUBSCRIPTION,
        loginServer: 'lone-abc123.azurecr.io',
        mode: 'rbac',
      },
    ]);
    expect(notFound).toEqual([]);
    expect(double.requests).toContainEqual(expect.stringContaining('api-version=2025-04-01'));
  });

  it('finds those of other subscriptions when they are named', async () => {
    const registries = [{ name: 'far', resourceGroup: 'Group-A', subscriptionId: OTHER_SUBSCRIPTION }];

    const { found } = await findRegistries(arm, { ...NOTHING, registries });

    expect(found.map(({ name, subscriptionId }) => [name, subscriptionId])).toEqual([
      ['far', OTHER_SUBSCRIPTION],
    ]);
  });

  it('finds all of a resource group, over its pages', async () => {
    const { found } = await findRegistries(arm, { ...NOTHING, resourceGroups: ['group-a'] });

    expect(found.map(({ name, mode }) => [name, mode])).toEqual([
      ['abac', 'abac'],
      ['old', 'rbac'],
      ['team', 'rbac'],
    ]);
  });

  it('finds all of a subscription, and nothing of another', async () => {
    const { found } = await findRegistries(arm, { ...NOTHING, wholeSubscription: true });

    expect(found.map(({ name }) => name)).toEqual(['abac', 'lone', 'old', 'team']);
  });

  it('finds each once, however often it is selected', async () => {
    const { found } = await findRegistries(arm, {
      registries: [{ name: 'Team', resourceGroup: 'GROUP-A' }],
      resourceGroups: ['Group-A', 'group-a'],
      wholeSubscription: true,
      subscriptionId: SUBSCRIPTION,
    });

    expect(found.map(({ name }) => name)).toEqual(['abac', 'lone', 'old', 'team']);
  });

  it('reports what is not there, and finds the rest', async () => {
    const { found, notFound } = await findRegistries(arm, {
      ...NOTHING,
      registries: [
        { name: 'gone', resourceGroup: 'Group-A' },
        { name: 'team', resourceGroup: 'Group-B' },
        { name: 'team', resourceGroup: 'Group-A' },
      ],
      resourceGroups: ['nowhere'],
    });

    expect(found.map(({ name }) => name)).toEqual(['team']);
    expect(notFound).toEqual([
      { resourceGroup: 'nowhere', subscriptionId: SUBSCRIPTION },
      { name: 'gone', resourceGroup: 'Group-A', subscriptionId: SUBSCRIPTION },
      { name: 'team', resourceGroup: 'Group-B', subscriptionId: SUBSCRIPTION },
    ]);
  });

  it('reports a resource group without registries', async () => {
    double.intercept = (_request, response) => {
      response.writeHead(200).end('{"value":[]}');
      return true;
    };

    const { notFound } = await findRegistries(arm, { ...NOTHING, resourceGroups: ['empty'] });

    expect(notFound).toEqual([{ resourceGroup: 'empty', subscriptionId: SUBSCRIPTION }]);
  });

  it.each([
    [403, 'AuthorizationFailed'],
    [404, 'SubscriptionNotFound'],
    [400, 'NoRegisteredProviderFound'],
  ])('fails with %i %s: a registry taken for missing would lose its roles', async (status, code) => {
    double.intercept = (_request, response) => {
      response.writeHead(status).end(JSON.stringify(refusal(code)));
      return true;
    };
    const registries = [{ name: 'team', resourceGroup: 'Group-A' }];

    await expect(findRegistries(arm, { ...NOTHING, registries })).rejects.toMatchObject({ status, code });
    await expect(findRegistries(arm, { ...NOTHING, resourceGroups: ['Group-A'] })).rejects.toMatchObject({
      code,
    });
  });

  it('fails when a registry has a mode that is not known', async () => {
    double.intercept = (_request, response) => {
      const registry = {
        id: registryId({ name: 'team', resourceGroup: 'Group-A' }),
        name: 'team',
        properties: { loginServer: 'team.azurecr.io', roleAssignmentMode: 'SomethingNew' },
      };
      response.writeHead(200).end(JSON.stringify(registry));
      return true;
    };
    const registries = [{ name: 'team', resourceGroup: 'Group-A' }];

    await expect(findRegistries(arm, { ...NOTHING, registries })).rejects.toThrow(
      /a registry is not described as expected: .*\n.*roleAssignmentMode/,
    );
  });
});
