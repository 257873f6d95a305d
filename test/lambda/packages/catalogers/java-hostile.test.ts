import { deflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { java } from '../../../../lambda/packages/catalogers/java/index.ts';
import { byteFlips } from '../../../support/byte-flips.ts';
import { wantedFile } from '../../../support/wanted-file.ts';
import { patchEntry, type ZipContent, type ZipOptions, zipOf } from '../../../support/zip.ts';

const MiB = 1024 * 1024;
const POM = 'META-INF/maven/g/a/pom.properties';
const CONTENT = { [POM]: 'groupId=g\nartifactId=a\nversion=1.0\n', 'A.class': 'x' };
const END_MAGIC = Buffer.from('PK\x05\x06', 'latin1');

const parse = async (bytes: Buffer, path = 'opt/a.jar') => {
  const { outputs, problems } = await java.parse(wantedFile(path, bytes));
  return {
    packages: outputs.map(({ package: found }) => `${found.name} ${found.version}`),
    problems: problems.map(({ code }) => code),
  };
};
const FOUND = { packages: ['g:a 1.0'], problems: [] };

describe('packages/catalogers/java', () => {
  it.each<[string, ZipOptions]>([
    ['stored', {}],
    ['deflated', { compress: true }],
    ['ZIP64', { zip64: true, compress: true }],
    ['data descriptors', { streamed: true, compress: true }],
    ['data descriptors and ZIP64', { streamed: true, zip64: true, compress: true }],
    ['a comment', { comment: 'a comment of some length' }],
  ])('reads archives with %s', async (_, options) => {
    expect(await parse(await zipOf(CONTENT, options))).toEqual(FOUND);
  });

  it('is not misled by an end record in the comment', async () => {
    const zip = await zipOf(CONTENT, { comment: 'x'.repeat(60) });
    END_MAGIC.copy(zip, zip.length - 50);

    expect(await parse(zip)).toEqual(FOUND);
  });

  it.each<[string, ZipOptions]>([
    ['plain', {}],
    ['ZIP64', { zip64: true }],
  ])('reads archives behind a launch script (%s)', async (_, options) => {
    const script = Buffer.from('#!/bin/bash\nexec java -jar "$0" "$@"\n');

    expect(await parse(Buffer.concat([script, await zipOf(CONTENT, options)]))).toEqual(FOUND);
  });

  it('reads archives with some bytes behind them, as the JVM does', async () => {
    expect(await parse(Buffer.concat([await zipOf(CONTENT), Buffer.alloc(100, 0x20)]))).toEqual(FOUND);
  });

  it('reads every entry of one name', async () => {
    const zip = await zipOf({
      [POM]: CONTENT[POM],
      [POM.replace('/g/', '/h/')]: 'groupId=h\nartifactId=a\nversion=2\n',
    });
    const renamed = patchEntry(zip, 1, (record) => record.write(POM, 46));

    expect((await parse(renamed)).packages).toEqual(['g:a 1.0', 'h:a 2']);
  });

  it('reads a directory of many entries', async () => {
    const zip = await zipOf(
      Object.fromEntries([
        ...Array.from({ length: 8_000 }, (_, index) => [`p/Class${index}.class`, '']),
        [POM, CONTENT[POM]],
      ]) as ZipContent,
    );

    expect(await parse(zip)).toEqual(FOUND);
  });

  it.each<[string, () => Promise<Buffer>, string[]]>([
    ['text', async () => Buffer.from('version https://git-lfs.github.com/spec/v1\n'), ['malformed']],
    ['an archive cut short', async () => (await zipOf(CONTENT)).subarray(0, -30), ['malformed']],
    ['an end record alone', async () => (await zipOf(CONTENT)).subarray(-22), ['malformed']],
    [
      'an encrypted entry',
      async () => patchEntry(await zipOf({ x: 'y' }), 0, (record) => record.writeUInt16LE(1, 8)),
      ['encrypted'],
    ],
    [
      'a compression method the JVM lacks',
      async () => patchEntry(await zipOf({ [POM]: 'x' }), 0, (record) => record.writeUInt16LE(93, 10)),
      ['unsupported'],
    ],
    [
      'an entry that is elsewhere',
      async () => patchEntry(await zipOf({ [POM]: 'x' }), 0, (record) => record.writeUInt32LE(7, 42)),
      ['malformed'],
    ],
    [
      'an entry beyond the archive',
      async () => patchEntry(await zipOf({ [POM]: 'x' }), 0, (record) => record.writeUInt32LE(9_999, 20)),
      ['malformed'],
    ],
    [
      'data that is not deflated',
      async () =>
        patchEntry(await zipOf({ [POM]: 'not deflated' }), 0, (record) => record.writeUInt16LE(8, 10)),
      ['malformed'],
    ],
    [
      'a broken directory',
      async () => patchEntry(await zipOf({ x: 'x', [POM]: 'y' }), 1, (record) => record.writeUInt8(9, 2)),
      ['malformed'],
    ],
    [
      'a descriptor without artifact',
      () => zipOf({ 'META-INF/maven/a b/c d/pom.properties': 'version=1' }),
      ['malformed'],
    ],
    [
      'a descriptor beyond its limit',
      () => zipOf({ [POM]: '#'.repeat(70_000) }, { compress: true }),
      ['too-large'],
    ],
    [
      'a manifest beyond its limit',
      () => zipOf({ 'META-INF/MANIFEST.MF': Buffer.alloc(17 * MiB) }, { compress: true }),
      ['too-large'],
    ],
    ['a name beyond its limit', () => zipOf({ [`${'x'.repeat(2_000)}/a.jar`]: 'x' }), ['limit-path']],
    ['a nested file that is no archive', () => zipOf({ 'lib/a.jar': 'text' }), ['malformed']],
    [
      'a nested archive larger than it says',
      async () =>
        patchEntry(await zipOf({ 'lib/a.jar': await zipOf(CONTENT) }, { compress: true }), 0, (record) =>
          record.writeUInt32LE(100, 24),
        ),
      ['malformed'],
    ],
    [
      'a nested archive too large for memory',
      async () =>
        patchEntry(await zipOf({ 'lib/a.jar': 'x' }, { compress: true }), 0, (record) =>
          record.writeUInt32LE(200 * MiB, 24),
        ),
      ['too-large'],
    ],
  ])('reports %s', async (_, build, codes) => {
    expect(await parse(await build())).toEqual({ packages: [], problems: codes });
  });

  it('keeps what it found before the damage', async () => {
    const zip = await zipOf({
      ...CONTENT,
      'lib/b.jar': 'text',
      'lib/c-1.0.jar': await zipOf({ 'C.class': '' }),
    });

    expect(await parse(zip)).toEqual({ packages: ['g:a 1.0', 'c 1.0'], problems: ['malformed'] });
  });

  it('names the nested archive in the problem', async () => {
    const inner = await zipOf({ 'lib/b.jar': await zipOf({ 'A.class': '' }) });

    const { problems } = await java.parse(wantedFile('opt/a.war', await zipOf({ 'x/inner.jar': inner })));

    expect(problems).toEqual([
      {
        code: 'identity-unknown',
        detail: 'x/inner.jar!/lib/b.jar: holds Java classes of an unknown artifact or version',
        path: 'opt/a.war',
      },
    ]);
  });

  it('reports nesting beyond the limit', async () => {
    let zip = await zipOf(CONTENT);
    for (let depth = 0; depth < 9; depth++)
      zip = await zipOf({ 'a.jar': zip }, { compress: depth % 2 === 0 });

    expect(await parse(zip)).toEqual({ packages: [], problems: ['limit-depth'] });
  });

  it('reports an archive whose entries are all the same nested archive, and ends', async () => {
    // Each level lists the same inner archive 100 times: 100^5 archives for some kilobytes.
    let zip = await zipOf(CONTENT);
    for (let depth = 0; depth < 5; depth++) zip = repeatEntry(await zipOf({ 'a.jar': zip }), 100);
    const started = performance.now();

    const { problems } = await parse(zip);

    expect(problems).toContain('limit-archives');
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('reports more descriptors than the limit, and ends', async () => {
    const { packages, problems } = await parse(repeatEntry(await zipOf(CONTENT), 25_000));

    expect(problems).toEqual(['limit-descriptors']);
    expect(packages).toEqual(['g:a 1.0']);
  });

  it('reports more entries than the limit, and ends', async () => {
    const { problems } = await parse(repeatEntry(await zipOf({ x: '' }), 1_000_001));

    expect(problems).toEqual(['limit-entries']);
  });

  it('reports directories larger than the limit, though they are one and the same', async () => {
    const inner = await zipOf({ x: '' });
    const commented = repeatEntry(withEntryComment(inner, 60_000), 50);

    const { problems } = await parse(repeatEntry(await zipOf({ 'a.jar': commented }), 100));

    expect(problems).toContain('limit-directory');
  });

  it('reports a path to a nested archive beyond the limit', async () => {
    let zip = await zipOf(CONTENT);
    for (let depth = 0; depth < 5; depth++) zip = await zipOf({ [`${'x'.repeat(900)}/a.jar`]: zip });

    expect(await parse(zip)).toEqual({ packages: [], problems: ['limit-path'] });
  });

  it('reports nested archives that inflate to more than the limit', async () => {
    const liar = await zipOf({ 'lib/a.jar': 'x' }, { compress: true });
    const zip = repeatEntry(
      patchEntry(liar, 0, (record) => record.writeUInt32LE(120 * MiB, 24)),
      12,
    );

    const { problems } = await parse(zip);

    expect(problems.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 'malformed'));
    expect(problems.slice(8)).toEqual(Array.from({ length: 4 }, () => 'limit-inflated'));
  });

  describe('given a bomb of nested archives', () => {
    let bomb: Buffer;
    beforeAll(async () => {
      // 100 MiB of zeroes are 100 KiB deflated; the entry is listed four times.
      const zeroes = deflateRawSync(Buffer.alloc(100 * MiB));
      const zip = await zipOf({ 'lib/bomb.jar': zeroes });
      bomb = repeatEntry(
        patchEntry(zip, 0, (record) => {
          record.writeUInt16LE(8, 10);
          record.writeUInt32LE(100 * MiB, 24);
        }),
        4,
      );
    });

    it('reports it, ends, and does not hold all of the archives at a time', async () => {
      const before = process.memoryUsage().arrayBuffers;
      const held: number[] = [];
      const file = wantedFile('opt/a.jar', bomb);
      // Each nested archive is read from the outer file: whatever of the ones before is held is there then.
      const watched = {
        ...file,
        read: (offset: number, length: number) => {
          held.push(process.memoryUsage().arrayBuffers - before);
          return file.read(offset, length);
        },
      };

      const { outputs, problems } = await java.parse(watched);

      expect(outputs).toEqual([]);
      expect(problems.map(({ code }) => code)).toEqual(['malformed', 'malformed', 'malformed', 'malformed']);
      expect(held.length).toBeGreaterThan(4);
      expect(Math.max(...held)).toBeLessThan(256 * MiB);
    });
  });

  it.each<[string, ZipOptions]>([
    ['stored', {}],
    ['deflated', { compress: true }],
    ['ZIP64', { zip64: true, compress: true }],
  ])('survives 2000 damaged copies of an archive (%s)', async (_, options) => {
    const inner = await zipOf(
      { ...CONTENT, 'META-INF/MANIFEST.MF': 'Implementation-Version: 1.0\n' },
      options,
    );
    const zip = await zipOf({ ...CONTENT, 'lib/b-1.0.jar': inner, 'lib/c-1.0.jar': inner }, options);

    for (const { bytes } of byteFlips(zip, 2000)) {
      const { packages } = await parse(bytes);
      expect(packages.length).toBeLessThan(10);
    }
  });
});

/** The archive with its directory listing the first entry `count` times: overlapping entries, as compression bombs have. */
function repeatEntry(zip: Buffer, count: number): Buffer {
  const endAt = zip.lastIndexOf(END_MAGIC);
  const end = Buffer.from(zip.subarray(endAt));
  const directoryAt = end.readUInt32LE(16);
  const first = zip.subarray(directoryAt);
  const record = first.subarray(
    0,
    46 + first.readUInt16LE(28) + first.readUInt16LE(30) + first.readUInt16LE(32),
  );
  end.writeUInt32LE(record.length * count, 12);
  return Buffer.concat([zip.subarray(0, directoryAt), Buffer.alloc(record.length * count, record), end]);
}

/** The archive of one entry with a comment of so many bytes in its directory. */
function withEntryComment(zip: Buffer, length: number): Buffer {
  const endAt = zip.lastIndexOf(END_MAGIC);
  const end = Buffer.from(zip.subarray(endAt));
  end.writeUInt32LE(end.readUInt32LE(12) + length, 12);
  patchEntry(zip, 0, (record) => record.writeUInt16LE(length, 32));
  return Buffer.concat([zip.subarray(0, endAt), Buffer.alloc(length), end]);
}
