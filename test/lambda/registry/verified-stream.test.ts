import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { verifiedStream } from '../../../lambda/registry/index.ts';
import { sha256Digest } from '../../../lambda/shared/digest.ts';
import { codeOf } from '../../support/code-of.ts';
import { readAll } from '../../support/read-all.ts';

const CONTENT = Buffer.from('some bytes of a layer');
const DIGEST = sha256Digest(CONTENT);

function verify(chunks: Buffer[], digest: string, size: number): Readable {
  return pipeline(Readable.from(chunks, { objectMode: false }), verifiedStream({ digest, size }), () => {});
}

describe('registry/verified-stream', () => {
  it.each([
    ['sha256', DIGEST],
    ['sha512', `sha512:${createHash('sha512').update(CONTENT).digest('hex')}`],
  ])('passes bytes on whose %s is right', async (_, digest) => {
    const chunks = [CONTENT.subarray(0, 5), CONTENT.subarray(5)];

    expect(await readAll(verify(chunks, digest, CONTENT.length))).toEqual(CONTENT);
  });

  it('passes an empty blob', async () => {
    expect(await readAll(verify([], sha256Digest(''), 0))).toHaveLength(0);
  });

  it('passes the chunks themselves, not copies', async () => {
    const stream = verifiedStream({ digest: DIGEST, size: CONTENT.length });
    stream.end(CONTENT);

    expect(stream.read()).toBe(CONTENT);
  });

  it('fails at the end when the digest differs', async () => {
    const changed = Buffer.from(CONTENT);
    changed[3] = 0;

    expect(await codeOf(() => readAll(verify([changed], DIGEST, CONTENT.length)))).toBe(
      'blob-digest-mismatch',
    );
  });

  it('fails as truncated when bytes are missing', async () => {
    const chunks = [CONTENT.subarray(0, 10)];

    expect(await codeOf(() => readAll(verify(chunks, DIGEST, CONTENT.length)))).toBe('blob-truncated');
  });

  it('fails before it would pass more bytes than announced', async () => {
    let seen = 0;
    const stream = verify([CONTENT, Buffer.from('!')], DIGEST, CONTENT.length).on('data', (chunk: Buffer) => {
      seen += chunk.length;
    });

    expect(await codeOf(() => new Promise((_, reject) => stream.on('error', reject)))).toBe(
      'blob-size-mismatch',
    );
    expect(seen).toBeLessThanOrEqual(CONTENT.length);
  });

  it.each([
    ['sha256:short', 1],
    [DIGEST, -1],
    [DIGEST, 1.5],
    [DIGEST, 2 ** 53],
  ])('rejects the descriptor %s of %d bytes', async (digest, size) => {
    expect(await codeOf(() => verifiedStream({ digest, size }))).toBe('blob-not-found');
  });
});
