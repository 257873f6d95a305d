import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGzip, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_LAYER_LIMITS,
  type LayerAnalyzer,
  type LayerLimits,
  readLayer,
} from '../../../lambda/image/index.ts';
import { GiB, MiB } from '../../../lambda/shared/units.ts';
import { emptyFileHeaders, tarHeader } from '../../../scripts/demo/tar-header.ts';
import { textAnalyzer } from '../../doubles/text-analyzer.ts';
import { codeOf } from '../../support/code-of.ts';
import { type EntrySpec, layer, tarOf } from '../../support/image-builder.ts';

const entries: EntrySpec[] = [
  { path: 'a.txt', content: 'one' },
  { path: `${'long/'.repeat(60)}b.txt`, content: 'two' },
  { path: 'c.bin', content: 'x'.repeat(3000) },
  { path: 'ünï/日本.txt', content: 'three' },
];
const texts = ['one', 'two', 'three'];

async function readBytes(bytes: Buffer, limits: Partial<LayerLimits> = {}, analyzer = textAnalyzer) {
  return await readLayer(Readable.from([bytes]), {
    digest: 'sha256:test',
    size: bytes.length,
    analyzers: [analyzer],
    limits: { ...DEFAULT_LAYER_LIMITS, ...limits },
  });
}

