import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../support/code-of.ts';
import { digestOf } from '../../../support/read-all.ts';
import { impatient, type Setting, setting } from './setting.ts';

const BASIC = { kind: 'basic', username: 'user', password: 'hunter2' } as const;
const LOGIN = { credentials: { ...BASIC, kind: 'password' } } as const;

/** The digest of what arrives: comparing buffers is slow in jest. */
async function blobOf({ open, layer }: Setting): Promise<string> {
  return digestOf(await (await open(LOGIN)).blob(layer.descriptor));
}

/** A registry elsewhere whose blobs are redirected to a place; every other place answers 200. */
function redirecting(to: string, addresses: Record<string, string[]> = {}) {
  const asked: { url: string; authorization: string | null }[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push({ url: url.href, authorization: new Headers(init?.headers).get('authorization') });
    if (url.host === 'registry.example')
      return new Response('moved', { status: 307, headers: { location: to } });
    return new Response('x'.repeat(10));
  };
  const resolve = async (host: string): Promise<string[]> => addresses[host] ?? ['93.184.215.14'];
  return { asked, http: impatient({ fetch, resolve }).http };
}

const BLOB = { mediaType: '', digest: `sha256:${'0'.repeat(64)}`, size: 10 };

describe('registry/oci/redirects', () => {
  it('drops the login when a blob is at another origin', async () => {
    const there = await setting(BASIC);
    there.registry.fail({ kind: 'redirect' });

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    expect(there.registry.requests.at(-1)?.headers.authorization).toMatch(/^Basic /);
    expect(there.registry.storageRequests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('resumes through the registry, as the address of a blob is good for a while only', async () => {
    const there = await setting(BASIC);
    there.registry.fail({ kind: 'redirect' });
    there.registry.fail({ kind: 'cut', after: 4096, times: 1 });

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    expect(there.registry.storageRequests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=4096-',
    ]);
    expect(there.registry.requests.slice(-2).map(({ status }) => status)).toEqual([307, 307]);
  });

  it('keeps the login within an origin', async () => {
    const there = await setting(BASIC);
    there.registry.fail({ kind: 'redirect', to: '/v2/app/blobs/{digest}?again', times: 1, status: 302 });

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    expect(there.registry.requests.at(-1)?.headers.authorization).toMatch(/^Basic /);
  });

  it.each([5, 6])('follows up to five of %d redirects', async (times) => {
    const there = await setting();
    there.registry.fail({ kind: 'redirect', to: '/v2/app/blobs/{digest}', times });

    if (times === 5) expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    else expect(await codeOf(() => blobOf(there))).toBe('redirect-refused');
  });

  it.each([
    ['plain HTTP', 'http://storage.example/x', 'insecure-refused'],
    ['another protocol', 'file:///etc/passwd', 'redirect-refused'],
    ['no address', 'https://', 'redirect-refused'],
    ['a metadata service', 'https://169.254.169.254/latest/meta-data/', 'redirect-refused'],
    ['one written as a number', 'https://2852039166/', 'redirect-refused'],
    ['one written as IPv6', 'https://[::ffff:169.254.169.254]/', 'redirect-refused'],
    ['one over IPv6', 'https://[fd00:ec2::254]/', 'redirect-refused'],
    ['this machine', 'https://127.0.0.1:9001/', 'redirect-refused'],
    ['this machine by name', 'https://localhost/', 'redirect-refused'],
    ['this machine over IPv6', 'https://[::1]/', 'redirect-refused'],
    ['any address', 'https://0.0.0.0/', 'redirect-refused'],
    ['a link-local address', 'https://[fe80::1]/', 'redirect-refused'],
    ['a private address', 'https://10.1.2.3/', 'redirect-refused'],
    ['a name of a metadata service', 'https://metadata.example/', 'redirect-refused'],
  ])('rejects a redirect to %s', async (_, to, code) => {
    const { http, asked } = redirecting(to, { 'metadata.example': ['93.184.215.14', '169.254.169.254'] });
    const { open } = await setting();
    const source = await open({ insecure: false, http }, 'registry.example/app');

    expect(await codeOf(() => source.blob(BLOB))).toBe(code);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['a public place', 'registry.example', 'https://storage.example/x'],
    ['a place whose name cannot be resolved here', 'registry.example', 'https://proxied.example/x'],
  ])('follows a redirect to %s', async (_, host, to) => {
    const { http, asked } = redirecting(to);
    const resolve = () => Promise.reject(new Error('ENOTFOUND'));
    const { open } = await setting();
    const source = await open({ insecure: false, http: { ...http, resolve } }, `${host}/app`);

    (await source.blob(BLOB)).destroy();

    expect(asked.map(({ url }) => url)).toEqual([`https://${host}/v2/app/blobs/${BLOB.digest}`, to]);
  });

  it('answers no challenge of the place it is sent to', async () => {
    const asked: string[] = [];
    const fetch = async (input: string | URL | Request): Promise<Response> => {
      const url = new URL(input instanceof Request ? input.url : input);
      asked.push(url.host);
      if (url.host === 'registry.example') {
        return new Response('', { status: 307, headers: { location: 'https://storage.example/x' } });
      }
      return new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="give me"' } });
    };
    const { open } = await setting();
    const http = impatient({ fetch, resolve: async () => [] }).http;
    const source = await open({ ...LOGIN, insecure: false, http }, 'registry.example/app');

    expect(await codeOf(() => source.blob(BLOB))).toBe('unauthorized');
    expect(asked).toEqual(['registry.example', 'storage.example']);
  });

  it('names no query of an address it refuses', async () => {
    const { http } = redirecting('http://storage.example/x?signature=hunter2');
    const { open } = await setting();
    const source = await open({ insecure: false, http }, 'registry.example/app');

    await expect(source.blob(BLOB)).rejects.toThrow(/at storage.example$/);
  });
});
