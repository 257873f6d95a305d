import { Readable } from 'node:stream';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_LAYER_LIMITS,
  decodeLayer,
  encodeLayer,
  type LayerResult,
  overlayLayers,
  readLayer,
} from '../../../lambda/image/index.ts';
import { textAnalyzer } from '../../doubles/text-analyzer.ts';
import { type EntrySpec, layer } from '../../support/image-builder.ts';

async function read(entries: readonly EntrySpec[]): Promise<LayerResult<string>> {
  const { bytes, descriptor } = await layer([...entries]);
  return await readLayer(Readable.from([bytes]), {
    ...descriptor,
    analyzers: [textAnalyzer],
    limits: DEFAULT_LAYER_LIMITS,
  });
}

const LOWER: readonly EntrySpec[] = [
  { path: 'app/a.txt', content: 'one' },
  { path: 'app/gone.txt', content: 'two' },
  { path: 'old/c.txt', content: 'three' },
];
const UPPER: readonly EntrySpec[] = [
  { path: 'app/.wh.gone.txt' },
  { path: 'old/.wh..wh..opq' },
  { path: 'link', linkTo: 'app' },
  { path: 'app/ünï.bin', content: 'x' },
];

describe('image/layer-codec', () => {
  it('gives back a result that makes the same view', async () => {
    const results = [await read(LOWER), await read(UPPER)];

    const decoded = results.map((result) => decodeLayer<string>(encodeLayer(result)) as LayerResult<string>);

    expect(overlayLayers(decoded, [textAnalyzer]).files).toEqual(
      overlayLayers(results, [textAnalyzer]).files,
    );
    expect(overlayLayers(decoded, [textAnalyzer]).files.map(({ path }) => path)).toEqual(['app/a.txt']);
  });

  it('knows the same paths as before', async () => {
    const result = await read(UPPER);

    const decoded = decodeLayer<string>(encodeLayer(result));

    expect(decoded?.paths.size).toBe(result.paths.size);
    expect(['app/ünï.bin', 'link', 'app/other'].map((path) => decoded?.paths.has(path))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('takes more paths after it was decoded', async () => {
    const decoded = decodeLayer<string>(encodeLayer(await read([])));

    decoded?.paths.add('new.txt');

    expect(decoded?.paths.has('new.txt')).toBe(true);
  });

  it('gives the same bytes for the same layer', async () => {
    expect(encodeLayer(await read(LOWER)).equals(encodeLayer(await read(LOWER)))).toBe(true);
  });

  it.each([
    ['no zstd', () => Buffer.from('nonsense')],
    ['empty', () => Buffer.alloc(0)],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    [
      'without its last fingerprint',
      (bytes: Buffer) => zstdCompressSync(zstdDecompressSync(bytes).subarray(0, -8)),
    ],
    [
      'of another format',
      (bytes: Buffer) =>
        zstdCompressSync(
          Buffer.from(
            zstdDecompressSync(bytes).toString('latin1').replace('"format":1', '"format":9'),
            'latin1',
          ),
        ),
    ],
  ])('rejects bytes that are %s', async (_, damage) => {
    const bytes = encodeLayer(await read(LOWER));

    expect(decodeLayer(damage(bytes))).toBeUndefined();
    expect(decodeLayer(bytes)).toBeDefined();
  });
});
