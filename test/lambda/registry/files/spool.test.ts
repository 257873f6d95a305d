import { mkdir, readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { firstBytes } from '../../../../lambda/registry/files/read.ts';
import { spool } from '../../../../lambda/registry/files/spool.ts';
import { codeOf } from '../../../support/code-of.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const inDirectory = temporaryDirectory();
const CONTENT = Buffer.from('content '.repeat(10_000));

async function spooled(chunks: Buffer[], maxSpoolBytes?: number): Promise<Buffer> {
  await mkdir(inDirectory('spool'), { recursive: true });
  const limit = maxSpoolBytes === undefined ? {} : { maxSpoolBytes };
  const handle = await spool(Readable.from(chunks), { temporaryDirectory: inDirectory('spool'), ...limit });
  try {
    expect((await handle.stat()).mode & 0o777).toBe(0o600);
    return await firstBytes(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

describe('registry/files/spool', () => {
  it.each([
    ['plain', [CONTENT]],
    ['gzip', [gzipSync(CONTENT)]],
    ['gzip of two members', [gzipSync(CONTENT.subarray(0, 100)), gzipSync(CONTENT.subarray(100))]],
    ['zstd', [zstdCompressSync(CONTENT)]],
    ['gzip byte by byte', [...gzipSync(CONTENT)].map((byte) => Buffer.from([byte]))],
    ['shorter than any magic', [Buffer.from('ab')]],
    ['empty', []],
  ])('keeps what is %s, decompressed, in a file nobody else sees', async (name, chunks) => {
    const expected = name === 'empty' ? '' : name.startsWith('shorter') ? 'ab' : CONTENT.toString();

    expect((await spooled(chunks)).toString()).toBe(expected);
    expect(await readdir(inDirectory('spool'))).toEqual([]);
  });

  it.each([
    ['plain', CONTENT],
    ['gzip', gzipSync(CONTENT)],
  ])('fails when %s is larger than the limit, and leaves nothing', async (_, bytes) => {
    expect(await codeOf(() => spooled([bytes], CONTENT.length - 1))).toBe('archive-too-large');
    expect(await readdir(inDirectory('spool'))).toEqual([]);
    expect(await spooled([bytes], CONTENT.length)).toHaveLength(CONTENT.length);
  });

  it.each([
    ['a cut gzip', gzipSync(CONTENT).subarray(0, 100)],
    ['a damaged gzip', Buffer.concat([gzipSync(CONTENT).subarray(0, 20), Buffer.alloc(100, 0xff)])],
    ['a cut zstd', zstdCompressSync(CONTENT).subarray(0, 20)],
    ['bzip2', Buffer.from('BZh91AY')],
    ['xz', Buffer.from('fd377a585a00', 'hex')],
    ['a zip', Buffer.from('PK\u0003\u0004abc')],
  ])('rejects %s', async (_, bytes) => {
    expect(await codeOf(() => spooled([bytes]))).toBe('archive-invalid');
    expect(await readdir(inDirectory('spool'))).toEqual([]);
  });

  it('fails with the error of its input', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('abcdef');
        throw new Error('unplugged');
      })(),
    );

    await expect(spool(broken, {})).rejects.toThrow('unplugged');
  });
});
