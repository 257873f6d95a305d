import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { type AcrIdentity, acrLoginOf } from '../../../../../lambda/registry/index.ts';
import { codeOf } from '../../../../support/code-of.ts';
import { temporaryDirectory } from '../../../../support/temporary.ts';
import { APP, names, setting, TENANT } from './setting.ts';

const identity = { login: 'federated', environment: 'public', tenantId: TENANT, appId: APP } as const;
const webIdentityToken = async () => 'statement';

describe('registry/sources/acr/identity', () => {
  const temporary = temporaryDirectory();

  it.each([
    ['public', 'https://management.azure.com'],
    ['usgovernment', 'https://management.usgovcloudapi.net'],
    ['china', 'https://management.chinacloudapi.cn'],
  ] as const)('logs in to the cloud %s', (environment, arm) => {
    const login = acrLoginOf({ ...identity, environment }, { variables: {}, webIdentityToken });

    expect(login).toMatchObject({ kind: 'entra', arm, credential: { tenantId: TENANT, clientId: APP } });
  });

  it('takes the application of the machine where none is stored', () => {
    const local: AcrIdentity = { login: 'default', environment: 'public', tenantId: TENANT };

    expect(acrLoginOf(local, { variables: { AZURE_CLIENT_ID: APP } })).toMatchObject({
      credential: { clientId: APP },
    });
  });

  it.each([
    ['a statement of AWS', { ...identity }, {}],
    ['an application', { ...identity, appId: undefined }, { webIdentityToken }],
  ])('rejects a federated login without %s', async (_, without, more) => {
    expect(await codeOf(() => acrLoginOf(without, { variables: {}, ...more }))).toBe('login-refused');
  });

  it("finds the registry's own login in Docker's configuration", async () => {
    const there = await setting({ acr: { users: [{ user: 'admin', password: 'p' }] } });
    const auth = Buffer.from('admin:p').toString('base64');
    await writeFile(temporary('config.json'), JSON.stringify({ auths: { [there.acr.host]: { auth } } }));

    const login = acrLoginOf({ ...identity, login: 'docker' }, { variables: { DOCKER_CONFIG: temporary() } });
    const found = await names(there.open({ login }), there);

    expect(found).toEqual(['app', 'team/api', 'team/web']);
  });
});
