import { describe, expect, it } from '@jest/globals';
import { type ConnectionCheck, testAcrConnection } from '../../../../../lambda/registry/index.ts';
import type { RepositoryFilter } from '../../../../../lambda/registry/repository-filter.ts';
import { push } from '../../../../support/image-builder.ts';
import { APP, names, REGISTRIES, type Setting, type SettingOptions, setting, TENANT } from './setting.ts';

const ABAC = { mode: 'abac' } as const;

async function outcomes(there: Setting, filter: RepositoryFilter = {}): Promise<string[]> {
  return (await testAcrConnection(there.options(filter))).map(({ id, outcome }) => `${id} ${outcome}`);
}

function withRemedy({ outcome, remedy }: ConnectionCheck): boolean {
  return outcome === 'passed' ? remedy === undefined : remedy !== undefined && remedy !== '';
}

describe('registry/sources/acr/connection', () => {
  it('passes every step at each login server, and says what was found', async () => {
    const there = await setting({ arm: { roleAssignmentMode: 'LegacyRegistryPermissions' } });

    const checks = await testAcrConnection(there.options());

    expect(checks.map(({ on, ...check }) => [on === there.acr.host, check])).toEqual(
      [
        { id: 'token', outcome: 'passed', detail: `Entra gives a token for ${REGISTRIES}` },
        { id: 'exchange', outcome: 'passed', detail: `${there.acr.host} takes the login` },
        { id: 'settings', outcome: 'passed', detail: 'permissions are those of the registry' },
        { id: 'catalogue', outcome: 'passed', detail: 'repositories that are meant can be listed: 3' },
        { id: 'tags', outcome: 'passed', detail: 'the tags of app can be listed' },
        { id: 'manifest', outcome: 'passed', detail: 'images of app can be read' },
      ].map((check) => [true, check]),
    );
  });

  it.each<[string, SettingOptions, readonly string[]]>([
    [
      'no service principal',
      { principals: [] },
      [
        'token failed',
        'exchange skipped',
        'settings skipped',
        'catalogue skipped',
        'tags skipped',
        'manifest skipped',
      ],
    ],
    [
      'AcrPull in an ABAC registry',
      { acr: ABAC, arm: { roleAssignmentMode: 'AbacRepositoryPermissions' } },
      [
        'token passed',
        'exchange failed',
        'settings passed',
        'catalogue skipped',
        'tags skipped',
        'manifest skipped',
      ],
    ],
    [
      'AcrPull in an ABAC registry that logs it in all the same',
      { acr: { ...ABAC, lenientExchange: true } },
      [
        'token passed',
        'exchange passed',
        'settings skipped',
        'catalogue failed',
        'tags skipped',
        'manifest skipped',
      ],
    ],
    [
      'network rules',
      { acr: { closed: true } },
      [
        'token passed',
        'exchange failed',
        'settings skipped',
        'catalogue skipped',
        'tags skipped',
        'manifest skipped',
      ],
    ],
    [
      'a disabled ARM audience',
      { resources: [], takes: 'registries' },
      [
        'token warning',
        'exchange failed',
        'settings skipped',
        'catalogue skipped',
        'tags skipped',
        'manifest skipped',
      ],
    ],
    [
      'a disabled ARM audience where the tenant knows that of registries',
      { takes: 'registries', arm: { armAudience: 'disabled' } },
      [
        'token passed',
        'exchange passed',
        'settings passed',
        'catalogue passed',
        'tags passed',
        'manifest passed',
      ],
    ],
  ])('reports each step for %s, and what to do', async (_, options, expected) => {
    const there = await setting(options);

    const checks = await testAcrConnection(there.options());

    expect(checks.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(expected);
    expect(checks.every(withRemedy)).toBe(true);
  });

  it('reads the repositories that are named where listing is not allowed', async () => {
    const there = await setting({
      acr: { ...ABAC, assignments: [{ appId: APP, role: 'Repository Reader' }] },
    });

    expect(await outcomes(there)).toContain('catalogue failed');
    expect(await outcomes(there, { include: ['team/api'] })).toEqual([
      'token passed',
      'exchange passed',
      'settings skipped',
      'catalogue warning',
      'tags passed',
      'manifest passed',
    ]);
  });

  it('looks for an image among those that are meant', async () => {
    const there = await setting();

    const checks = await testAcrConnection(there.options({ include: ['*/web'] }));

    expect(checks.at(-1)?.detail).toBe('images of team/web can be read');
  });

  describe('where a condition opens some repositories, and the list shows all', () => {
    const reader = (prefix: string): SettingOptions => ({
      acr: {
        ...ABAC,
        assignments: [
          { appId: APP, role: 'Repository Reader', prefix },
          { appId: APP, role: 'Catalog Lister' },
        ],
      },
    });

    it('goes past those that may not be read, with a warning', async () => {
      const there = await setting(reader('team/w'));

      const checks = await testAcrConnection(there.options());

      expect(checks.map(({ id, outcome }) => `${id} ${outcome}`).slice(3)).toEqual([
        'catalogue passed',
        'tags warning',
        'manifest passed',
      ]);
      expect(checks[4]?.detail).toMatch(
        /^the tags of team\/web can be listed; 2 of 3 repositories that were looked into cannot be read: .* does not let it read app: /,
      );
      expect(checks[4]?.remedy).toMatch(
        /^assign .*; or include those alone that are meant, or exclude the others$/,
      );
    });

    it.each([
      ['includes', { include: ['team/w*'] }],
      ['does not exclude', { exclude: ['app', '*/api'] }],
    ])('passes when all may be read that the integration %s', async (_, filter) => {
      const there = await setting(reader('team/w'));

      expect((await outcomes(there, filter)).slice(3)).toEqual([
        'catalogue passed',
        'tags passed',
        'manifest passed',
      ]);
    });

    it('fails when none may be read that the integration wants', async () => {
      const there = await setting(reader('team/w'));

      const checks = await testAcrConnection(there.options({ exclude: ['team/web'] }));

      expect(checks.map(({ id, outcome }) => `${id} ${outcome}`).slice(3)).toEqual([
        'catalogue passed',
        'tags failed',
        'manifest skipped',
      ]);
      expect(checks[4]?.detail).toMatch(/^2 of 2 repositories .* cannot be read: .*\(ABAC\)/);
      expect(checks[4]?.remedy).toMatch(/^assign "Container Registry Repository Reader"/);
    });

    it('gives up after fifty', async () => {
      const there = await setting(reader('zoo/'));
      const named = (name: string) => push(there.acr, name, '1', there.image);
      for (let index = 0; index < 60; index++) named(`crowd/${index}`);
      named('zoo/last');

      expect(await outcomes(there)).toContain('tags failed');
      const tried = new Set(there.acr.requests.map(({ url }) => url).filter((url) => url.includes('/_tags')));
      expect(tried.size).toBe(50);
    });
  });

  it('goes past a repository that is named and not there', async () => {
    const there = await setting({
      acr: { ...ABAC, assignments: [{ appId: APP, role: 'Repository Reader' }] },
    });

    const checks = await testAcrConnection(there.options({ include: ['gone', 'team/api'] }));

    expect(checks.slice(4).map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'tags warning',
      'manifest passed',
    ]);
    expect(checks.every(withRemedy)).toBe(true);
  });

  it('goes on with the next login server', async () => {
    const [there, closed] = [await setting(), await setting({ acr: { closed: true } })];

    const checks = await testAcrConnection({
      ...there.options(),
      loginServers: [closed.acr.host, there.acr.host],
    });

    expect(checks.filter(({ outcome }) => outcome === 'failed').map(({ on }) => on)).toEqual([
      closed.acr.host,
    ]);
    expect(checks.filter(({ on, outcome }) => on === there.acr.host && outcome === 'passed')).toHaveLength(5);
  });

  it.each([
    ['p', 'exchange passed'],
    ['wrong', 'exchange failed'],
  ])("tries the registry's own login with the password %s", async (password, expected) => {
    const there = await setting({ acr: { users: [{ user: 'admin', password: 'p' }] } });
    const credentials = async () => ({ kind: 'password', username: 'admin', password }) as const;

    const checks = await testAcrConnection(there.options({ login: { kind: 'docker', credentials } }));

    expect(checks.map(({ id, outcome }) => `${id} ${outcome}`)).toContain(expected);
    expect(checks.every(withRemedy)).toBe(true);
  });

  it('reports a registry that nobody answers for', async () => {
    const there = await setting();
    await there.acr.close();

    const [, exchange] = await testAcrConnection(there.options());

    expect(exchange).toMatchObject({
      id: 'exchange',
      outcome: 'failed',
      remedy: 'check the name of the login server, network and proxy',
    });
  });

  it('does not go by a token that was kept', async () => {
    const there = await setting();
    const options = there.options();
    await names(there.open(options), there);
    there.acr.throttle('/oauth2/exchange', 100, '0');

    const checks = await testAcrConnection(options);

    expect(checks.map(({ id, outcome }) => `${id} ${outcome}`)).toContain('exchange failed');
  });

  it('says why the settings were not read', async () => {
    const there = await setting({
      arm: { roleAssignmentMode: 'AbacRepositoryPermissions', armAudience: 'disabled' },
    });
    const { login, ...options } = there.options();
    if (login.kind !== 'entra') throw new Error('not the login of the setting');
    const readIn = async (arm: string) =>
      (await testAcrConnection({ ...options, login: { ...login, arm } })).find(({ id }) => id === 'settings')
        ?.detail;

    expect(await readIn(there.arm)).toBe(
      'permissions are those of repositories (ABAC); the ARM audience is disabled',
    );
    expect(await readIn('https://unknown.test')).toBe(
      `the settings of the registry were not read: tenant ${TENANT} gives no tokens for https://unknown.test ` +
        `(AADSTS500011: The resource principal named https://unknown.test was not found in the tenant named ${TENANT})`,
    );
  });

  it('skips what an empty registry cannot show', async () => {
    const there = await setting();

    const checks = await testAcrConnection(there.options({ include: ['none-*'] }));

    expect(checks.slice(-2).map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped']);
  });
});
