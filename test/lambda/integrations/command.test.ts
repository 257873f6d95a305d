import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ConnectionTester,
  type IntegrationAnswer,
  listIntegrations,
  runIntegrationCommand,
} from '../../../lambda/integrations/index.ts';
import { openStateFile, type StateStore } from '../../../lambda/store/index.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const ROLE = 'arn:aws:iam::111122223333:role/BacklineECRIntegrationRole';
const ECR = { provider: 'ecr', roleArn: ROLE, externalId: 'external-id', regions: ['eu-west-1'] };
const TENANT = 'AAAABBBB-3333-4444-8555-666677778888';
const APP = '99990000-3333-4444-8555-666677778888';
const ACR = { provider: 'acr', tenantId: TENANT, login: 'default', loginServers: ['team.azurecr.io'] };
const START = '2026-05-01T12:00:00.000Z';
const LATER = '2026-05-02T12:00:00.000Z';

const passed: ConnectionTester = async () => [{ id: 'list', outcome: 'passed', detail: 'fine' }];
const failed: ConnectionTester = async () => [
  { id: 'login', outcome: 'passed', detail: 'fine' },
  { id: 'list', on: 'eu-west-1', outcome: 'failed', detail: 'refused', remedy: 'grant it' },
];

describe('integrations/command', () => {
  const path = temporaryDirectory();
  let state: StateStore;
  let now: string;
  const run = (command: unknown, test = passed): Promise<IntegrationAnswer> =>
    runIntegrationCommand(command, { state, test, now: () => new Date(now) });
  const connect = (integration: object, more: object = {}, test = passed): Promise<IntegrationAnswer> =>
    run({ action: 'connect', integration, ...more }, test);
  beforeEach(() => {
    state = openStateFile(path(`${randomUUID()}.sqlite`), () => new Date(now));
    now = START;
  });

  it('connects an AWS account, and names it after its account', async () => {
    const answer = await connect({
      ...ECR,
      regions: ['eu-west-1', 'us-east-1', 'eu-west-1'],
      include: ['team/*'],
    });

    const integration = {
      schemaVersion: 1,
      id: 'ecr-111122223333',
      provider: 'ecr',
      accountId: '111122223333',
      roleArn: ROLE,
      externalId: 'external-id',
      regions: ['eu-west-1', 'us-east-1'],
      include: ['team/*'],
      connected: true,
      createdAt: START,
      updatedAt: START,
    };
    expect(answer).toEqual({
      integrations: [integration],
      checks: [{ id: 'list', outcome: 'passed', detail: 'fine' }],
    });
    expect(await listIntegrations(state)).toEqual([integration]);
  });

  it.each([
    ['aws-cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1'],
    ['aws-iso-b', 'us-isob-east-1'],
    ['aws-eusc', 'eusc-de-east-1'],
  ])('connects an AWS account of the partition %s', async (partition, region) => {
    const { error } = await connect({ ...ECR, roleArn: ROLE.replace('aws', partition), regions: [region] });

    expect(error).toBeUndefined();
  });

  it.each([
    ['io', 'public'],
    ['us', 'usgovernment'],
    ['cn', 'china'],
  ])(
    'connects an Azure tenant with registries in .%s, which is the cloud %s',
    async (domain, environment) => {
      const { integrations } = await connect({ ...ACR, loginServers: [`team.azurecr.${domain}`] });

      expect(integrations).toEqual([
        expect.objectContaining({ id: 'acr-aaaabbbb', provider: 'acr', environment, connected: true }),
      ]);
    },
  );

  it.each<[string, object, RegExp]>([
    [
      'a role of another account',
      { ...ECR, accountId: '999900001111' },
      /is not of the account 999900001111/,
    ],
    ['an ARN that is none', { ...ECR, roleArn: 'role' }, /roleArn: must be as in arn:aws:iam::/],
    ['an external id with spaces', { ...ECR, externalId: 'a b' }, /externalId: must be 2 to 1224/],
    ['no region', { ...ECR, regions: [] }, /regions: /],
    ['a field that is unknown', { ...ECR, secret: 'x' }, /secret/],
    ['a pattern that is none', { ...ECR, include: ['Team'] }, /include\.0: must be the name of a repository/],
    ['an id that is none', { ...ECR, id: 'My_Id' }, /id: must be at most 63/],
    ['clouds that are mixed', { ...ACR, loginServers: ['a.azurecr.io', 'a.azurecr.cn'] }, /of one cloud/],
    [
      'a host that is not of Azure',
      { ...ACR, loginServers: ['registry.example'] },
      /must be as in team\.azurecr\.io/,
    ],
    ['a federated login without application', { ...ACR, login: 'federated' }, /needs the client id/],
    ['a tenant that is none', { ...ACR, tenantId: 'tenant' }, /tenantId: must be the id of a tenant/],
    ['another cloud', { ...ACR, provider: 'gcr' }, /provider/],
  ])('rejects %s', async (_what, integration, sentence) => {
    const { error, integrations } = await connect(integration);

    expect(error).toMatchObject({ code: 'integration-invalid', retryable: false });
    expect(error?.message).toMatch(sentence);
    expect(error?.message).not.toContain('\n');
    expect(integrations).toEqual([]);
    expect(await listIntegrations(state)).toEqual([]);
  });

  it('takes ids of Azure that are no UUIDs of RFC 9562', async () => {
    const tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
    const appId = '00001111-aaaa-2222-bbbb-3333cccc4444';

    const { error, integrations } = await connect({ ...ACR, tenantId, appId });

    expect(error).toBeUndefined();
    expect(integrations).toMatchObject([{ id: 'acr-aaaabbbb', tenantId, appId }]);
  });

  it.each([[undefined], [{}], [{ action: 'delete', id: 'x' }], [{ action: 'list', more: 1 }], ['list']])(
    'rejects %j, which is no command',
    async (command) => {
      expect((await run(command)).error?.code).toBe('integration-invalid');
    },
  );

  it('rejects what is connected already, and takes it under another id', async () => {
    await connect(ECR);

    const again = await connect({ ...ECR, regions: ['us-east-1'] });
    const other = await connect({ ...ECR, id: 'second' });

    expect(again.error).toMatchObject({ code: 'integration-exists' });
    expect(other.error).toBeUndefined();
    const stored = await listIntegrations(state);
    expect(stored.map(({ id }) => id)).toEqual(['ecr-111122223333', 'second']);
    expect(stored[0]).toMatchObject({ regions: ['eu-west-1'] });
  });

  it('saves nothing when a check fails, and says which', async () => {
    const answer = await connect(ECR, {}, failed);

    expect(answer.error).toEqual({
      code: 'connection-failed',
      message: 'nothing was saved of ecr-111122223333: 1 of 2 checks failed',
      retryable: false,
    });
    expect(answer.checks).toEqual(await failed({} as never));
    expect(await listIntegrations(state)).toEqual([]);
  });

  it('saves all the same when it is forced', async () => {
    const answer = await connect(ECR, { force: true }, failed);

    expect(answer.error).toBeUndefined();
    expect(answer.checks).toHaveLength(2);
    expect(await listIntegrations(state)).toHaveLength(1);
  });

  it('tests what is stored, and changes nothing', async () => {
    await connect(ECR);
    const seen: unknown[] = [];

    const answer = await run({ action: 'test', id: 'ecr-111122223333' }, async (integration) => {
      seen.push(integration.id);
      return await failed(integration);
    });

    expect(answer).toMatchObject({ checks: await failed({} as never) });
    expect(answer.error).toBeUndefined();
    expect(seen).toEqual(['ecr-111122223333']);
  });

  it('disconnects, keeps what is known, and connects again with its history', async () => {
    await connect({ ...ECR, exclude: ['old'] });
    now = LATER;

    const disconnected = await run({ action: 'disconnect', id: 'ecr-111122223333' });
    const twice = await run({ action: 'disconnect', id: 'ecr-111122223333' });
    const again = await connect(ECR);

    expect(disconnected.integrations).toEqual([
      expect.objectContaining({ connected: false, createdAt: START, updatedAt: LATER, exclude: ['old'] }),
    ]);
    expect(twice).toEqual(disconnected);
    expect(again.integrations[0]).toMatchObject({ connected: true, createdAt: START, updatedAt: LATER });
    expect(again.integrations[0]).not.toHaveProperty('exclude');
  });

  it('rejects the id of a disconnected integration for another account', async () => {
    await connect({ ...ECR, id: 'team' });
    await run({ action: 'disconnect', id: 'team' });

    const { error } = await connect({ ...ECR, id: 'team', roleArn: ROLE.replace('1111', '9999') });

    expect(error).toMatchObject({
      code: 'integration-exists',
      message: 'team was that of account 111122223333, and has its history: give the new one another id',
    });
  });

  it('changes what is given, takes away what is null, and leaves the rest', async () => {
    await connect({ ...ECR, include: ['a'], exclude: ['b'] });
    now = LATER;

    const { integrations } = await run({
      action: 'update',
      id: 'ecr-111122223333',
      change: { regions: ['us-east-1'], include: null },
    });

    expect(integrations[0]).toMatchObject({
      regions: ['us-east-1'],
      exclude: ['b'],
      roleArn: ROLE,
      updatedAt: LATER,
    });
    expect(integrations[0]).not.toHaveProperty('include');
    expect(await listIntegrations(state)).toEqual(integrations);
  });

  it('follows the login servers to another cloud', async () => {
    await connect(ACR);

    const change = { loginServers: ['team.azurecr.cn'], appId: APP, login: 'federated' };
    const { integrations } = await run({ action: 'update', id: 'acr-aaaabbbb', change });

    expect(integrations[0]).toMatchObject({ environment: 'china', appId: APP, login: 'federated' });
  });

  it('leaves an integration as it was when a check of its change fails', async () => {
    await connect(ECR);

    const { error } = await run(
      { action: 'update', id: 'ecr-111122223333', change: { regions: ['us-east-1'] } },
      failed,
    );

    expect(error?.code).toBe('connection-failed');
    expect(await listIntegrations(state)).toEqual([expect.objectContaining({ regions: ['eu-west-1'] })]);
  });

  it.each<[string, object, RegExp]>([
    [
      'of a field of the other cloud',
      { loginServers: ['a.azurecr.io'] },
      /is of ecr: it has no loginServers/,
    ],
    ['to a role of another account', { roleArn: ROLE.replace('1111', '9999') }, /is not of the account/],
    ['of whose account it is', { accountId: '999900001111' }, /accountId/],
  ])('rejects a change %s', async (_what, change, sentence) => {
    await connect(ECR);

    const { error } = await run({ action: 'update', id: 'ecr-111122223333', change });

    expect(error?.code).toBe('integration-invalid');
    expect(error?.message).toMatch(sentence);
  });

  it('rejects a change of what is disconnected', async () => {
    await connect(ECR);
    await run({ action: 'disconnect', id: 'ecr-111122223333' });

    const { error } = await run({ action: 'update', id: 'ecr-111122223333', change: { include: ['a'] } });

    expect(error).toMatchObject({ code: 'integration-invalid' });
  });

  it.each(['show', 'test', 'disconnect', 'update'])('reports that there is none to %s', async (action) => {
    const { error } = await run({ action, id: 'none', ...(action === 'update' ? { change: {} } : {}) });

    expect(error).toMatchObject({ code: 'integration-not-found' });
  });

  it('reports a change that somebody else made meanwhile', async () => {
    await connect(ECR);

    const { error } = await run(
      { action: 'update', id: 'ecr-111122223333', change: { include: ['a'] } },
      async (integration) => {
        await run({ action: 'disconnect', id: integration.id });
        return [];
      },
    );

    expect(error).toMatchObject({ code: 'integration-changed', retryable: true });
    expect(await listIntegrations(state)).toEqual([expect.objectContaining({ connected: false })]);
  });

  it('lists and shows', async () => {
    await connect(ECR);
    await connect(ACR);

    const [all, one] = [await run({ action: 'list' }), await run({ action: 'show', id: 'acr-aaaabbbb' })];

    expect(all.integrations.map(({ id }) => id)).toEqual(['acr-aaaabbbb', 'ecr-111122223333']);
    expect(one.integrations).toEqual(all.integrations.slice(0, 1));
  });

  it('reports an integration that a newer version has stored', async () => {
    await state.put('integrations', 'new', { schemaVersion: 2 });

    const { error } = await run({ action: 'list' });

    expect(error?.code).toBe('integration-invalid');
    expect(error?.message).toMatch(
      /^the stored integration new is of a form that this version does not know: /,
    );
  });

  it('reports a store that fails, and lets defects through', async () => {
    const defect: ConnectionTester = async () => {
      throw new TypeError('a defect');
    };

    await expect(connect(ECR, {}, defect)).rejects.toThrow('a defect');
    await state.close();
    expect((await run({ action: 'list' })).error?.code).toBe('store-unavailable');
  });
});
