import { describe, expect, it } from '@jest/globals';
import { RegistryError } from '../../../../lambda/registry/index.ts';
import { retryAfterMs } from '../../../../lambda/registry/oci/retry.ts';
import { codeOf } from '../../../support/code-of.ts';
import { readAll } from '../../../support/read-all.ts';
import { setting } from './setting.ts';

async function failureOf(act: () => Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await act().catch((error: unknown) => error);
  if (!(error instanceof RegistryError)) throw new Error('expected a RegistryError', { cause: error });
  return error;
}

describe('registry/oci/retry', () => {
  it.each([408, 429, 500, 502, 503, 504])('comes back after a %d, and doubles its pauses', async (status) => {
    const { open, registry, image, pauses } = await setting();
    registry.fail({ kind: 'status', on: 'manifests', status, times: 3 });

    expect((await (await open()).manifest()).digest).toBe(image.descriptor.digest);
    expect(pauses).toEqual([500, 1000, 2000]);
  });

  it('takes up to half off a pause by chance', async () => {
    const { open, registry, pauses } = await setting(undefined, { random: () => 0.5 });
    registry.fail({ kind: 'status', on: 'manifests', status: 503, times: 2 });

    await (await open()).manifest();

    expect(pauses).toEqual([375, 750]);
  });

  it.each([
    ['seconds', '7', [7000]],
    ['a date', 'Wed, 21 Oct 2015 07:28:05 GMT', [5000]],
    ['more than the limit', '86400', [60_000]],
    ['nonsense', 'soon', [500]],
  ])('waits as Retry-After says in %s', async (_, value, expected) => {
    const { open, registry, pauses } = await setting(undefined, {
      now: () => Date.UTC(2015, 9, 21, 7, 28, 0),
    });
    registry.fail({
      kind: 'status',
      on: 'manifests',
      status: 429,
      headers: { 'retry-after': value },
      times: 1,
    });

    await (await open()).manifest();

    expect(pauses).toEqual(expected);
  });

  it.each([
    [429, 'rate-limited'],
    [503, 'registry-error'],
    [500, 'registry-error'],
  ])('fails in a storm of %d with %s, which is retryable', async (status, code) => {
    const { open, registry, pauses } = await setting();
    registry.fail({ kind: 'status', on: 'manifests', status });
    const source = await open();

    const failure = await failureOf(() => source.manifest());

    expect([failure.code, failure.retryable]).toEqual([code, true]);
    expect(pauses).toEqual([500, 1000, 2000, 4000]);
    expect(registry.requests).toHaveLength(5);
  });

  it.each([
    [400, 'registry-error'],
    [403, 'forbidden'],
    [405, 'registry-error'],
    [501, 'registry-error'],
  ])('fails at once with a %d', async (status, code) => {
    const { open, registry, pauses } = await setting();
    registry.fail({ kind: 'status', on: 'manifests', status });
    const source = await open();

    const failure = await failureOf(() => source.manifest());

    expect([failure.code, failure.retryable]).toEqual([code, false]);
    expect(pauses).toEqual([]);
  });

  it('says what the registry says, made safe to show', async () => {
    const { open, registry } = await setting();
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'no\u001b[31m way' }] });
    registry.fail({ kind: 'status', on: 'manifests', status: 403, body });

    await expect((await open()).manifest()).rejects.toThrow('(no\\u001b[31m way)');
  });

  it('reports an error whose body never ends by its status', async () => {
    const { open, registry } = await setting();
    registry.fail({ kind: 'status', on: 'manifests', status: 403, body: 'x'.repeat(1_000_000) });

    expect(await codeOf(async () => (await open()).manifest())).toBe('forbidden');
  });

  it('comes back after broken connections', async () => {
    const { open, registry, image, pauses } = await setting();
    registry.fail({ kind: 'hang-up', on: 'manifests', times: 2 });
    registry.fail({ kind: 'hang-up', on: 'blobs', times: 2 });
    const source = await open();

    await source.manifest();
    const [only] = image.layers;
    if (only === undefined) throw new Error('no layer');
    await readAll(await source.blob(only.descriptor));

    expect(pauses).toEqual([500, 1000, 500, 1000]);
  });

  it('fails with registry-unreachable when nobody listens', async () => {
    const { open, registry } = await setting();
    await registry.close();
    const source = await open();

    const failure = await failureOf(() => source.manifest());

    expect([failure.code, failure.retryable]).toEqual(['registry-unreachable', true]);
  });

  it('fails at once when the host has no address', async () => {
    const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: notFound }));
    const { open, pauses } = await setting(undefined, { fetch });
    const source = await open({ insecure: false }, 'registry.invalid/app');

    const failure = await failureOf(() => source.manifest());

    expect([failure.code, failure.retryable]).toEqual(['registry-unreachable', false]);
    expect(pauses).toEqual([]);
  });

  it('gives up a silent server and tries again', async () => {
    const { open, registry, image, pauses } = await setting(undefined, { idleTimeoutMs: 250 });
    registry.fail({ kind: 'silence', on: 'manifests', times: 1 });

    expect((await (await open()).manifest()).digest).toBe(image.descriptor.digest);
    expect(pauses).toEqual([500]);
  });

  it.each([
    [null, undefined],
    ['0', 0],
    ['120', 120_000],
    ['-1', undefined],
    ['1.5', undefined],
    ['2015', 2_015_000],
    ['Wed, 21 Oct 2015 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
    ['Wed, 99 Oct 2015', undefined],
  ])('reads Retry-After: %s', (header, expected) => {
    expect(retryAfterMs(header, Date.UTC(2015, 9, 21, 7, 28, 0))).toBe(expected);
  });
});
