import { describe, expect, it } from '@jest/globals';
import type { Credentials, RegistryError } from '../../../../lambda/registry/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { digestOf } from '../../../support/read-all.ts';
import { impatient, type Setting, setting } from './setting.ts';

const PASSWORD = { kind: 'password', username: 'user', password: 'hunter2' } as const;
const BASIC = { kind: 'basic', username: 'user', password: 'hunter2' } as const;
const BEARER = { kind: 'bearer', username: 'user', password: 'hunter2' } as const;

async function codeFor({ open }: Setting, credentials?: Credentials): Promise<string | undefined> {
  const source = await open(credentials === undefined ? {} : { credentials });
  return codeOf(() => source.manifest());
}

function paths({ registry }: Setting): string[] {
  return registry.requests.map(({ method, url }) => `${method} ${url.replace(/\?.*|(?<=blobs\/).*/, '')}`);
}

describe('registry/oci/login', () => {
  it('sends a password when challenged, and from then on at once', async () => {
    const there = await setting(BASIC);
    const source = await there.open({ credentials: PASSWORD });

    await source.manifest();
    await source.manifest();

    expect(there.registry.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Basic dXNlcjpodW50ZXIy',
      'Basic dXNlcjpodW50ZXIy',
    ]);
  });

  it('takes the credentials of an explicit lookup, by the name of the registry', async () => {
    const there = await setting(BASIC);
    const asked: string[] = [];
    const source = await there.open({
      credentials: async (registry) => {
        asked.push(registry);
        return PASSWORD;
      },
    });

    await source.manifest();

    expect(asked).toEqual([there.registry.host]);
  });

  it.each([
    ['a wrong password', { ...PASSWORD, password: 'wrong' }],
    ['no password', undefined],
    ['a token where a password is asked for', { kind: 'identity-token', token: 't' } as const],
  ])('fails with unauthorized for %s', async (_, credentials) => {
    const there = await setting(BASIC);

    expect(await codeFor(there, credentials)).toBe('unauthorized');
    expect(there.pauses).toEqual([]);
  });

  it('gets a token for the scope of the challenge without a password', async () => {
    const there = await setting({ kind: 'bearer' });
    const source = await there.open();

    const { digest } = await source.manifest();

    expect(digest).toBe(there.image.descriptor.digest);
    expect(there.registry.requests[1]?.url).toBe('/token?service=double&scope=repository%3Aapp%3Apull');
    expect(there.registry.requests[1]?.headers.authorization).toBeUndefined();
  });

  it('asks for the scope it needs when the challenge names none', async () => {
    const there = await setting({ kind: 'bearer', noScope: true });

    await (await there.open()).manifest();

    expect(there.registry.requests[1]?.url).toContain('scope=repository%3Aapp%3Apull');
  });

  it.each(['token', 'access_token'] as const)(
    'gets a token in the field %s for a password',
    async (field) => {
      const there = await setting({ ...BEARER, field });
      const source = await there.open({ credentials: PASSWORD });

      await source.manifest();

      expect(there.registry.requests[1]?.headers.authorization).toBe('Basic dXNlcjpodW50ZXIy');
    },
  );

  it('exchanges an identity token by POST', async () => {
    const there = await setting({ ...BEARER, field: 'access_token', identityToken: 'identity' });
    const source = await there.open({ credentials: { kind: 'identity-token', token: 'identity' } });

    await source.manifest();

    expect(paths(there)).toEqual(['GET /v2/app/manifests/1', 'POST /token', 'GET /v2/app/manifests/1']);
    expect(there.registry.requests[1]?.headers.authorization).toBeUndefined();
  });

  it('sends a registry token as it is', async () => {
    const there = await setting({ kind: 'bearer' });

    expect(await codeFor(there, { kind: 'registry-token', token: 'abc' })).toBe('unauthorized');
    expect(there.registry.requests.at(-1)?.headers.authorization).toBe('Bearer abc');
  });

  it('rejects a registry token that cannot be sent, without repeating it', async () => {
    const there = await setting({ kind: 'bearer' });
    const source = await there.open({ credentials: { kind: 'registry-token', token: 'hunter2\n' } });

    await expect(source.manifest()).rejects.toThrow(/^the token for [0-9.:]+ has characters no token has$/);
  });

  it.each([
    ['a wrong password', { ...PASSWORD, password: 'wrong' }],
    ['no password', undefined],
    ['a wrong identity token', { kind: 'identity-token', token: 'wrong' } as const],
  ])('fails with unauthorized when no token is given for %s', async (_, credentials) => {
    const there = await setting({ ...BEARER, identityToken: 'identity' });

    expect(await codeFor(there, credentials)).toBe('unauthorized');
  });

  it('keeps a token for its life, and gets the next before it ends', async () => {
    let now = 0;
    const there = await setting({ ...BEARER, lifeSeconds: 300 }, { now: () => now });
    const source = await there.open({ credentials: PASSWORD });
    const tokens = () => paths(there).filter((path) => path === 'GET /token').length;

    await source.manifest();
    now = 289_000;
    await source.manifest();
    expect(tokens()).toBe(1);
    now = 291_000;
    await source.manifest();

    expect(tokens()).toBe(2);
    expect(there.registry.requests.map(({ status }) => status)).toEqual([401, 200, 200, 200, 200, 200]);
  });

  it('gets another token when one is refused before its end, also in the middle of a blob', async () => {
    const there = await setting({ ...BEARER, lifeSeconds: 3600 });
    const source = await there.open({ credentials: PASSWORD });
    await source.manifest();
    there.registry.fail({ kind: 'cut', after: 1000, times: 1 });
    const blob = await source.blob(there.layer.descriptor);
    there.registry.expireTokens();

    expect(await digestOf(blob)).toBe(there.layer.descriptor.digest);
    expect(there.registry.requests.slice(-4).map(({ status }) => status)).toEqual([200, 401, 200, 206]);
  });

  it('fails when tokens are refused as soon as they are given', async () => {
    const there = await setting({ ...BEARER, usesPerToken: 0 });

    expect(await codeFor(there, PASSWORD)).toBe('unauthorized');
    expect(there.registry.requests.map(({ status }) => status)).toEqual([401, 200, 401]);
  });

  it('shares one new token among requests that are refused together', async () => {
    const there = await setting(BEARER);
    const source = await there.open({ credentials: PASSWORD });
    await source.manifest();
    there.registry.expireTokens();

    await Promise.all(Array.from({ length: 8 }, () => source.manifest()));

    expect(paths(there).filter((path) => path === 'GET /token')).toHaveLength(2);
  });

  it('comes back after a storm at the token server', async () => {
    const there = await setting(BEARER);
    there.registry.fail({ kind: 'status', on: 'token', status: 503, times: 2 });
    const source = await there.open({ credentials: PASSWORD });

    expect((await source.manifest()).digest).toBe(there.image.descriptor.digest);
    expect(there.pauses).toEqual([500, 1000]);
  });

  it.each([
    ['not JSON', 'hello'],
    ['no token', '{}'],
    ['a token no header can carry', JSON.stringify({ token: 'a\nb' })],
    ['a token that is no text', '{"token":7}'],
    ['too much', JSON.stringify({ token: 'x'.repeat(300_000) })],
  ])('fails with registry-error when the token server answers %s', async (_, body) => {
    const there = await setting(BEARER);
    there.registry.fail({ kind: 'status', on: 'token', status: 200, body });

    expect(await codeFor(there, PASSWORD)).toBe('registry-error');
  });

  it.each([
    ['Negotiate abc==, NTLM', 'asks for a login by negotiate, ntlm; Basic and Bearer are known'],
    ['Bearer', 'asks for a login by bearer;'],
    ['', 'asks for a login without saying how'],
    ['"', 'asks for a login without saying how'],
  ])('fails with unauthorized for the challenge %j, and says why', async (header, sentence) => {
    const there = await setting({ kind: 'other', header });
    const source = await there.open({ credentials: PASSWORD });

    await expect(source.manifest()).rejects.toThrow(sentence);
    expect(await codeOf(() => source.manifest())).toBe('unauthorized');
  });

  it.each([
    ['plain HTTP', 'http://auth.example/token', 'insecure-refused'],
    ['a metadata service', 'https://169.254.169.254/', 'redirect-refused'],
    ['no address', 'https://', 'registry-error'],
  ])('sends no password to a token server at %s', async (_, realm, code) => {
    const { open } = await setting();
    const asked: string[] = [];
    const fetch = async (input: string | URL | Request): Promise<Response> => {
      asked.push(new URL(input instanceof Request ? input.url : input).host);
      return new Response('', { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}"` } });
    };
    const options = {
      insecure: false,
      credentials: PASSWORD,
      http: impatient({ fetch, resolve: async () => [] }).http,
    };
    const source = await open(options, 'registry.example/app');

    expect(await codeOf(() => source.manifest())).toBe(code);
    expect(asked).toEqual(['registry.example']);
  });

  it('takes secrets out of what a registry repeats', async () => {
    const there = await setting({ ...BEARER, usesPerToken: 0 });
    const source = await there.open({ credentials: PASSWORD });

    const failure: RegistryError = await source.manifest().then(
      () => Promise.reject(new Error('expected an error')),
      (error: RegistryError) => error,
    );

    expect(failure.message).toContain('not Bearer (secret)');
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });
});
