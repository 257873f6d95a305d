import { describe, expect, it } from '@jest/globals';
import { isClean, outcome } from '../../../lambda/report/index.ts';
import type { ScanProgress } from '../../../lambda/scan/index.ts';
import { image, layer } from '../../support/image-builder.ts';
import { DEBIAN_12, dpkg, findingsOf, NOW, npmPackage, packagesOf, scanBench } from './bench.ts';

describe('scan/scan-image', () => {
  const bench = scanBench();

  it('finds what is wrong with packages of every layer, and names the layer', async () => {
    const layers = [
      await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1', 'libc6 glibc': '2.36-9+deb12u10' })]),
      await layer([{ path: 'srv/readme', content: 'nothing to see' }]),
      await layer([npmPackage('srv/node_modules/lodash', 'lodash', '4.17.20')]),
    ];

    const report = await bench.scan(image(layers));

    expect(findingsOf(report)).toEqual(['CVE-2021-23337 lodash 2', 'CVE-2023-5363 libssl3 0']);
    expect(report.findings.map(({ minimalFix }) => minimalFix ?? '').toSorted()).toEqual([
      '3.0.11-1~deb12u2',
      '4.17.21',
    ]);
    expect(outcome(report)).toBe('complete');
    expect(isClean(report)).toBe(false);
  });

  it('says of the image what it is, and of the run what it took', async () => {
    const base = await layer([DEBIAN_12, dpkg({ bash: '5.2.15-2' })]);
    const built = image([base], { created: '2024-05-06T07:08:09Z', architecture: 'amd64' });

    const report = await bench.scan(built);

    expect(report.image).toMatchObject({
      manifestDigest: built.descriptor.digest,
      created: '2024-05-06T07:08:09Z',
      platform: { os: 'linux', architecture: 'amd64' },
    });
    expect(report.distro).toMatchObject({ id: 'debian', version: '12' });
    expect(report.scannedAt).toBe(NOW.toISOString());
    expect(report.bytesPulled).toBe(base.bytes.length);
    expect(report.layersReused).toBe(0);
    expect(Object.keys(report.timings).toSorted()).toEqual(['advisories', 'analyse', 'match', 'open']);
    expect(isClean(report)).toBe(true);
  });

  it('gives each layer its line of history, empty ones left out', async () => {
    const layers = [await layer([DEBIAN_12]), await layer([dpkg({ bash: '5.2.15-2' })])];
    const history = [
      { created_by: 'ADD rootfs', created: '2024-01-01T00:00:00Z' },
      { created_by: 'ENV A=b', empty_layer: true },
      { created_by: 'RUN install', created: '2024-01-02T00:00:00Z' },
    ];

    const report = await bench.scan(image(layers, { history }));

    expect(report.layers).toEqual([
      expect.objectContaining({ index: 0, createdBy: 'ADD rootfs', diffId: layers[0]?.diffId, entries: 1 }),
      expect.objectContaining({ index: 1, createdBy: 'RUN install', createdAt: '2024-01-02T00:00:00Z' }),
    ]);
  });

  it('does not report a package that a later layer takes away', async () => {
    const apps = await layer([
      DEBIAN_12,
      npmPackage('srv/node_modules/lodash', 'lodash', '4.17.20'),
      npmPackage('opt/node_modules/lodash', 'lodash', '4.17.20'),
      npmPackage('opt/node_modules/kept', 'kept', '1.0.0'),
    ]);
    const removals = await layer([
      { path: 'srv/node_modules/.wh.lodash' },
      { path: 'opt/node_modules/.wh..wh..opq' },
      npmPackage('opt/node_modules/fresh', 'fresh', '2.0.0'),
    ]);

    const report = await bench.scan(image([apps, removals]));

    expect(packagesOf(report)).toEqual(['fresh 2.0.0 1 1']);
    expect(report.findings).toEqual([]);
  });

  it('reads the newest state of a package database that a later layer writes anew', async () => {
    const layers = [
      await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1', bash: '5.2.15-2', tar: '1.34' })]),
      await layer([
        dpkg({ 'libssl3 openssl': '3.0.11-1~deb12u2', bash: '5.2.15-2', 'libc6 glibc': '2.36-9' }),
      ]),
    ];

    const report = await bench.scan(image(layers));

    expect(packagesOf(report)).toEqual([
      'bash 5.2.15-2 0 0',
      'libc6 2.36-9 1 1',
      'libssl3 3.0.11-1~deb12u2 0 1',
    ]);
    expect(findingsOf(report)).toEqual(['CVE-2023-4911 libc6 1']);
  });

  it('names the feeds that were asked and no others, and from when they are', async () => {
    const npmOnly = image([await layer([DEBIAN_12, npmPackage('a/node_modules/b', 'b', '1.0.0')])]);
    const both = image([
      await layer([DEBIAN_12, dpkg({ bash: '5' }), npmPackage('a/node_modules/b', 'b', '1.0.0')]),
    ]);

    expect((await bench.scan(both)).advisories.feeds.map(({ name }) => name)).toEqual([
      'osv:Debian',
      'osv:npm',
    ]);
    expect((await bench.scan(npmOnly)).advisories.feeds).toEqual([
      { name: 'osv:npm', newest: '2025-02-03T00:00:00Z', fetchedAt: NOW.toISOString() },
    ]);
  });

  it('tells how far it is, up to the last byte', async () => {
    const layers = [
      await layer([DEBIAN_12, { path: 'a', content: Buffer.alloc(300_000, 'a') }], { compression: 'none' }),
      await layer([dpkg({ bash: '5' })]),
    ];
    const steps: ScanProgress[] = [];

    await bench.scan(image(layers), { onProgress: (step) => steps.push(step) });

    const bytes = layers.reduce((sum, one) => sum + one.bytes.length, 0);
    const reading = steps.filter((step) => step.stage === 'layers');
    expect(reading[0]).toEqual({ stage: 'layers', layersDone: 0, layers: 2, bytesDone: 0, bytes });
    expect(reading.at(-1)).toEqual({ stage: 'layers', layersDone: 2, layers: 2, bytesDone: bytes, bytes });
    expect(reading.length).toBeGreaterThan(4);
    expect(steps[0]).toMatchObject({ stage: 'opening' });
    expect(steps.at(-1)).toEqual({ stage: 'matching' });
  });
});
