import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { indexTar, type TarIndex } from '../../../../lambda/registry/files/tar-index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { type EntrySpec, tarOf } from '../../../support/image-builder.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const inDirectory = temporaryDirectory();
const handles: FileHandle[] = [];
let files = 0;

async function indexOf(tar: Buffer): Promise<TarIndex> {
  const path = inDirectory(`${++files}.tar`);
  await writeFile(path, tar);
  const handle = await open(path);
  handles.push(handle);
  return indexTar(handle);
}

/** A header block as pax and GNU tar write it; fields can be replaced by raw bytes. */
function header(
  name: string,
  size: string | Buffer,
  type: string,
  magic = 'ustar\u000000',
  prefix = '',
): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'latin1');
  block.write('0000644\0', 100);
  if (typeof size === 'string') block.write(size, 124);
  else size.copy(block, 124);
  block.write(type, 156);
  block.write(magic, 257);
  block.write(prefix, 345);
  return summed(block);
}

function summed(block: Buffer): Buffer {
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(content: string): Buffer {
  return Buffer.concat([Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

function octal(size: number): string {
  return `${size.toString(8).padStart(11, '0')}\0`;
}

describe('registry/files/tar-index', () => {
  afterEach(async () => {
    for (const handle of handles.splice(0)) await handle.close();
  });

  it('finds files, and nothing for directories and devices', async () => {
    const entries: EntrySpec[] = [
      { path: 'd/', directory: true },
      { path: 'd/a', content: 'x'.repeat(513) },
      { path: './b', content: 'y' },
      { path: 'fifo', type: 'fifo' },
      { path: 'device', type: 'block-device' },
    ];

    expect([...(await indexOf(await tarOf(entries)))]).toEqual([
      ['d/a', { offset: 1024, size: 513 }],
      ['b', { offset: 1024 + 1024 + 512, size: 1 }],
    ]);
  });

  it('resolves the targets of links from where they stand', async () => {
    const index = await indexOf(
      await tarOf([
        { path: 'x/layer.tar', linkTo: '../y/layer.tar' },
        { path: 'x/absolute', linkTo: '/y/layer.tar' },
        { path: 'x/hard', hardlinkTo: 'y/layer.tar' },
        { path: 'x/outside', linkTo: '../../etc/passwd' },
      ]),
    );

    expect([...index]).toEqual(
      ['x/layer.tar', 'x/absolute', 'x/hard'].map((path) => [path, { linkTo: 'y/layer.tar' }]),
    );
  });

  it('takes the last of several entries of a path, and none that leads out', async () => {
    const index = await indexOf(
      await tarOf([
        { path: 'a', content: '1' },
        { path: 'a', content: '22' },
        { path: '../b', content: '3' },
      ]),
    );

    expect([...index]).toEqual([['a', { offset: 1024 + 512, size: 2 }]]);
  });

  it('reads long names as pax writes them', async () => {
    const path = `${'directory/'.repeat(40)}file`;

    const index = await indexOf(
      await tarOf([
        { path, content: 'x' },
        { path: 'next', content: 'y' },
      ]),
    );

    expect([...index.keys()]).toEqual([path, 'next']);
  });

  it('reads long names and links as GNU tar writes them', async () => {
    const long = `${'directory/'.repeat(20)}file`;
    const gnu = 'ustar  \0';
    const index = await indexOf(
      Buffer.concat([
        header('././@LongLink', octal(long.length + 1), 'L', gnu),
        padded(`${long}\0`),
        header('cut', octal(3), '0', gnu),
        padded('abc'),
        header('././@LongLink', octal(long.length + 1), 'K', gnu),
        padded(`${long}\0`),
        header('link', octal(0), '1', gnu),
        Buffer.alloc(1024),
      ]),
    );

    expect([...index.keys()]).toEqual([long, 'link']);
    expect(index.get('link')).toEqual({ linkTo: long });
  });

  it('joins the prefix of ustar, which GNU tar uses for other things', async () => {
    const index = await indexOf(
      Buffer.concat([
        header('name', octal(0), '0', 'ustar\u000000', 'prefix'),
        header('name', octal(0), '0', 'ustar  \0', '12345670'),
      ]),
    );

    expect([...index.keys()]).toEqual(['prefix/name', 'name']);
  });

  it('reads the oldest format, whose type is a NUL byte', async () => {
    expect([...(await indexOf(header('old', octal(0), '\0', ''))).keys()]).toEqual(['old']);
  });

  it.each([
    ['in base 256', header('big', Buffer.from('800000000000000240000000', 'hex'), '0')],
    [
      'in a pax record',
      Buffer.concat([
        header('pax', octal(20), 'x'),
        padded('20 size=9663676416\n'),
        header('big', octal(0), '0'),
      ]),
    ],
  ])('understands a size above 8 GiB %s', async (_, tar) => {
    const path = inDirectory('sparse.tar');
    await writeFile(path, tar);
    const handle = await open(path, 'r+');
    handles.push(handle);
    const size = 9 * 1024 ** 3;
    await handle.truncate(tar.length + size);
    await handle.write(header('after', octal(0), '0'), 0, 512, tar.length + size);

    expect([...(await indexTar(handle))]).toEqual([
      ['big', { offset: tar.length, size }],
      ['after', { offset: tar.length + size + 512, size: 0 }],
    ]);
  });

  it('ignores malformed pax records and global headers', async () => {
    const records = '12 path=wrongabc\n';
    const index = await indexOf(
      Buffer.concat([
        header('pax', octal(records.length), 'x'),
        padded(records),
        header('a', octal(0), '0'),
        header('global', octal(14), 'g'),
        padded('14 path=wrong\n'),
        header('b', octal(0), '0'),
      ]),
    );

    expect(index.has('b')).toBe(true);
    expect(index.has('wrong')).toBe(false);
  });

  it('ends with the file when the closing blocks are missing', async () => {
    const tar = await tarOf([{ path: 'a', content: 'x' }]);

    expect((await indexOf(tar.subarray(0, 1024))).size).toBe(1);
  });

  it.each([
    ['no tar', Buffer.from('PK'.repeat(500))],
    ['a damaged header', Buffer.concat([header('a', octal(0), '0'), Buffer.alloc(512, 'x')])],
    ['a negative size', header('a', Buffer.from('ffffffffffffffffffffffff', 'hex'), '0')],
    ['a size beyond what numbers hold', header('a', Buffer.from('80ffffffffffffffffffffff', 'hex'), '0')],
    ['a size that is no number', header('a', '12x\0', '0')],
    ['content that is cut off', header('a', octal(5000), '0')],
    ['an endless name', Buffer.concat([header('L', octal(2 ** 21), 'L'), Buffer.alloc(2 ** 21, 'x')])],
  ])('rejects %s', async (_, tar) => {
    expect(await codeOf(() => indexOf(tar))).toBe('archive-invalid');
  });

  it('rejects more than 100,000 entries', async () => {
    const many = Buffer.alloc(100_001 * 512, header('a', octal(0), '0'));

    expect(await codeOf(() => indexOf(many))).toBe('archive-invalid');
  });

  it('has nothing for an empty file', async () => {
    expect((await indexOf(Buffer.alloc(0))).size).toBe(0);
  });
});
