import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ScanOptions } from '../../../lambda/scan/index.ts';
import { descriptorOf } from '../../../scripts/demo/image-builder.ts';
import { codeOf } from '../../support/code-of.ts';
import {
  type BuiltLayer,
  dockerSaveTar,
  image,
  layer,
  layoutTar,
  tarOf,
} from '../../support/image-builder.ts';
import { DEBIAN_12, dpkg, findingsOf, scanBench } from './bench.ts';

/** Stored bytes that are not what compression made of the tar. */
function stored(tar: Buffer, bytes: Buffer): BuiltLayer {
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  return { descriptor: descriptorOf(bytes, mediaType), diffId: `sha256:${'0'.repeat(64)}`, bytes, tar };
}

describe('scan/scan-image: failures', () => {
  const bench = scanBench();
  const noise = { path: 'noise', content: randomBytes(400_000) };
  const vulnerable = dpkg({ 'libssl3 openssl': '3.0.9-1' });

  beforeEach(() => bench.registry.heal());

  async function failing(fault: Parameters<typeof bench.registry.fail>[0]): Promise<string | undefined> {
    bench.registry.fail(fault);
    return await codeOf(async () => bench.scan(image([await layer([DEBIAN_12, noise])])));
  }

  it('resumes a layer whose connection breaks, and finds all the same', async () => {
    const big = await layer([DEBIAN_12, noise, vulnerable]);
    const built = image([big]);
    const input = bench.pushed(built);
    const before = bench.registry.requests.length;
    // The config comes first and is small: only the layer is long enough to be cut.
    bench.registry.fail({ kind: 'cut', after: 100_000, times: 3 });

    const report = await bench.scan(built, { input });

    expect(findingsOf(report)).toEqual(['CVE-2023-5363 libssl3 0']);
    const ranges = bench.registry.requests
      .slice(before)
      .filter(({ url }) => url.endsWith(big.descriptor.digest))
      .map(({ headers }) => headers.range);
    expect(ranges.length).toBeGreaterThan(1);
    expect(ranges.slice(1).every((range) => /^bytes=[1-9]/.test(range ?? ''))).toBe(true);
  });

  it('fails when a layer has other content than its digest says', async () => {
    const good = await layer([DEBIAN_12, vulnerable]);
    const other = await layer([DEBIAN_12], { compression: 'none' });
    const bytes = Buffer.concat([other.bytes, Buffer.alloc(10_000)]).subarray(0, good.bytes.length);
    const lying = { ...good, bytes };
    const built = image([lying]);
    // The registry stores by the true digest: the lie is told on the way.
    const archive = await layoutTar([{ image: built, name: '1' }]);
    await writeFile(bench.path('lying.tar'), archive);

    const act = (): Promise<unknown> => bench.scan(built, { input: bench.path('lying.tar') });

    expect(await codeOf(act)).toBe('blob-digest-mismatch');
  });

  it.each([
    ['is served with a byte changed', { kind: 'corrupt' }, 'blob-digest-mismatch'],
    ['is longer than announced', { kind: 'lengthen', bytes: 10 }, 'blob-size-mismatch'],
    ['is stored without its end', { kind: 'truncate', bytes: 10 }, 'blob-truncated'],
    ['never comes whole', { kind: 'hang-up', on: 'blobs' }, 'registry-unreachable'],
    ['may not be read', { kind: 'status', on: 'blobs', status: 403 }, 'forbidden'],
  ] as const)('fails when a blob %s', async (_what, fault, code) => {
    expect(await failing(fault)).toBe(code);
  });

  it.each([
    ['the login is refused', 401, 'unauthorized'],
    ['the registry is down', 503, 'registry-error'],
    ['the image is not there', 404, 'image-not-found'],
  ] as const)('fails when %s', async (_what, status, code) => {
    expect(await failing({ kind: 'status', on: 'manifests', status })).toBe(code);
  });

  it('fails when a layer was stored cut off, or is no compressed stream', async () => {
    const tar = await tarOf([DEBIAN_12, noise]);
    const whole = gzipSync(tar);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 1000, 1100);

    const codes = await Promise.all(
      [whole.subarray(0, 5000), damaged].map((bytes) =>
        codeOf(() => bench.scan(image([stored(tar, bytes)]))),
      ),
    );

    expect(codes).toEqual(['layer-truncated', 'layer-corrupt']);
  });

  it.each([
    ['no manifest at all', { layers: 'none' }, 'manifest-invalid'],
    [
      'an artifact',
      { config: descriptorOf(Buffer.from('{}'), 'application/vnd.oci.empty.v1+json') },
      'media-type-unsupported',
    ],
  ])('fails for %s', async (_what, manifest, code) => {
    const built = image([await layer([DEBIAN_12])], { manifest });

    expect(await codeOf(() => bench.scan(built))).toBe(code);
  });

  it('fails when the image is neither a file nor in a registry', async () => {
    const options: Partial<ScanOptions> = { input: bench.path('missing.tar') };
    const built = image([]);

    expect(await codeOf(() => bench.scan(built, options))).toBe('image-not-found');
    expect(await codeOf(() => bench.scan(built, { input: `${bench.registry.host}/none:1` }))).toBe(
      'image-not-found',
    );
    expect(await codeOf(() => bench.scan(built, { input: 'no such name' }))).toBe('reference-invalid');
  });

  it('fails at once when it is told to stop, whatever it is waiting for', async () => {
    const controller = new AbortController();
    const built = image([await layer([DEBIAN_12, noise])]);
    bench.registry.fail({ kind: 'stall', after: 1000 });

    const act = bench.scan(built, {
      signal: controller.signal,
      onProgress: (step) => {
        if (step.stage === 'layers' && step.bytesDone > 0) controller.abort(new Error('enough'));
      },
    });

    await expect(act).rejects.toThrow('enough');
  });

  it.each([
    ['what docker save writes', () => dockerSaveTar],
    [
      'what it wrote once',
      () => (images: Parameters<typeof dockerSaveTar>[0]) => dockerSaveTar(images, 'legacy'),
    ],
  ])('finds the same in %s', async (_what, save) => {
    const built = image([await layer([DEBIAN_12, vulnerable])], { format: 'docker' });
    await writeFile(bench.path('saved.tar'), await save()([{ image: built, tags: ['app:1'] }]));

    const report = await bench.scan(built, { input: bench.path('saved.tar') });

    expect(findingsOf(report)).toEqual(['CVE-2023-5363 libssl3 0']);
  });
});
