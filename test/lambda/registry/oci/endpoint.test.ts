import { describe, expect, it } from '@jest/globals';
import { endpoint } from '../../../../lambda/registry/oci/endpoint.ts';
import { isForbiddenTarget, isLoopback } from '../../../../lambda/registry/oci/hosts.ts';
import { httpOf } from '../../../../lambda/registry/oci/http.ts';
import { codeOf } from '../../../support/code-of.ts';
import { setting } from './setting.ts';

/** Answers at one protocol only. */
function speaking(protocol: 'http:' | 'https:', code = 'ERR_SSL_WRONG_VERSION_NUMBER') {
  const asked: string[] = [];
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push(url.href);
    if (url.protocol === protocol) return new Response('{}');
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
  };
  return { asked, http: httpOf({ fetch }) };
}

describe('registry/oci/endpoint', () => {
  it('scans a plain registry of this machine without being told', async () => {
    const { open, image, registry } = await setting();

    const source = await open({ insecure: false });

    expect((await source.manifest()).digest).toBe(image.descriptor.digest);
    expect(registry.requests).toHaveLength(1);
  });

  it.each(['localhost:5000', '127.0.0.1:5000', '127.1.2.3', '[::1]:5000', 'registry.localhost'])(
    'tries HTTPS, then plain HTTP, once, at %s',
    async (host) => {
      const { asked, http } = speaking('http:');
      const base = endpoint(host, false, http);

      expect((await base()).href).toBe(`http://${host}/`);
      await base();
      expect(asked).toEqual([`https://${host}/v2/`]);
    },
  );

  it('keeps to HTTPS on this machine when it is spoken there', async () => {
    expect((await endpoint('localhost:5000', false, speaking('https:').http)()).protocol).toBe('https:');
  });

  it('keeps to HTTPS on this machine when a certificate is refused', async () => {
    const { http } = speaking('http:', 'DEPTH_ZERO_SELF_SIGNED_CERT');

    expect((await endpoint('localhost:5000', false, http)()).protocol).toBe('https:');
  });

  it('speaks plain HTTP at once when told to', async () => {
    const { asked, http } = speaking('http:');

    expect((await endpoint('localhost:5000', true, http)()).protocol).toBe('http:');
    expect(asked).toEqual([]);
  });

  it.each(['ghcr.io', '10.0.0.1:5000', 'localhost.example', '128.0.0.1', '[::2]:5000', 'docker.io'])(
    'rejects plain HTTP at %s',
    async (host) => {
      expect(await codeOf(() => endpoint(host, true, httpOf()))).toBe('insecure-refused');
    },
  );

  it('speaks HTTPS elsewhere without trying anything', async () => {
    const { asked, http } = speaking('http:');

    expect((await endpoint('docker.io', false, http)()).href).toBe('https://registry-1.docker.io/');
    expect(asked).toEqual([]);
  });

  it.each([
    ['localhost', true],
    ['a.localhost', true],
    ['127.0.0.1', true],
    ['127.255.255.255', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:7f00:1', true],
    ['localhost.example', false],
    ['notlocalhost', false],
    ['128.0.0.1', false],
    ['::2', false],
  ])('knows whether %s is this machine', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  it.each([
    ['169.254.169.254', true],
    ['169.254.170.2', true],
    ['::ffff:a9fe:a9fe', true],
    ['fe80::1', true],
    ['febf::1', true],
    ['::', true],
    ['0.1.2.3', true],
    ['fd00:ec2::254', true],
    ['100.100.100.200', true],
    ['168.63.129.16', true],
    ['169.253.0.1', false],
    ['fec0::1', false],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
    ['storage.example', false],
  ])('knows whether %s is never a place to be sent to', (host, expected) => {
    expect(isForbiddenTarget(host)).toBe(expected);
  });
});
