import { describe, expect, it } from '@jest/globals';
import { assert, nat, property, uint8Array } from 'fast-check';
import { normalisePath } from '../../../lambda/image/paths.ts';
import { parseHeader } from '../../../lambda/image/tar/header.ts';
import { parsePax } from '../../../lambda/image/tar/pax.ts';
import { type TarEntry, TarReader } from '../../../lambda/image/tar/reader.ts';
import { tarHeader } from '../../../scripts/demo/tar-header.ts';
import { tarOf } from '../../support/image-builder.ts';

function entriesOf(bytes: Buffer): { entries: TarEntry[]; damage: string[]; end: string } {
  const entries: TarEntry[] = [];
  const damage: string[] = [];
  const reader = new TarReader(
    { entry: (entry) => void entries.push(entry), damage: (code) => damage.push(code) },
    4096,
  );
  reader.write(bytes);
  return { entries, damage, end: reader.finish() };
}

/** `length key=value\n` with the length it has itself. */
function pax(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}${rest}`.length !== length) length += 1;
  return `${length}${rest}`;
}

describe('image/tar', () => {
  it('reads kinds, modes, links and long names', async () => {
    const long = `${'d/'.repeat(80)}name`;
    const tar = await tarOf([
      { path: 'file', content: 'abc', mode: 0o4755 },
      { path: 'folder/', directory: true },
      { path: 'soft', linkTo: `../${long}` },
      { path: 'hard', hardlinkTo: 'file' },
      { path: 'pipe', type: 'fifo' },
      { path: long, content: 'x' },
    ]);

    expect(
      entriesOf(tar).entries.map(({ name, kind, linkName, size }) => [name, kind, linkName, size]),
    ).toEqual([
      ['file', 'file', '', 3],
      ['folder/', 'directory', '', 0],
      ['soft', 'symlink', `../${long}`, 0],
      ['hard', 'hardlink', 'file', 0],
      ['pipe', 'other', '', 0],
      [long, 'file', '', 1],
    ]);
    expect(entriesOf(tar).entries[0]?.mode).toBe(0o4755);
  });

  it('reads the long names of GNU tar', () => {
    const name = 'n'.repeat(150);
    const content = Buffer.alloc(512);
    content.write(`${name}\0`);
    const tar = Buffer.concat([
      tarHeader({ name: '././@LongLink', size: 151, type: 'L' }),
      content,
      tarHeader({ name: 'n'.repeat(99), size: 0 }),
    ]);

    expect(entriesOf(tar).entries.map((entry) => entry.name)).toEqual([name]);
  });

  it('takes the size of a file from its extended header', () => {
    const records = pax('size', '600');
    const content = Buffer.alloc(512);
    content.write(records);
    const tar = Buffer.concat([
      tarHeader({ name: 'pax', size: records.length, type: 'x' }),
      content,
      tarHeader({ name: 'a', size: 0 }),
      Buffer.alloc(1024),
      tarHeader({ name: 'b', size: 0 }),
    ]);

    expect(entriesOf(tar).entries.map(({ name, size }) => [name, size])).toEqual([
      ['a', 600],
      ['b', 0],
    ]);
  });

  it('knows a sparse file by its extended header', () => {
    const records = pax('GNU.sparse.major', '1') + pax('GNU.sparse.name', 'real');
    const content = Buffer.alloc(512);
    content.write(records);
    const tar = Buffer.concat([
      tarHeader({ name: 'pax', size: records.length, type: 'x' }),
      content,
      tarHeader({ name: 'GNUSparseFile.0/real', size: 0 }),
    ]);

    expect(entriesOf(tar).entries).toMatchObject([{ name: 'real', sparse: true }]);
  });

  it('gives content to files alone, whatever size a link claims', () => {
    const tar = Buffer.concat([
      tarHeader({ name: 'l', size: 512, type: '2' }),
      tarHeader({ name: 'a', size: 0 }),
    ]);

    expect(entriesOf(tar).entries.map(({ name }) => name)).toEqual(['l', 'a']);
  });

  it.each([
    ['size in base-256', 8 * 1024 ** 3 + 5],
    ['size in octal', 0o1234567],
  ])('reads a %s', (_, size) => {
    expect(parseHeader(tarHeader({ name: 'a', size }), 0)?.size).toBe(size);
  });

  it('takes the checksum of writers that summed signed bytes', () => {
    const block = tarHeader({ name: 'ü', size: 0 });
    const sum = block.reduce(
      (total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : (byte << 24) >> 24),
      0,
    );
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);

    expect(parseHeader(block, 0)?.name).toBe('ü');
  });

  it.each<[string, (block: Buffer) => void]>([
    ['a wrong checksum', (block) => block.write('x', 0)],
    ['a checksum that is no number', (block) => block.write('zzzzzz', 148)],
    ['a negative size', (block) => block.fill(0xff, 124, 136)],
    [
      'a size beyond any number',
      (block) => {
        block.fill(0xff, 124, 136);
        block[124] = 0x80;
      },
    ],
  ])('reports %s', (_, damage) => {
    const block = tarHeader({ name: 'a', size: 0 });
    damage(block);

    expect(entriesOf(block)).toMatchObject({ entries: [], damage: ['malformed'] });
  });

  it('reports extended headers that are malformed or too large', () => {
    const content = Buffer.alloc(512, '9999 path=x\n');

    expect(
      entriesOf(Buffer.concat([tarHeader({ name: 'p', size: 512, type: 'x' }), content])).damage,
    ).toEqual(['malformed']);
    expect(entriesOf(tarHeader({ name: 'p', size: 5000, type: 'L' })).damage).toEqual(['too-large']);
  });

  it('ends at two empty blocks and ignores what follows', () => {
    const tar = Buffer.concat([
      tarHeader({ name: 'a', size: 0 }),
      Buffer.alloc(1024),
      tarHeader({ name: 'b', size: 0 }),
    ]);

    expect(entriesOf(tar).entries.map(({ name }) => name)).toEqual(['a']);
  });

  it('never throws on any bytes', () => {
    assert(
      property(uint8Array({ maxLength: 2000 }), nat(511), (bytes, at) => {
        const block = tarHeader({ name: 'a', size: 100, type: 'x' });
        entriesOf(Buffer.concat([block, Buffer.from(bytes)]));
        block[at] = bytes[0] ?? 0;
        entriesOf(Buffer.concat([block, Buffer.from(bytes)]));
        parsePax(Buffer.from(bytes));
      }),
    );
  });

  it.each([
    ['./a/b', 'a/b'],
    ['/a/b/', 'a/b'],
    ['a//b', 'a/b'],
    ['a/./b', 'a/b'],
    ['a/x/../b', 'a/b'],
    ['.', ''],
    ['./', ''],
    ['', ''],
    ['..a/b', '..a/b'],
    ['.hidden', '.hidden'],
    ['a/.hidden', 'a/.hidden'],
    ['../a', undefined],
    ['a/../../b', undefined],
    ['/..', undefined],
    ['a/..', ''],
  ])('normalises %j to %j', (name, expected) => {
    expect(normalisePath(name)).toBe(expected);
  });
});
