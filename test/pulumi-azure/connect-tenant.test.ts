import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acrIntegrationSchema } from '../../lambda/integrations/integration.ts';
import { DEFAULT_APP_ID, optionsFromConfig } from '../../pulumi-azure/config.ts';
import { connectTenant, type Outputs } from '../../pulumi-azure/connect-tenant.ts';
import { ACR_PULL, READER } from '../../pulumi-azure/roles.ts';
import { NEW_PRINCIPAL, type PulumiDouble, pulumiDouble, TENANT } from '../doubles/pulumi-mocks.ts';
import {
  type ArmDouble,
  armDouble,
  refusal,
  registryId,
  SUBSCRIPTION,
  TOKEN,
} from '../doubles/resource-manager.ts';
import { run as runCommand } from '../scripts/cli/command.ts';
import { settled } from '../support/settled.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const APP = '99999999-2222-3333-4444-555555555555';
const PRINCIPAL = 'aaaaaaaa-1111-1111-1111-000000000009';
const OLD_NAME = '12345678-1111-1111-1111-000000000009';
const TEAM = { name: 'team', resourceGroup: 'group' };

describe('pulumi-azure/connect-tenant', () => {
  const path = temporaryDirectory();
  let double: ArmDouble;
  let notes: string[];
  let warnings: string[];

  beforeEach(async () => {
    double = await armDouble();
    notes = [];
    warnings = [];
    double.registries.push(TEAM, {
      name: 'repos',
      resourceGroup: 'group',
      mode: 'AbacRepositoryPermissions',
    });
  });
  afterEach(() => double.close());

  it('connects what was selected, and puts out what the hub must know', async () => {
    const { pulumi, outputs } = await connected({ resourceGroups: '["group"]' });

    expect([...pulumi.assignments().keys()].toSorted()).toEqual([
      'repos-container-registry-repository-catalog-lister',
      'repos-container-registry-repository-reader',
      'team-acrpull',
    ]);
    expect(outputs).toMatchObject({ tenantId: TENANT, appId: APP, notFound: [] });
    expect(await settled(outputs.principalObjectId)).toBe(NEW_PRINCIPAL);
    expect(await settled(outputs.loginServers)).toEqual(['repos.azurecr.io', 'team.azurecr.io']);
    expect(outputs.connectCommand).toBe(
      `backline connect acr --tenant ${TENANT} --app-id ${APP} --login-server repos.azurecr.io --login-server team.azurecr.io`,
    );
  });

  it('tells the hub which repositories may be read, in a way that a shell and the command take', async () => {
    const { outputs } = await connected({
      registries: '[{"name":"repos","resourceGroup":"group"}]',
      repositoryPrefix: 'team/',
    });
    const { connectCommand = '' } = outputs;

    expect(connectCommand).toMatch(/ --login-server repos\.azurecr\.io --include 'team\/\*'$/);
    // In a folder where the pattern, unquoted, would become the names of files.
    await mkdir(path('team'));
    await Promise.all(['one', 'two'].map((name) => writeFile(path(`team/${name}`), '')));
    const printed = `cd '${path('')}' && set -- ${connectCommand} && printf '%s\\n' "$@"`;
    const { stdout } = await runCommand('sh', ['-c', printed]);
    const include = stdout.trim().split('\n').at(-1);
    expect(acrIntegrationSchema.shape.include.safeParse([include]).data).toEqual(['team/*']);
  });

  it("says that the roles go to Backline's own app, and how to name another", async () => {
    await connected({ registries: JSON.stringify([TEAM]), appId: DEFAULT_APP_ID });

    expect(notes).toEqual([
      `The roles go to Backline's own app, ${DEFAULT_APP_ID}, as which no hub but Backline's can log in; for a hub of yours name its app: pulumi config set appId APP, or BACKLINE_APP_ID=APP before the scripts`,
    ]);
  });

  it('says which app the roles go to', async () => {
    await connected({ registries: JSON.stringify([TEAM]) });

    expect(notes).toEqual([`The roles go to the app ${APP}`]);
  });

  it('connects the whole subscription, and named subscriptions for reading', async () => {
    const { pulumi } = await connected({
      wholeSubscription: 'true',
      cloudSubscriptions: `["${SUBSCRIPTION}"]`,
    });

    expect([...pulumi.assignments().keys()]).toContain(`${SUBSCRIPTION}-reader`);
    expect(pulumi.assignments().size).toBe(4);
  });

  it('adopts the assignments of a principal that is there', async () => {
    double.assignments.push(
      { scope: registryId(TEAM), name: OLD_NAME, roleGuid: ACR_PULL.guid, principalId: PRINCIPAL },
      {
        scope: `/subscriptions/${SUBSCRIPTION}`,
        name: OLD_NAME,
        roleGuid: READER.guid,
        principalId: PRINCIPAL,
      },
    );

    const { pulumi, outputs } = await connected(
      { registries: JSON.stringify([TEAM]), cloudSubscriptions: `["${SUBSCRIPTION}"]` },
      { [APP]: PRINCIPAL },
    );

    expect([...pulumi.assignments().values()].map(({ name, importId }) => [name, importId])).toEqual([
      ['team-acrpull', `${registryId(TEAM)}/providers/Microsoft.Authorization/roleAssignments/${OLD_NAME}`],
      [
        `${SUBSCRIPTION}-reader`,
        `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/${OLD_NAME}`,
      ],
    ]);
    expect(await settled(outputs.principalObjectId)).toBe(PRINCIPAL);
  });

  it('does not look for assignments of a principal that is not there', async () => {
    await connected({ registries: JSON.stringify([TEAM]) });

    expect(double.requests.filter((path) => path.includes('roleAssignments'))).toEqual([]);
  });

  it('skips what does not exist, and puts it out', async () => {
    const { pulumi, outputs } = await connected({
      registries: '[{"name":"gone","resourceGroup":"group"},{"name":"team","resourceGroup":"group"}]',
      resourceGroups: '["nowhere"]',
    });

    expect([...pulumi.assignments().keys()]).toEqual(['team-acrpull']);
    expect(outputs.notFound).toEqual([
      { resourceGroup: 'nowhere', subscriptionId: SUBSCRIPTION },
      { name: 'gone', resourceGroup: 'group', subscriptionId: SUBSCRIPTION },
    ]);
    expect(warnings).toEqual([
      "No ACRs found in resource group 'nowhere'",
      "ACR 'gone' not found in resource group 'group'",
    ]);
  });

  it('keeps the principal when nothing is selected any more', async () => {
    const { pulumi, outputs } = await connected({});

    expect(pulumi.resources.map(({ type }) => type)).toContain(
      'azuread:index/servicePrincipal:ServicePrincipal',
    );
    expect(pulumi.assignments().size).toBe(0);
    expect(outputs).not.toHaveProperty('connectCommand');
    expect(double.requests).toEqual([]);
    expect(warnings).toEqual([
      'no registry and no subscription is selected: only the service principal is made',
    ]);
  });

  it.each([
    ['rbac', 'repos honours only roles of mode abac, and gets those of mode rbac'],
    ['abac', 'team honours only roles of mode rbac, and gets those of mode abac'],
  ])('warns of registries that do not honour the roles of mode %s', async (mode, warning) => {
    await connected({ resourceGroups: '["group"]', mode });

    expect(warnings).toEqual([`${warning}: it cannot be read until it is switched`]);
  });

  it.each(['auto', 'both'])('has nothing to warn of in mode %s', async (mode) => {
    await connected({ resourceGroups: '["group"]', mode });

    expect(warnings).toEqual([]);
  });

  it.each(['public', 'usgovernment', 'china'])('works in the cloud %s', async (environment) => {
    const { pulumi, outputs } = await connected({
      registries: JSON.stringify([TEAM]),
      environment,
      tenantId: APP,
    });
    const providers = pulumi.resources.filter(({ type }) => type.startsWith('pulumi:providers:'));
    const declared = pulumi.resources.filter(({ type }) => type.startsWith('azure'));

    expect(providers.map(({ type, inputs }) => [type, inputs['environment'], inputs['tenantId']])).toEqual([
      ['pulumi:providers:azuread', environment, APP],
      ['pulumi:providers:azure-native', environment, APP],
    ]);
    expect(declared.map(({ provider }) => provider.split('::')[2])).toEqual([
      'pulumi:providers:azuread',
      'pulumi:providers:azure-native',
    ]);
    expect(outputs.tenantId).toBe(APP);
  });

  it('fails without declaring a role when Azure does not let it look', async () => {
    const pulumi = await pulumiDouble();
    double.intercept = (_request, response) => {
      response.writeHead(403).end(JSON.stringify(refusal('AuthorizationFailed')));
      return true;
    };

    await expect(run({ registries: JSON.stringify([TEAM]) })).rejects.toThrow('403 AuthorizationFailed');
    await settled(undefined);
    expect(pulumi.assignments().size).toBe(0);
  });

  it('fails without declaring a role when the directory cannot be asked', async () => {
    const pulumi = await pulumiDouble({}, { refuses: 'Insufficient privileges to complete the operation.' });

    await expect(run({ registries: JSON.stringify([TEAM]) })).rejects.toThrow(
      /^the service principals of the tenant cannot be read: .*Insufficient privileges/,
    );
    await settled(undefined);
    expect(pulumi.assignments().size).toBe(0);
  });

  async function connected(
    config: Readonly<Record<string, string>>,
    principals: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly pulumi: PulumiDouble; readonly outputs: Outputs }> {
    const pulumi = await pulumiDouble(principals);
    const outputs = await run(config);
    await settled(undefined);
    return { pulumi, outputs };
  }

  function run(config: Readonly<Record<string, string>>): Promise<Outputs> {
    const options = optionsFromConfig({
      appId: APP,
      subscriptionId: SUBSCRIPTION,
      armEndpoint: double.url,
      ...config,
    });
    return connectTenant(options, {
      fetch,
      token: async () => TOKEN,
      sleep: async () => {},
      info: async (message) => void notes.push(message),
      warn: async (message) => void warnings.push(message),
    });
  }
});
