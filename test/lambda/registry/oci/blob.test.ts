import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../support/code-of.ts';
import { digestOf, readAll } from '../../../support/read-all.ts';
import { type Setting, setting } from './setting.ts';

/** The digest of what arrives: comparing buffers is slow in jest. */
async function blobOf({ open, layer }: Setting): Promise<string> {
  return digestOf(await (await open()).blob(layer.descriptor));
}

function ranges({ registry }: Setting): (string | undefined)[] {
  return registry.requests.filter(({ url }) => url.includes('/blobs/')).map(({ headers }) => headers.range);
}

describe('registry/oci/blob', () => {
  it('gives the bytes as stored, asked for without encoding', async () => {
    const there = await setting();

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    expect(there.registry.requests.at(-1)?.headers['accept-encoding']).toBe('identity');
  });

  it('resumes where the connection broke, as often as it breaks with progress', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'cut', after: 100_000, times: 2 });

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    const [first, ...resumed] = ranges(there);
    expect(first).toBeUndefined();
    expect(resumed).toEqual(['bytes=100000-', 'bytes=200000-']);
    expect(there.registry.requests.slice(-2).map(({ status }) => status)).toEqual([206, 206]);
  });

  it('skips what it has when Range is ignored', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'cut', after: 123_456, times: 1 });
    there.registry.fail({ kind: 'ignore-range' });

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    expect(ranges(there)).toEqual([undefined, 'bytes=123456-']);
    expect(there.registry.requests.at(-1)?.status).toBe(200);
  });

  it('asks again when it gets another part than it asked for', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'cut', after: 1000, times: 1 });
    there.registry.fail({ kind: 'shift-range', by: 7, times: 1 });

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    expect(ranges(there)).toEqual([undefined, 'bytes=1000-', 'bytes=1000-']);
  });

  it('fails when it always gets another part than it asked for', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'cut', after: 1000, times: 1 });
    there.registry.fail({ kind: 'shift-range', by: 7 });

    expect(await codeOf(() => blobOf(there))).toBe('registry-error');
  });

  it('fails when the connection breaks again and again without progress', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'cut', after: 10 });

    expect(await codeOf(() => blobOf(there))).toBe('registry-unreachable');
    expect(ranges(there)).toEqual([undefined, 'bytes=10-', 'bytes=20-', 'bytes=30-', 'bytes=40-']);
  });

  it('comes back to a blob after storms, also in the middle of it', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'status', on: 'blobs', status: 503, times: 1 });
    there.registry.fail({ kind: 'cut', after: 200_000, times: 1 });
    const opened = await (await there.open()).blob(there.layer.descriptor);
    there.registry.fail({ kind: 'status', on: 'blobs', status: 429, times: 2 });

    expect(await digestOf(opened)).toBe(there.layer.descriptor.digest);
  });

  it('resumes after a server falls silent', async () => {
    const there = await setting(undefined, { idleTimeoutMs: 250 });
    there.registry.fail({ kind: 'stall', after: 50_000, times: 1 });

    expect(await blobOf(there)).toBe(there.layer.descriptor.digest);
    expect(ranges(there)).toEqual([undefined, 'bytes=50000-']);
  });

  it('leaves a slow reader its time', async () => {
    const there = await setting(undefined, { idleTimeoutMs: 400 });
    // More than what is held between the socket and the reader.
    const bytes = Buffer.alloc(8 * 1024 * 1024, 'slow');
    const digest = there.registry.putBlob('app', bytes);
    const stream = await (await there.open()).blob({ mediaType: '', digest, size: bytes.length });

    await wait(1000);

    expect(await digestOf(stream)).toBe(digest);
    expect(there.pauses).toEqual([]);
  });

  it('fails with blob-not-found when there is no such blob', async () => {
    const there = await setting();
    const source = await there.open();
    const descriptor = { ...there.layer.descriptor, digest: `sha256:${'0'.repeat(64)}` };

    expect(await codeOf(() => source.blob(descriptor))).toBe('blob-not-found');
  });

  it('fails at the end when the content is another', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'corrupt' });

    expect(await codeOf(() => blobOf(there))).toBe('blob-digest-mismatch');
  });

  it('fails when the registry has fewer bytes than the descriptor says', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'truncate', bytes: 5 });

    expect(await codeOf(() => blobOf(there))).toBe('blob-truncated');
    expect(ranges(there)).toEqual([undefined, `bytes=${there.layer.bytes.length - 5}-`]);
  });

  it('fails when it has fewer bytes and ignores Range', async () => {
    const there = await setting();
    there.registry.fail({ kind: 'truncate', bytes: 5 });
    there.registry.fail({ kind: 'ignore-range' });

    expect(await codeOf(() => blobOf(there))).toBe('blob-truncated');
  });

  it.each([
    ['announced', false],
    ['not announced', true],
  ])('fails when there are more bytes than the descriptor says, %s', async (_, unannounced) => {
    const there = await setting();
    there.registry.fail({ kind: 'lengthen', bytes: 5, unannounced });

    expect(await codeOf(() => blobOf(there))).toBe('blob-size-mismatch');
    expect(ranges(there)).toEqual([undefined]);
  });

  it('ends with the reason of the signal', async () => {
    const there = await setting();
    const aborting = new AbortController();
    there.registry.fail({ kind: 'stall', after: 1000 });
    const stream = await (await there.open()).blob(there.layer.descriptor, aborting.signal);

    setTimeout(() => aborting.abort(new Error('enough')), 20);

    await expect(readAll(stream)).rejects.toThrow('enough');
    expect(ranges(there)).toEqual([undefined]);
  });

  it('does not begin under an aborted signal', async () => {
    const there = await setting();
    const source = await there.open();

    await expect(source.blob(there.layer.descriptor, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });

  it.each([
    ['destroyed', (_: { close(): Promise<void> }, stream: { destroy(): unknown }) => stream.destroy()],
    ['closed with its source', (source: { close(): Promise<void> }) => source.close()],
  ])('lets go of the connection when %s', async (_, end) => {
    const there = await setting();
    there.registry.fail({ kind: 'stall', after: 1000 });
    const source = await there.open();
    const stream = await source.blob(there.layer.descriptor);
    stream.on('error', () => {});

    await end(source, stream);
    const status = () => there.registry.requests.at(-1)?.status;
    for (let waits = 0; status() === 0 && waits < 200; waits++) await wait(10);

    expect(status()).toBe(200);
  });
});