describe('image/read-layer', () => {
  it.each(['gzip', 'zstd', 'none'] as const)('reads a layer stored as %s', async (compression) => {
    const { bytes } = await layer(entries, { compression });

    const result = await readBytes(bytes);

    expect(result.files.flatMap(({ outputs }) => outputs)).toEqual(texts);
    expect(result).toMatchObject({ entries: 4, problems: [] });
  });

  it('reads every member of a gzip stream and every frame of a zstd stream', async () => {
    const tar = await tarOf(entries);
    const parts = [tar.subarray(0, 700), tar.subarray(700, 1500), tar.subarray(1500)];

    for (const compress of [gzipSync, zstdCompressSync]) {
      const result = await readBytes(Buffer.concat(parts.map((part) => compress(part))));

      expect(result.files.flatMap(({ outputs }) => outputs)).toEqual(texts);
    }
  });

  it('reads the same whatever the sizes of the chunks', async () => {
    const tar = await tarOf(entries);

    for (const size of [1, 7, 511, 512, 513]) {
      const chunks = Array.from({ length: Math.ceil(tar.length / size) }, (_, at) =>
        tar.subarray(at * size, (at + 1) * size),
      );
      const result = await readLayer(Readable.from(chunks), {
        digest: 'd',
        size: tar.length,
        analyzers: [textAnalyzer],
      });

      expect(result.files.flatMap(({ outputs }) => outputs)).toEqual(texts);
    }
  });

  it('gives an analyzer the whole of a large file and the parts it asks for', async () => {
    const content = Buffer.alloc(3 * MiB, 'abcdefgh');
    const seen: string[] = [];
    const analyzer: LayerAnalyzer<string> = {
      ...textAnalyzer,
      maxBytes: 8 * MiB,
      parse(file) {
        seen.push(
          file.read(8, 8).toString(),
          file.read(file.size - 3, 100).toString(),
          `${file.read(file.size, 1).length}`,
        );
        return { outputs: [String(file.bytes().equals(content))], problems: [] };
      },
    };

    for (const memoryFileBytes of [4 * MiB, 1024]) {
      const result = await readBytes(
        await tarOf([{ path: 'big.txt', content }]),
        { memoryFileBytes },
        analyzer,
      );

      expect(result.files[0]?.outputs).toEqual(['true']);
      expect(seen.splice(0)).toEqual(['abcdefgh', 'fgh', '0']);
    }
  });

  it('drops a file whose first bytes an analyzer refuses, large or not', async () => {
    const analyzer: LayerAnalyzer<string> = {
      ...textAnalyzer,
      maxBytes: 10,
      accepts: (head) => head[0] === 0x61,
    };
    const tar = await tarOf([
      { path: '1.txt', content: 'b' },
      { path: '2.txt', content: 'b'.repeat(5000) },
      { path: '3.txt', content: 'abc' },
      { path: '4.txt', content: 'a'.repeat(5000) },
    ]);

    const { files } = await readBytes(tar, {}, analyzer);

    expect(files.map(({ path, outputs, problems }) => [path, outputs[0] ?? problems[0]?.code])).toEqual([
      ['3.txt', 'abc'],
      ['4.txt', 'too-large'],
    ]);
  });

  it('reports a file that is larger than its analyzer reads', async () => {
    const { files } = await readBytes(await tarOf([{ path: 'a.txt', content: 'x'.repeat(2 * MiB) }]));

    expect(files).toMatchObject([
      { path: 'a.txt', outputs: [], problems: [{ code: 'too-large', path: 'a.txt' }] },
    ]);
  });

  it('reports an analyzer that throws and reads on', async () => {
    const analyzer: LayerAnalyzer<string> = {
      ...textAnalyzer,
      parse(file) {
        if (file.path === 'a.txt') throw new Error('boom');
        return file.path.startsWith('ü') ? Promise.reject(new Error('later')) : textAnalyzer.parse(file);
      },
    };

    const { files } = await readBytes(await tarOf(entries), {}, analyzer);

    expect(files.map(({ outputs, problems }) => outputs[0] ?? problems[0]?.code)).toEqual([
      'analyzer-failed',
      'two',
      'analyzer-failed',
    ]);
  });

  it('fails on a truncated compressed stream', async () => {
    const { bytes } = await layer(entries);

    expect(await codeOf(() => readBytes(bytes.subarray(0, bytes.length - 20)))).toBe('layer-truncated');
  });

  it('fails on bytes that do not inflate', async () => {
    const { bytes } = await layer(entries);
    const corrupt = Buffer.from(bytes);
    corrupt.fill(0xff, 30, 60);

    expect(await codeOf(() => readBytes(corrupt))).toBe('layer-corrupt');
    const frame = zstdCompressSync(await tarOf(entries));
    frame.fill(0xff, 10, 40);
    expect(await codeOf(() => readBytes(frame))).toBe('layer-corrupt');
  });

  it('passes on what the source fails with', async () => {
    const stored = Readable.from(
      (async function* () {
        yield gzipSync('x');
        throw Object.assign(new Error('cut'), { code: 'cut' });
      })(),
    );

    expect(await codeOf(() => readLayer(stored, { digest: 'd', size: 1, analyzers: [textAnalyzer] }))).toBe(
      'cut',
    );
  });

  it('reports an archive that ends inside an entry, and keeps what came before', async () => {
    const tar = await tarOf(entries);

    const result = await readBytes(tar.subarray(0, 4000));

    expect(result.problems).toMatchObject([{ code: 'layer-truncated' }]);
    expect(result.files.flatMap(({ outputs }) => outputs)).toEqual(['one', 'two']);
  });

  // Open files can be counted where there is /proc.
  (process.platform === 'linux' ? it : it.skip)(
    'keeps no file open of an entry that is cut off',
    async () => {
      const open = (): number => readdirSync('/proc/self/fd').length;
      const tar = await tarOf([{ path: 'big.txt', content: Buffer.alloc(64 * 1024) }]);
      const before = open();

      const result = await readBytes(tar.subarray(0, 20_000), { memoryFileBytes: 1024 });

      expect(result.problems).toMatchObject([{ code: 'layer-truncated' }]);
      expect(open()).toBe(before);
    },
  );

  it('takes an archive without end marker and last padding for whole', async () => {
    const tar = await tarOf([{ path: 'a.txt', content: 'one' }]);

    expect((await readBytes(tar.subarray(0, 515))).problems).toEqual([]);
  });

  it('reports a damaged header and reads no further', async () => {
    const tar = await tarOf(entries);
    tar[1024 + 3] = 0xff;

    const result = await readBytes(tar);

    expect(result.problems).toMatchObject([{ code: 'layer-malformed' }]);
    expect(result.files.flatMap(({ outputs }) => outputs)).toEqual(['one']);
  });

  it('reports a layer that inflates beyond reason', async () => {
    const bomb = Readable.from(zeros(2 * GiB)).pipe(createGzip());

    const result = await readLayer(bomb, {
      digest: 'd',
      size: 2 * MiB,
      analyzers: [textAnalyzer],
      limits: { ...DEFAULT_LAYER_LIMITS, ratioFloorBytes: 64 * MiB },
    });

    expect(result.problems).toMatchObject([{ code: 'limit-ratio' }]);
    expect(result.bytes).toBeLessThan(512 * MiB);
  }, 60_000);

  it('reports an entry of 8 GiB without holding it', async () => {
    const header = tarHeader({ name: 'huge.txt', size: 8 * GiB });
    const before = process.memoryUsage().rss;

    const result = await readLayer(Readable.from(chunksOf(header, 8 * GiB)), {
      digest: 'd',
      size: 8 * MiB,
      analyzers: [textAnalyzer],
      limits: { ...DEFAULT_LAYER_LIMITS, ratioFloorBytes: 256 * MiB },
    });

    expect(result.problems).toMatchObject([{ code: 'limit-ratio' }]);
    expect(result.files).toMatchObject([{ path: 'huge.txt', problems: [{ code: 'too-large' }] }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MiB);
  });

  it('does not take the stored bytes of a sparse file for its content', async () => {
    const sparse = tarHeader({ name: 'sparse.txt', size: 512, type: 'S', extendedSparse: true });
    const map = Buffer.alloc(512);
    const rest = await tarOf([{ path: 'a.txt', content: 'after' }]);

    const result = await readBytes(Buffer.concat([sparse, map, Buffer.alloc(512, 'x'), rest]));

    expect(result.files.map(({ outputs, problems }) => outputs[0] ?? problems[0]?.code)).toEqual([
      'sparse-unsupported',
      'after',
    ]);
  });

  it.each<[string, Partial<LayerLimits>, string]>([
    ['entries', { entries: 2 }, 'limit-entries'],
    ['inflated bytes', { inflatedBytes: 600 }, 'limit-bytes'],
    ['length of a path', { pathBytes: 100 }, 'limit-path'],
    ['depth of a path', { pathDepth: 10 }, 'limit-path'],
    ['bytes of an extended header', { metadataBytes: 100 }, 'limit-metadata'],
    ['time', { timeMs: -1 }, 'limit-time'],
  ])('reports the limit on %s', async (_, limits, code) => {
    const result = await readBytes(await tarOf(entries), limits);

    expect(result.problems.map((problem) => problem.code)).toContain(code);
  });

  it('reports the limit on links', async () => {
    const links = [1, 2, 3].map((at) => ({ path: `l${at}`, linkTo: 'x' }));

    expect((await readBytes(await tarOf(links), { links: 2 })).problems).toMatchObject([
      { code: 'limit-links' },
    ]);
    const whiteouts = [1, 2, 3].map((at) => ({ path: `.wh.l${at}` }));
    expect((await readBytes(await tarOf(whiteouts), { links: 2 })).problems).toMatchObject([
      { code: 'limit-links' },
    ]);
  });

  it('reports a whiteout without a name', async () => {
    expect((await readBytes(await tarOf([{ path: 'd/.wh.' }]))).problems).toMatchObject([
      { code: 'whiteout-invalid' },
    ]);
  });

  it('reads three million entries in bounded memory', async () => {
    const before = process.memoryUsage().rss;

    const result = await readLayer(Readable.from(emptyFileHeaders(3_000_000, 'folder/file-')), {
      digest: 'd',
      size: 2 * GiB,
      analyzers: [textAnalyzer],
    });

    expect(result.entries).toBe(3_000_000);
    expect(result.paths.has('folder/file-2999999')).toBe(true);
    expect(result.paths.has('folder/file-3000000')).toBe(false);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MiB);
  }, 120_000);
});

function* zeros(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(MiB);
  for (let at = 0; at < bytes; at += chunk.length) yield chunk;
}

function* chunksOf(header: Buffer, bytes: number): Generator<Buffer> {
  yield header;
  yield* zeros(bytes);
}
