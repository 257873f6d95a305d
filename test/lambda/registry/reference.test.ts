import { describe, expect, it } from '@jest/globals';
import {
  endpointHost,
  formatReference,
  parseReference,
  redact,
  sameReference,
} from '../../../lambda/registry/reference.ts';
import { codeOf } from '../../support/code-of.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('registry/reference', () => {
  // Cases in the manner of github.com/distribution/reference v0.6.0 normalize_test.go and reference_test.go.
  it.each([
    ['alpine', 'docker.io', 'library/alpine', 'latest'],
    ['alpine:3.20', 'docker.io', 'library/alpine', '3.20'],
    ['docker.io/alpine', 'docker.io', 'library/alpine', 'latest'],
    ['index.docker.io/library/alpine', 'docker.io', 'library/alpine', 'latest'],
    ['grafana/grafana', 'docker.io', 'grafana/grafana', 'latest'],
    ['foo/bar/baz', 'docker.io', 'foo/bar/baz', 'latest'],
    ['localhost/app', 'localhost', 'app', 'latest'],
    ['localhost:5000', 'docker.io', 'library/localhost', '5000'],
    ['localhost:5000/app', 'localhost:5000', 'app', 'latest'],
    ['127.0.0.1:5000/a/b:v1', '127.0.0.1:5000', 'a/b', 'v1'],
    ['[::1]:5000/app:1', '[::1]:5000', 'app', '1'],
    ['[2001:db8::1]/app', '[2001:db8::1]', 'app', 'latest'],
    ['ghcr.io/owner/app_x__y.z--w', 'ghcr.io', 'owner/app_x__y.z--w', 'latest'],
    ['Registry/app', 'Registry', 'app', 'latest'],
    ['xn--n3h.example/app:_T.-', 'xn--n3h.example', 'app', '_T.-'],
    [`a:${'t'.repeat(128)}`, 'docker.io', 'library/a', 't'.repeat(128)],
  ])('reads %s', (text, registry, repository, tag) => {
    expect(parseReference(text)).toEqual({ registry, repository, tag });
  });

  it('reads a digest, and keeps the tag beside it', () => {
    expect(parseReference(`app@${DIGEST}`)).toEqual({
      registry: 'docker.io',
      repository: 'library/app',
      digest: DIGEST,
    });
    expect(parseReference(`localhost:5000/app:1@${DIGEST}`).tag).toBe('1');
  });

  it.each([
    ['', 'empty'],
    ['https://ghcr.io/owner/app', 'scheme'],
    ['Alpine', 'lower case'],
    ['ghcr.io/Owner/app', 'lower case'],
    ['ghcr.io//app', 'empty'],
    ['ghcr.io/', 'empty'],
    ['app/', 'empty'],
    ['-app', 'letters and digits'],
    ['a___b', 'letters and digits'],
    ['a..b/c d', 'registry is neither'],
    ['app:', 'tag'],
    ['app:-1', 'tag'],
    [`app:${'t'.repeat(129)}`, 'tag'],
    ['app@sha256:abc', 'digest'],
    [`app@sha256:${'AB'.repeat(32)}`, 'digest'],
    [`app@md5:${'ab'.repeat(16)}`, 'digest'],
    ['host:70000/app', 'port'],
    ['host:x/app', 'port'],
    ['-host.example/app', 'registry is neither'],
    ['[::1/app', 'port'],
    ['[::zz]/app', 'registry is neither'],
    ['ab'.repeat(32), 'image id'],
    [`${'a/'.repeat(130)}b`, '255 characters'],
  ])('rejects %j, naming the rule', async (text, rule) => {
    expect(() => parseReference(text)).toThrow(rule);
    expect(await codeOf(() => parseReference(text))).toBe('reference-invalid');
  });

  it('rejects a hostile length in linear time', async () => {
    const start = performance.now();

    for (const text of ['a-'.repeat(100_000), `a${'_'.repeat(100_000)}`, `${'1.'.repeat(100_000)}/x`]) {
      expect(await codeOf(() => parseReference(text))).toBe('reference-invalid');
    }

    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('rejects a reference with a password without repeating it', () => {
    expect(() => parseReference('user:hunter2@ghcr.io/owner/app')).toThrow(/^'ghcr.io\/owner\/app' is not/);
  });

  it('formats what it reads in full', () => {
    expect(formatReference(parseReference('alpine'))).toBe('docker.io/library/alpine:latest');
    expect(formatReference(parseReference(`h.example/a:1@${DIGEST}`))).toBe(`h.example/a:1@${DIGEST}`);
  });

  it('knows two spellings of one image', () => {
    expect(sameReference('app', 'docker.io/library/app:latest')).toBe(true);
    expect(sameReference('app:1', 'app:2')).toBe(false);
    expect(sameReference('APP', 'APP')).toBe(false);
  });

  it('connects to Docker Hub where it answers', () => {
    expect(endpointHost('docker.io')).toBe('registry-1.docker.io');
    expect(endpointHost('localhost:5000')).toBe('localhost:5000');
  });

  it.each([
    ['https://user:pw@host/app?token=x', 'https://host/app'],
    ['user:pw@host/app:1', 'host/app:1'],
    [`user:pw@host/app@${DIGEST}`, `host/app@${DIGEST}`],
    [`host/app@${DIGEST}`, `host/app@${DIGEST}`],
    ['app\u001b[31m', 'app\\u001b[31m'],
  ])('redacts %j', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });
});
