import { afterEach, describe, expect, it } from '@jest/globals';
import { acrRegistry } from '../../../../../lambda/registry/index.ts';
import type { Gap } from '../../../../../lambda/shared/coverage.ts';
import { type Listening, listen } from '../../../../../scripts/demo/registry.ts';
import { codeOf } from '../../../../support/code-of.ts';
import { impatient } from '../../oci/setting.ts';
import { all } from './setting.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const running: Listening[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

type Page = { readonly body: string; readonly link?: string };

/** A registry that asks nobody for a login and answers page after page, whatever is asked. */
async function hostile(...pages: readonly Page[]) {
  const asked: string[] = [];
  const server = await listen((request, response) => {
    const { body = '{}', link } = pages[Math.min(asked.length, pages.length - 1)] ?? {};
    asked.push(request.url ?? '');
    if (link !== undefined) response.setHeader('link', link.replaceAll('HOST', server.host));
    response.end(body);
  });
  running.push(server);
  const login = { kind: 'docker', credentials: async () => undefined } as const;
  const registry = acrRegistry({
    loginServers: [server.host],
    login,
    insecure: true,
    http: impatient().http,
  });
  const gaps: Gap[] = [];
  return {
    asked,
    gaps,
    names: async () =>
      (await all(registry.repositories((gap) => void gaps.push(gap)))).map(({ name }) => name),
    images: () => all(registry.images({ host: server.host, name: 'team/app' }, () => {})),
  };
}

function page(...repositories: readonly string[]): string {
  return JSON.stringify({ repositories });
}

describe('registry/sources/acr/listing', () => {
  it.each([
    ['a path', '</acr/v1/_catalog?last=a&n=1&orderby=>; rel="next"', '/acr/v1/_catalog?last=a&n=1&orderby='],
    ['an address', '<http://HOST/acr/v1/_catalog?last=a>; rel=next', '/acr/v1/_catalog?last=a'],
    [
      'another link before it',
      '<https://x/>; rel="prev", </acr/v1/_catalog?last=a>; rel="next"',
      '/acr/v1/_catalog?last=a',
    ],
  ])('goes on where the registry says so by %s', async (_, link, expected) => {
    const there = await hostile({ body: page('a'), link }, { body: page('b') });

    expect(await there.names()).toEqual(['a', 'b']);
    expect(there.asked).toEqual(['/acr/v1/_catalog?n=100', expected]);
  });

  it('reads a next page of a repository whose name is encoded', async () => {
    const tags = (name: string) => JSON.stringify({ tags: [{ name, digest: DIGEST }] });
    const link = '</acr/v1/team%2Fapp/_tags?last=1>; rel="next"';
    const there = await hostile({ body: tags('2'), link }, { body: tags('1') });

    expect(await there.images()).toEqual([{ digest: DIGEST, tags: ['1', '2'] }]);
  });

  it.each([
    ['another host', '<https://attacker.example/acr/v1/_catalog?last=a>; rel="next"'],
    ['another list', '</acr/v1/secret/_tags?last=a>; rel="next"'],
    ['itself', '</acr/v1/_catalog?n=100>; rel="next"'],
    ['no address', '<https://>; rel="next"'],
  ])('fails with registry-error when a list continues at %s', async (_, link) => {
    const there = await hostile({ body: page('a'), link });

    expect(await codeOf(there.names)).toBe('registry-error');
    expect(there.asked).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'hello'],
    ['another document', '{"tags":[]}'],
    ['numbers', '{"repositories":[1]}'],
    ['more than a page can be', page('a'.repeat(5_000_000))],
  ])('fails with registry-error for %s', async (_, body) => {
    expect(await codeOf((await hostile({ body })).names)).toBe('registry-error');
  });

  it.each([
    ['no digest', '{"tags":[{"name":"1"}]}'],
    ['a digest that is none', '{"tags":[{"name":"1","digest":"sha256:../../x"}]}'],
  ])('fails with registry-error for tags with %s', async (_, body) => {
    expect(await codeOf((await hostile({ body })).images)).toBe('registry-error');
  });

  it.each(['{"tags":null}', '{"tags":[]}', '{}'])('takes %s for no tags', async (body) => {
    expect(await (await hostile({ body })).images()).toEqual([]);
  });

  it('takes null for no repositories', async () => {
    expect(await (await hostile({ body: '{"repositories":null}' })).names()).toEqual([]);
  });

  it('reports names that no repository can have, and lists the others', async () => {
    const there = await hostile({ body: page('../../oauth2/token?', 'app', 'UPPER', '\u001b[31m', 'app:1') });

    expect(await there.names()).toEqual(['app']);
    expect(there.gaps.map(({ subject, name, reason }) => `${subject} ${name} ${reason}`)).toEqual([
      'repository ../../oauth2/token? reference-invalid',
      'repository UPPER reference-invalid',
      'repository \\u001b[31m reference-invalid',
      'repository app:1 reference-invalid',
    ]);
  });
});
