import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../../support/code-of.ts';
import { digestOf } from '../../../../support/read-all.ts';
import { APP, all, names, type Setting, setting } from './setting.ts';

/** What was asked of the registry, without queries. */
function paths({ acr }: Setting): string[] {
  return acr.requests.map(({ method, url, status }) => `${method} ${url.replace(/\?.*/, '')} ${status}`);
}

describe('registry/sources/acr', () => {
  it('lists repositories and tagged images page by page', async () => {
    const there = await setting({ acr: { pageEntries: 1 } });
    const registry = there.open();
    const host = there.acr.host;

    const repositories = await all(registry.repositories(() => {}));
    const images = await all(registry.images({ host, name: 'app' }, () => {}));

    expect(repositories).toEqual(['app', 'team/api', 'team/web'].map((name) => ({ host, name })));
    expect(images).toEqual([
      {
        digest: there.image.descriptor.digest,
        tags: ['1', 'latest'],
        pushedAt: '2026-03-01T10:00:00.5Z',
      },
    ]);
    expect(there.gaps).toEqual([]);
  });

  it('logs in once, and asks for the smallest scope of each request', async () => {
    const there = await setting();
    const registry = there.open();

    await names(registry, there);
    await all(registry.images({ host: there.acr.host, name: 'team/api' }, () => {}));

    expect(paths(there)).toEqual([
      'GET /acr/v1/_catalog 401',
      'POST /oauth2/exchange 200',
      'POST /oauth2/token 200',
      'GET /acr/v1/_catalog 200',
      'GET /acr/v1/team/api/_tags 401',
      'POST /oauth2/token 200',
      'GET /acr/v1/team/api/_tags 200',
    ]);
  });

  it('asks for the scope it needs when a challenge names none', async () => {
    const there = await setting({ acr: { noScope: true } });
    const registry = there.open();

    expect(await names(registry, there)).toHaveLength(3);
    expect(await all(registry.images({ host: there.acr.host, name: 'app' }, () => {}))).toHaveLength(1);
  });

  it('reads an image by its digest, and layers from storage without its login', async () => {
    const there = await setting();
    const registry = there.open();
    const [descriptor] = there.image.layers.map((one) => one.descriptor);
    if (descriptor === undefined) throw new Error('no layer');

    const source = await registry.open(
      { host: there.acr.host, name: 'team/web' },
      there.image.descriptor.digest,
    );
    const manifest = await source.manifest();
    const digest = await digestOf(await source.blob(descriptor));

    expect(manifest.digest).toBe(there.image.descriptor.digest);
    expect(digest).toBe(descriptor.digest);
    expect(there.acr.storageRequests.map(({ authorization, status }) => [authorization, status])).toEqual([
      [undefined, 200],
    ]);
  });

  it('waits as the registry asks wherever it limits the rate', async () => {
    const there = await setting();
    const registry = there.open();
    for (const [index, path] of [
      '/acr/v1/_catalog',
      '/oauth2/exchange',
      '/oauth2/token',
      '/acr/v1/app',
      '/v2/app/manifests',
    ].entries())
      there.acr.throttle(path, 1, String(index + 3));

    await names(registry, there);
    await all(registry.images({ host: there.acr.host, name: 'app' }, () => {}));
    const source = await registry.open({ host: there.acr.host, name: 'app' }, there.image.descriptor.digest);
    await source.manifest();

    expect(there.pauses).toEqual([3000, 4000, 5000, 6000, 7000]);
  });

  it('fails with rate-limited when the registry never stops limiting', async () => {
    const there = await setting();
    there.acr.throttle('/acr/v1/_catalog', 100, '1');

    expect(await codeOf(() => names(there.open(), there))).toBe('rate-limited');
    expect(there.pauses).toEqual([1000, 1000, 1000, 1000]);
  });

  it('gets another access token when one is refused before its end', async () => {
    const there = await setting();
    const registry = there.open();
    const source = await registry.open({ host: there.acr.host, name: 'app' }, there.image.descriptor.digest);
    await source.manifest();
    there.acr.expireTokens();

    await source.manifest();

    expect(paths(there).slice(-3)).toEqual([
      expect.stringMatching(/manifests\/sha256:[0-9a-f]+ 401$/),
      'POST /oauth2/token 200',
      expect.stringMatching(/manifests\/sha256:[0-9a-f]+ 200$/),
    ]);
  });

  it('lists what the filters leave, and reports what they name in vain', async () => {
    const there = await setting();

    const found = await names(there.open({ include: ['team/*', 'gone'], exclude: ['*/web'] }), there);

    expect(found).toEqual(['team/api']);
    expect(there.gaps).toEqual([
      {
        subject: 'repository',
        name: 'gone',
        reason: 'image-not-found',
        detail: 'no registry of the integration has the repository gone',
      },
    ]);
  });

  it('takes named repositories for given without the right to list, and reports the patterns', async () => {
    const there = await setting({
      acr: { mode: 'abac', assignments: [{ appId: APP, role: 'Repository Reader', prefix: 'team/' }] },
    });

    expect(await names(there.open({ include: ['team/api'] }), there)).toEqual(['team/api']);
    expect(there.gaps).toEqual([]);
    expect(await names(there.open({ include: ['team/api', 'team/w*'] }), there)).toEqual(['team/api']);
    expect(there.gaps.map(({ subject, name, reason }) => [subject, name, reason])).toEqual([
      ['registry', there.acr.host, 'catalog-forbidden'],
    ]);
  });

  it('goes on with the other login servers when one fails, and fails when all do', async () => {
    const [there, closed] = [await setting(), await setting({ acr: { closed: true } })];
    const both = there.open({ loginServers: [closed.acr.host, there.acr.host] });

    expect(await names(both, there)).toEqual(['app', 'team/api', 'team/web']);
    expect(there.gaps.map(({ name, reason }) => [name, reason])).toEqual([
      [closed.acr.host, 'network-forbidden'],
    ]);
    expect(await codeOf(() => names(closed.open({ loginServers: [closed.acr.host] }), closed))).toBe(
      'network-forbidden',
    );
  });

  it.each([
    ['the admin user', 'admin', ['app', 'team/api', 'team/web']],
    ['a repository-scoped token, for those that are named', 'scoped', ['app']],
  ])('works with %s from docker login', async (_, user, expected) => {
    const there = await setting({
      acr: {
        users: [
          { user: 'admin', password: 'p' },
          { user: 'scoped', password: 'p', repositories: ['app'] },
        ],
      },
    });
    const credentials = async () => ({ kind: 'password', username: user, password: 'p' }) as const;
    const filter = user === 'scoped' ? { include: ['app'] } : {};
    const registry = there.open({ login: { kind: 'docker', credentials }, ...filter });

    expect(await names(registry, there)).toEqual(expected);
    const source = await registry.open({ host: there.acr.host, name: 'app' }, there.image.descriptor.digest);
    expect((await source.manifest()).digest).toBe(there.image.descriptor.digest);
    expect(await all(registry.images({ host: there.acr.host, name: 'app' }, () => {}))).toHaveLength(1);
    expect(there.entra.asked).toEqual([]);
  });

  it('rejects repositories of other hosts, which would get its login', async () => {
    const there = await setting();
    const elsewhere = { host: 'attacker.example', name: 'app' };

    expect(await codeOf(() => there.open().open(elsewhere, there.image.descriptor.digest))).toBe('forbidden');
    expect(await codeOf(() => all(there.open().images(elsewhere, () => {})))).toBe('forbidden');
  });

  it('reports a repository that is gone', async () => {
    const there = await setting();

    await expect(
      all(there.open().images({ host: there.acr.host, name: 'gone' }, () => {})),
    ).rejects.toMatchObject({
      code: 'image-not-found',
      message: `${there.acr.host} does not have the tags of gone (repository name not known to registry)`,
    });
  });
});
