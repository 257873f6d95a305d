import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ImageSource } from '../../../lambda/registry/index.ts';
import { exitCodeFor } from '../../../lambda/report/index.ts';
import { scanSource } from '../../../lambda/scan/scan-source.ts';
import { memorySource } from '../../doubles/memory-source.ts';
import { codeOf } from '../../support/code-of.ts';
import { type BuiltImage, type BuiltLayer, image, index, layer } from '../../support/image-builder.ts';
import { DEBIAN_12, dpkg, findingsOf, NOW, npmPackage, scanBench } from './bench.ts';

describe('scan/scan-image: platforms', () => {
  const bench = scanBench();
  let shared: BuiltLayer;
  let own: readonly [BuiltLayer, BuiltLayer];
  let amd64: BuiltImage;
  let arm64: BuiltImage;

  beforeAll(async () => {
    shared = await layer([DEBIAN_12, npmPackage('srv/node_modules/lodash', 'lodash', '4.17.20')]);
    own = [
      await layer([dpkg({ 'libssl3 openssl': '3.0.9-1' })]),
      await layer([dpkg({ 'libc6 glibc': '2.36-9' })]),
    ];
    amd64 = image([shared, own[0]], { architecture: 'amd64' });
    arm64 = image([shared, own[1]], { architecture: 'arm64', variant: 'v8' });
  });

  it('gives a report for each platform, and reads a layer that they share once', async () => {
    const requestsBefore = bench.registry.requests.length;

    const reports = await bench.scanAll(index([amd64, arm64]), { platform: 'all' });

    expect(reports.map(({ image: { platform } }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    expect(reports.map(findingsOf)).toEqual([
      ['CVE-2021-23337 lodash 0', 'CVE-2023-5363 libssl3 1'],
      ['CVE-2021-23337 lodash 0', 'CVE-2023-4911 libc6 1'],
    ]);
    expect(reports.map(({ layersReused }) => layersReused)).toEqual([0, 1]);
    expect(reports.map(({ bytesPulled }) => bytesPulled)).toEqual([
      shared.bytes.length + own[0].bytes.length,
      own[1].bytes.length,
    ]);
    const pulls = bench.registry.requests
      .slice(requestsBefore)
      .filter(({ url }) => url.endsWith(shared.descriptor.digest));
    expect(pulls).toHaveLength(1);
  });

  it('has one time for all platforms', async () => {
    const timeMs = 50;
    const source = memorySource(
      index([image([own[0]], { architecture: 'amd64' }), image([own[1]], { architecture: 'arm64' })]),
    );
    const slow: ImageSource = {
      ...source,
      blob: async (descriptor) => {
        if (descriptor.digest === own[0].descriptor.digest) await setTimeout(2 * timeMs);
        return source.blob(descriptor);
      },
    };

    const scanned = await scanSource(slow, {
      platform: 'all',
      advisories: { directory: bench.path('database'), mirror: bench.mirror },
      tool: { name: 'backline', version: '0.0.0' },
      now: () => NOW,
      timeMs,
    });

    const reasons = scanned.map(
      ({ report: { coverage } }) => coverage.find(({ subject }) => subject === 'layer')?.reason,
    );
    expect(reasons).toEqual(['limit-time', 'limit-time']);
  });

  it('prefers the platform of its caller', async () => {
    const reports = await bench.scanAll(index([arm64, amd64]));

    expect(reports.map(({ image: { platform } }) => platform.architecture)).toEqual(['amd64']);
  });

  it('takes the only image there is, whatever its platform', async () => {
    const [report] = await bench.scanAll(index([arm64]));

    expect(report?.image.platform).toEqual({ os: 'linux', architecture: 'arm64', variant: 'v8' });
  });

  it('takes what was asked for', async () => {
    const reports = await bench.scanAll(index([amd64, arm64]), {
      platform: { only: { os: 'linux', architecture: 'arm64' } },
    });

    expect(reports.map(({ image: { manifestDigest } }) => manifestDigest)).toEqual([arm64.descriptor.digest]);
  });

  it('fails when what was asked for is not there', async () => {
    const options = { platform: { only: { os: 'linux', architecture: 's390x' } } } as const;

    expect(await codeOf(() => bench.scanAll(index([amd64, arm64]), options))).toBe('platform-not-found');
    expect(await codeOf(() => bench.scanAll(amd64, options))).toBe('platform-not-found');
  });

  // https://docs.docker.com/build/metadata/attestations/attestation-storage/
  it('passes over attestations, which are no images', async () => {
    const statement = await layer([], { mediaType: 'application/vnd.in-toto+json', compression: 'none' });
    const attestation = image([statement], { architecture: 'unknown', os: 'unknown' });
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': amd64.descriptor.digest,
    };
    const descriptors = [amd64.descriptor, { ...attestation.descriptor, annotations }];

    const reports = await bench.scanAll(index([amd64, attestation], { descriptors }), { platform: 'all' });

    expect(reports.map(({ image: { manifestDigest } }) => manifestDigest)).toEqual([amd64.descriptor.digest]);
  });

  it('fails when an index names an image that is not there', async () => {
    const { descriptor } = image([shared]);

    const root = index([amd64], { descriptors: [descriptor] });

    expect(await codeOf(() => bench.scanAll(root))).toBe('image-not-found');
    await expect(bench.scanAll(root, { platform: 'all' })).rejects.toMatchObject({
      code: 'manifest-invalid',
      message: expect.stringMatching(/^there is no image that can be read: \S/),
    });
  });

  describe('of which one cannot be read', () => {
    /** An image whose own layer the registry does not have. */
    const broken = async (architecture: string): Promise<BuiltImage> => {
      const lost = await layer([{ path: 'lost', content: architecture }]);
      const built = image([shared, lost], { architecture });
      return {
        ...built,
        blobs: new Map([...built.blobs].filter(([digest]) => digest !== lost.descriptor.digest)),
      };
    };

    it('reports that one as not covered, and the others in full', async () => {
      const reports = await bench.scanAll(index([amd64, await broken('s390x')]), { platform: 'all' });

      expect(reports.map(findingsOf)).toEqual([['CVE-2021-23337 lodash 0', 'CVE-2023-5363 libssl3 1'], []]);
      expect(reports[1]?.coverage).toMatchObject([
        { subject: 'platform', name: 'linux/s390x', outcome: 'none', reason: 'blob-not-found' },
      ]);
      expect(exitCodeFor(reports, { strict: false })).toBe(3);
    });

    it('fails when no other can be read either', async () => {
      const scan = bench.scanAll(index([await broken('ppc64le'), await broken('riscv64')]), {
        platform: 'all',
      });

      expect(await codeOf(() => scan)).toBe('blob-not-found');
    });
  });
});
