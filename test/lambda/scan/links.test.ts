import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readImages } from '../../../lambda/image/index.ts';
import { catalogers } from '../../../lambda/packages/index.ts';
import { analyseImage } from '../../../lambda/scan/index.ts';
import { memorySource } from '../../doubles/memory-source.ts';
import { type EntrySpec, image, layer } from '../../support/image-builder.ts';
import { DEBIAN_12, dpkgStatus, findingsOf, gapsOf, npmPackage, packagesOf, scanBench } from './bench.ts';

const STATUS = dpkgStatus({ 'libssl3 openssl': '3.0.9-1' });

describe('scan/scan-image: files behind links', () => {
  const bench = scanBench();

  it('reads a package database that a symbolic link leads to, in a second pass over its layer', async () => {
    const layers = [
      await layer([DEBIAN_12, { path: 'opt/state/status', content: STATUS }]),
      await layer([{ path: 'var/lib/dpkg/status', linkTo: '/opt/state/status' }]),
    ];

    const report = await bench.scan(image(layers));

    expect(findingsOf(report)).toEqual(['CVE-2023-5363 libssl3 0']);
    expect(report.bytesPulled).toBe(
      layers.reduce((sum, { bytes }) => sum + bytes.length, 0) + (layers[0]?.bytes.length ?? 0),
    );
  });

  it.each<[string, EntrySpec[]]>([
    ['relative', [{ path: 'var/lib/dpkg', linkTo: '../../opt/state' }]],
    ['absolute', [{ path: 'var/lib/dpkg', linkTo: '/opt/state' }]],
    [
      'chained',
      [
        { path: 'var/lib/dpkg', linkTo: '/srv/a' },
        { path: 'srv/a', linkTo: 'b' },
        { path: 'srv/b', linkTo: '/opt/state' },
      ],
    ],
    ['climbing above the root', [{ path: 'var/lib/dpkg', linkTo: '../../../../../opt/state' }]],
  ])('follows a link to the folder of a package database: %s', async (_kind, links) => {
    const built = image([await layer([DEBIAN_12, { path: 'opt/state/status', content: STATUS }, ...links])]);

    expect(findingsOf(await bench.scan(built))).toEqual(['CVE-2023-5363 libssl3 0']);
  });

  it('reads the newest file behind a link', async () => {
    const layers = [
      await layer([
        DEBIAN_12,
        { path: 'var/lib/dpkg/status', linkTo: '/opt/state/status' },
        { path: 'opt/state/status', content: STATUS },
      ]),
      await layer([{ path: 'opt/state/status', content: dpkgStatus({ 'libc6 glibc': '2.36-9' }) }]),
    ];

    expect(packagesOf(await bench.scan(image(layers)))).toEqual(['libc6 2.36-9 1 1']);
  });

  // https://docs.npmjs.com/cli/v11/using-npm/workspaces
  it('reads the package that an npm workspace links to', async () => {
    const built = image([
      await layer([
        DEBIAN_12,
        npmPackage('srv/packages/lodash', 'lodash', '4.17.20'),
        { path: 'srv/node_modules/lodash', linkTo: '../packages/lodash' },
      ]),
    ]);

    const report = await bench.scan(built);

    expect(findingsOf(report)).toEqual(['CVE-2021-23337 lodash 0']);
    expect(report.packages.map(({ locations }) => locations)).toEqual([
      [{ path: 'srv/packages/lodash/package.json', layer: 0 }],
    ]);
  });

  it('reads a hard link to a file of a lower layer that only its new name makes interesting', async () => {
    const layers = [
      await layer([
        DEBIAN_12,
        { path: 'opt/store/3f2a', content: JSON.stringify({ name: 'lodash', version: '4.17.20' }) },
      ]),
      await layer([{ path: 'srv/node_modules/lodash/package.json', hardlinkTo: 'opt/store/3f2a' }]),
    ];

    expect(findingsOf(await bench.scan(image(layers)))).toEqual(['CVE-2021-23337 lodash 1']);
  });

  it('lets a hard link to a wanted file live on when the file is taken away', async () => {
    const layers = [
      await layer([DEBIAN_12, npmPackage('old/node_modules/lodash', 'lodash', '4.17.20')]),
      await layer([
        {
          path: 'new/node_modules/lodash/package.json',
          hardlinkTo: 'old/node_modules/lodash/package.json',
        },
      ]),
      await layer([{ path: '.wh.old' }]),
    ];

    const report = await bench.scan(image(layers));

    expect(findingsOf(report)).toEqual(['CVE-2021-23337 lodash 1']);
  });

  it.each<[string, EntrySpec[]]>([
    ['to itself', [{ path: 'var/lib/dpkg/status', linkTo: 'status' }]],
    [
      'in a circle',
      [
        { path: 'var/lib/dpkg', linkTo: '/srv/a' },
        { path: 'srv/a', linkTo: '/var/lib/dpkg' },
      ],
    ],
    ['to nowhere', [{ path: 'var/lib/dpkg/status', linkTo: '/gone' }]],
    ['to a file of the host', [{ path: 'var/lib/dpkg/status', linkTo: '/proc/self/status' }]],
    ['hard, to itself', [{ path: 'var/lib/dpkg/status', hardlinkTo: 'var/lib/dpkg/status' }]],
    ['hard, out of the image', [{ path: 'var/lib/dpkg/status', hardlinkTo: '../../../etc/passwd' }]],
  ])('ends with no package for a link %s', async (_kind, links) => {
    const report = await bench.scan(image([await layer([DEBIAN_12, ...links])]));

    expect(report.packages).toEqual([]);
    expect(gapsOf(report)).not.toEqual([]);
  });

  it('reports that not all files behind links were read, when there are too many', async () => {
    const links = Array.from({ length: 2001 }, (_, at): EntrySpec[] => [
      { path: `packages/p${at}/package.json`, content: `{"name":"p${at}","version":"1.0.0"}` },
      { path: `node_modules/p${at}`, linkTo: `../packages/p${at}` },
    ]);

    const report = await bench.scan(image([await layer([DEBIAN_12, ...links.flat()])]));

    expect(report.packages).toHaveLength(2000);
    expect(gapsOf(report)).toContain('image partial limit-links');
  });

  it('reports a second pass that does not reach the end of the layer', async () => {
    const built = image([
      await layer(
        [
          DEBIAN_12,
          { path: 'var/lib/dpkg/status', linkTo: '/opt/status' },
          { path: 'opt/status', content: STATUS },
        ],
        { compression: 'none' },
      ),
    ]);
    const whole = memorySource(built);
    const [read] = await readImages(whole, 'all');
    let passes = 0;
    const source: typeof whole = {
      ...whole,
      blob: async (descriptor) => {
        passes += 1;
        const bytes = built.blobs.get(descriptor.digest) as Buffer;
        // The second pass ends in the header of the last entry.
        return Readable.from([passes === 1 ? bytes : bytes.subarray(0, bytes.indexOf('opt/status\0') + 100)]);
      },
    };

    const { packages, coverage } = await analyseImage(source, read as NonNullable<typeof read>, {
      catalogers,
      known: new Map(),
    });

    expect(passes).toBe(2);
    expect(packages).toEqual([]);
    expect(coverage).toContainEqual(
      expect.objectContaining({ subject: 'layer', outcome: 'partial', reason: 'layer-truncated' }),
    );
  });
});
