import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LAYER_LIMITS } from '../../../lambda/image/index.ts';
import { isClean, outcome } from '../../../lambda/report/index.ts';
import { KiB } from '../../../lambda/shared/units.ts';
import { image, layer } from '../../support/image-builder.ts';
import { DEBIAN_12, dpkg, findingsOf, gapsOf, NOW, npmPackage, packagesOf, scanBench } from './bench.ts';

describe('scan/scan-image: what it could not see', () => {
  const bench = scanBench();

  it.each([
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'foreign-layer'],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'foreign-layer'],
    ['application/vnd.example.layer.squashfs', 'media-type-unsupported'],
  ])('reports a layer of type %s, and places the layers after it rightly', async (mediaType, reason) => {
    const unreadable = await layer([npmPackage('a/node_modules/hidden', 'hidden', '1.0.0')], { mediaType });
    const layers = [
      unreadable,
      await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })]),
      await layer([dpkg({ 'libssl3 openssl': '3.0.9-2' })]),
    ];

    const report = await bench.scan(image(layers));

    expect(report.coverage).toContainEqual(
      expect.objectContaining({
        subject: 'layer',
        name: unreadable.descriptor.digest,
        outcome: 'none',
        reason,
      }),
    );
    expect(isClean(report)).toBe(false);
    expect(packagesOf(report)).toEqual(['libssl3 3.0.9-2 1 2']);
    expect(findingsOf(report)).toEqual(['CVE-2023-5363 libssl3 1']);
    expect(report.layers.map(({ entries }) => entries)).toEqual([undefined, 2, 1]);
  });

  it('is not clean for an image of foreign layers alone', async () => {
    const mediaType = 'application/vnd.oci.image.layer.nondistributable.v1.tar';
    const report = await bench.scan(image([await layer([DEBIAN_12], { mediaType })]));

    expect(report.packages).toEqual([]);
    expect(outcome(report)).not.toBe('complete');
    expect(isClean(report)).toBe(false);
  });

  it('reports a layer that inflates beyond all measure, and keeps what came before', async () => {
    const bomb = await layer([
      dpkg({ 'libssl3 openssl': '3.0.9-1' }),
      { path: 'zeros', content: Buffer.alloc(8_000_000) },
      npmPackage('a/node_modules/after', 'after', '1.0.0'),
    ]);
    const limits = { ...DEFAULT_LAYER_LIMITS, ratio: 100, ratioFloorBytes: 64 * KiB };

    const report = await bench.scan(image([await layer([DEBIAN_12]), bomb]), { limits });

    expect(gapsOf(report)).toEqual(['layer partial limit-ratio']);
    expect(packagesOf(report)).toEqual(['libssl3 3.0.9-1 1 1']);
    expect(isClean(report)).toBe(false);
  });

  it.each([
    ['entries', { entries: 1 }, 'limit-entries'],
    ['inflated bytes', { inflatedBytes: 512 }, 'limit-bytes'],
    ['time', { timeMs: -1 }, 'limit-time'],
    ['path length', { pathBytes: 8 }, 'limit-path'],
  ])('reports that the limit of %s was hit', async (_what, limit, reason) => {
    const limits = { ...DEFAULT_LAYER_LIMITS, ...limit };

    const report = await bench.scan(image([await layer([DEBIAN_12, dpkg({ bash: '5' })])]), { limits });

    expect(gapsOf(report)).toContain(`layer partial ${reason}`);
    expect(isClean(report)).toBe(false);
  });

  it.each([
    ['fewer', []],
    ['more', [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`]],
  ])('reports a config that names %s layers than the manifest', async (_which, diffIds) => {
    const built = image([await layer([DEBIAN_12, dpkg({ bash: '5' })])], {
      imageConfig: { rootfs: { type: 'layers', diff_ids: diffIds } },
    });

    const report = await bench.scan(built);

    expect(gapsOf(report)).toEqual(['image partial layers-contradict']);
    expect(packagesOf(report)).toEqual(['bash 5 0 0']);
  });

  it('reports files that it cannot make sense of, by name', async () => {
    const broken = { path: 'srv/node_modules/broken/package.json', content: '{"name": "broken", "ver' };

    const report = await bench.scan(image([await layer([DEBIAN_12, broken])]));

    expect(report.coverage).toContainEqual(
      expect.objectContaining({ subject: 'file', name: broken.path, outcome: 'none', reason: 'malformed' }),
    );
    expect(isClean(report)).toBe(false);
  });

  it('reports an image in which nothing is recognised', async () => {
    const report = await bench.scan(image([await layer([{ path: 'bin/tool', content: 'x' }])]));

    expect(report.findings).toEqual([]);
    expect(gapsOf(report)).toEqual(['os none nothing-recognised']);
    expect(isClean(report)).toBe(false);
  });

  it('reports the layers for which there was no time', async () => {
    const built = image([
      await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })]),
      await layer([npmPackage('a/node_modules/b', 'b', '1.0.0')]),
    ]);

    const report = await bench.scan(built, { timeMs: 0 });

    const layers = report.coverage.filter(({ subject }) => subject === 'layer');
    expect(layers.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['partial', 'limit-time'],
      ['partial', 'limit-time'],
    ]);
    expect(isClean(report)).toBe(false);
  });

  it('reports an image without layers', async () => {
    const report = await bench.scan(image([]));

    expect(isClean(report)).toBe(false);
  });

  it('reports that there are no advisories, when they may not be fetched and none are there', async () => {
    const built = image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })])]);
    const directory = bench.path('empty');

    const report = await bench.scan(built, { advisories: { directory, offline: true } });

    expect(report.findings).toEqual([]);
    expect(report.packages).toHaveLength(1);
    expect(report.advisories).toEqual({ feeds: [] });
    expect(report.coverage).toContainEqual(
      expect.objectContaining({
        subject: 'feed',
        name: 'Debian:12',
        outcome: 'none',
        reason: 'feed-missing',
      }),
    );
    expect(outcome(report)).not.toBe('complete');
    expect(isClean(report)).toBe(false);
  });

  it('says once of each feed why it is missing', async () => {
    const built = image([
      await layer([DEBIAN_12, dpkg({ bash: '5' }), npmPackage('a/node_modules/b', 'b', '1')]),
    ]);

    const report = await bench.scan(built, {
      advisories: { directory: bench.path('empty'), offline: true, epssUrl: 'https://feeds.example/epss' },
    });

    const names = report.coverage.filter(({ subject }) => subject === 'feed').map(({ name }) => name);
    expect(names.toSorted()).toEqual(['Debian:12', 'epss', 'npm']);
    const npm = report.coverage.find(({ subject, name }) => subject === 'feed' && name === 'npm');
    expect(npm?.detail).toContain('fetching is switched off');
  });

  it('reports advisories that have not been compared with their feed for too long', async () => {
    const built = image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })])]);
    const directory = bench.path('aging');
    await bench.scan(built, { advisories: { directory, mirror: bench.mirror } });

    const later = await bench.scan(built, {
      advisories: { directory, mirror: bench.mirror, offline: true },
      now: () => new Date(NOW.getTime() + 25 * 3_600_000),
    });

    expect(findingsOf(later)).toEqual(['CVE-2023-5363 libssl3 0']);
    expect(gapsOf(later)).toEqual(['feed partial feed-stale']);
  });

  it('reports a release that the feed does not know', async () => {
    const osRelease = { ...DEBIAN_12, content: 'ID=debian\nVERSION_ID="5"\n' };

    const report = await bench.scan(image([await layer([osRelease, dpkg({ bash: '3' })])]));

    expect(gapsOf(report)).not.toEqual([]);
    expect(isClean(report)).toBe(false);
  });
});
