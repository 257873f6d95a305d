import { describe, expect, it } from '@jest/globals';
import { ConfigError, DEFAULT_APP_ID, optionsFromConfig, projectConfig } from '../../pulumi-azure/config.ts';

const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
const REGISTRIES = '[{"name":"team","resourceGroup":"group"}]';

describe('pulumi-azure/config', () => {
  it('reads every option as Pulumi keeps them', () => {
    const options = optionsFromConfig({
      registries: `[{"name":"team","resourceGroup":"group"},{"name":"other","resourceGroup":"Gr.1(a)-_ü","subscriptionId":"${SUBSCRIPTION}"}]`,
      resourceGroups: '["group"]',
      wholeSubscription: 'true',
      cloudSubscriptions: `["${SUBSCRIPTION}"]`,
      subscriptionId: SUBSCRIPTION,
      tenantId: 'ABCDEF11-2222-3333-4444-555555555555',
      appId: '99999999-2222-3333-4444-555555555555',
      mode: 'abac',
      repositoryPrefix: 'team/app-',
      environment: 'usgovernment',
      armEndpoint: 'http://127.0.0.1:8080',
    });

    expect(options).toEqual({
      registries: [
        { name: 'team', resourceGroup: 'group' },
        { name: 'other', resourceGroup: 'Gr.1(a)-_ü', subscriptionId: SUBSCRIPTION },
      ],
      resourceGroups: ['group'],
      wholeSubscription: true,
      cloudSubscriptions: [SUBSCRIPTION],
      subscriptionId: SUBSCRIPTION,
      tenantId: 'abcdef11-2222-3333-4444-555555555555',
      appId: '99999999-2222-3333-4444-555555555555',
      mode: 'abac',
      repositoryPrefix: 'team/app-',
      environment: 'usgovernment',
      armEndpoint: 'http://127.0.0.1:8080',
    });
  });

  it('needs nothing: an empty selection is what is left after the last registry was removed', () => {
    expect(optionsFromConfig({})).toEqual({
      registries: [],
      resourceGroups: [],
      wholeSubscription: false,
      cloudSubscriptions: [],
      appId: DEFAULT_APP_ID,
      mode: 'auto',
      environment: 'public',
    });
  });

  it('takes texts that look like other JSON values as what they are', () => {
    expect(optionsFromConfig({ repositoryPrefix: '2024' }).repositoryPrefix).toBe('2024');
  });

  it('leaves the names of the providers alone', () => {
    const all = { 'backline-azure:mode': 'rbac', 'azure-native:location': 'x', 'backline-azure-2:mode': 'y' };

    expect(projectConfig(all, 'backline-azure')).toEqual({ mode: 'rbac' });
  });

  it('rejects a name that is no option, so that a misspelt one opens nothing', () => {
    expect(() => optionsFromConfig({ repositoryprefix: 'team/' })).toThrow(
      '"repositoryprefix" is no option; options are registries, resourceGroups, wholeSubscription,',
    );
  });

  it.each<[string, string, string]>([
    ['registries', 'team', 'registries must be a JSON list; got "team"'],
    ['registries', '{"name":"team"}', 'registries must be a JSON list; got {"name":"team"}'],
    [
      'registries',
      '["team"]',
      'registries.0 must be like {"name": "myregistry", "resourceGroup": "mygroup"}',
    ],
    ['registries', '[{"name":"team"}]', 'registries.0.resourceGroup must be the name of a resource group'],
    [
      'registries',
      '[{"name":"te-am","resourceGroup":"g"}]',
      'registries.0.name must be the name of a registry',
    ],
    ['registries', '[{"name":"team/../x","resourceGroup":"g"}]', 'registries.0.name must be the name'],
    [
      'registries',
      `[{"name":"${'x'.repeat(51)}","resourceGroup":"g"}]`,
      'registries.0.name must be the name',
    ],
    [
      'registries',
      '[{"name":"team","resourceGroup":"g."}]',
      'registries.0.resourceGroup must be the name of',
    ],
    ['registries', '[{"name":"team","resourceGroup":"g","mode":"rbac"}]', 'registries.0 must be like'],
    [
      'registries',
      '[{"name":"team","resourceGroup":"g","subscriptionId":"x"}]',
      'registries.0.subscriptionId must be a GUID',
    ],
    ['registries', '[{"name":"team\\n","resourceGroup":"g"}]', 'registries.0.name must be the name'],
    ['resourceGroups', '["a/b"]', 'resourceGroups.0 must be the name of a resource group'],
    ['resourceGroups', '[""]', 'resourceGroups.0 must be the name of a resource group'],
    ['resourceGroups', `["${'x'.repeat(91)}"]`, 'resourceGroups.0 must be the name of a resource group'],
    ['wholeSubscription', 'yes', 'wholeSubscription must be true or false; got "yes"'],
    ['wholeSubscription', '1', 'wholeSubscription must be true or false; got 1'],
    ['cloudSubscriptions', '["mine"]', 'cloudSubscriptions.0 must be a GUID, like'],
    ['cloudSubscriptions', SUBSCRIPTION, 'cloudSubscriptions must be a JSON list'],
    ['subscriptionId', 'mine', 'subscriptionId must be a GUID, like'],
    ['tenantId', 'contoso.example', 'tenantId must be a GUID, like'],
    ['appId', `${SUBSCRIPTION}0`, 'appId must be a GUID, like'],
    ['mode', 'ABAC', 'mode must be one of auto, rbac, abac, both; got "ABAC"'],
    [
      'repositoryPrefix',
      "a' OR 'a",
      'repositoryPrefix must be the beginning of repository names, like team/',
    ],
    ['repositoryPrefix', '', 'repositoryPrefix must be the beginning of repository names'],
    ['repositoryPrefix', 'Team/', 'repositoryPrefix must be the beginning of repository names'],
    ['environment', 'germany', 'environment must be one of public, usgovernment, china; got "germany"'],
    ['armEndpoint', 'http://arm.example', 'armEndpoint must be https://HOST, or http:// on this machine'],
    ['armEndpoint', 'https://user@arm.example', 'armEndpoint must be https://HOST'],
    ['armEndpoint', 'https://arm.example/path', 'armEndpoint must be https://HOST'],
    ['armEndpoint', 'https://arm.example/?a=b', 'armEndpoint must be https://HOST'],
    ['armEndpoint', 'arm.example', 'armEndpoint must be https://HOST'],
  ])('rejects %s %s', (name, value, sentence) => {
    const texts = { subscriptionId: SUBSCRIPTION, [name]: value };

    expect(() => optionsFromConfig(texts)).toThrow(ConfigError);
    expect(() => optionsFromConfig(texts)).toThrow(sentence);
  });

  it.each(['rbac', 'both'])('rejects a prefix that mode %s could not hold to', (mode) => {
    expect(() => optionsFromConfig({ mode, repositoryPrefix: 'team/' })).toThrow(
      `repositoryPrefix cannot hold in mode ${mode}: AcrPull opens every repository of a registry; use auto or abac`,
    );
  });

  it.each<Record<string, string>>([
    { registries: REGISTRIES },
    { resourceGroups: '["group"]' },
    { wholeSubscription: 'true' },
  ])('rejects %j without a subscription', (texts) => {
    expect(() => optionsFromConfig(texts)).toThrow(/^subscriptionId must say where the registries are/);
    expect(() => optionsFromConfig({ ...texts, subscriptionId: SUBSCRIPTION })).not.toThrow();
  });

  it.each<Record<string, string>>([
    { cloudSubscriptions: `["${SUBSCRIPTION}"]` },
    { registries: `[{"name":"team","resourceGroup":"group","subscriptionId":"${SUBSCRIPTION}"}]` },
    { armEndpoint: 'https://arm.example:8443' },
    { armEndpoint: 'http://[::1]:8080/' },
    { mode: 'abac', repositoryPrefix: 'team/' },
  ])('takes %j', (texts) => {
    expect(() => optionsFromConfig(texts)).not.toThrow();
  });

  it('reports all mistakes at once', () => {
    expect(() => optionsFromConfig({ mode: 'x', appId: '1', other: '2' })).toThrow(
      /^appId must.*; mode must.*; "other" is no option/,
    );
  });
});
