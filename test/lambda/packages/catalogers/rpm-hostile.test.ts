import { describe, expect, it } from '@jest/globals';
import { rpm } from '../../../../lambda/packages/catalogers/rpm/index.ts';
import {
  bdbDatabase,
  headerOf,
  ndbDatabase,
  numbersEntry,
  rpmHeader,
  sqliteDatabase,
  textEntry,
  textsEntry,
} from '../../../support/rpm-databases.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const SEEDS = 10_000;
/** A parse of these small files takes well under a millisecond; a loop that ends by luck would take seconds. */
const MAX_MS_PER_PARSE = 5000;

const HEADERS = Array.from({ length: 12 }, (_, index) =>
  rpmHeader({
    name: `package-${index}`,
    version: `1.${index}`,
    release: '1.el9',
    epoch: index % 3,
    arch: 'x86_64',
    vendor: 'Vendor, Inc.',
    license: 'MIT'.repeat(1 + (index % 4) * 60),
    sourceRpm: `source-${index}-1.0-1.el9.src.rpm`,
    modularityLabel: 'stream:1:2:c0ffee',
    files: [`/usr/bin/tool-${index}`, `/usr/lib/lib-${index}.so.1`, `/usr/share/doc/package-${index}/README`],
  }),
);

const DATABASES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['NDB', ndbDatabase(HEADERS)],
  ['Berkeley DB, little-endian', bdbDatabase(HEADERS, { pageSize: 512 })],
  ['Berkeley DB, big-endian', bdbDatabase(HEADERS, { pageSize: 1024, endian: 'big' })],
  ['Berkeley DB, inline values', bdbDatabase(HEADERS, { pageSize: 4096, inline: true })],
  ['SQLite, deep tree', sqliteDatabase(HEADERS, { pageSize: 512 })],
  ['SQLite', sqliteDatabase(HEADERS, { pageSize: 4096 })],
];

/** Mulberry32: small, and the same numbers for a seed everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 1 to 24 bytes changed, every other time near a place where structure is; a tenth is cut off as well. */
function damaged(bytes: Buffer, seed: number): Buffer {
  const random = randomOf(seed);
  const copy = Buffer.from(bytes);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let left = 1 + below(24); left > 0; left -= 1) {
    const at =
      random() < 0.5 ? below(copy.length) : (below(copy.length / 512) * 512 + below(64)) % copy.length;
    copy[at] = random() < 0.3 ? ([0, 1, 0x7f, 0x80, 0xff][below(5)] ?? 0) : below(256);
  }
  return random() < 0.1 ? copy.subarray(0, below(copy.length)) : copy;
}

function parse(bytes: Buffer) {
  return rpm.parse(wantedFile('var/lib/rpm/rpmdb.sqlite', bytes));
}

describe('packages/catalogers/rpm on hostile files', () => {
  it.each(DATABASES)('starts from a sound database: %s', (_, bytes) => {
    const { outputs, problems } = parse(bytes);

    expect([outputs.length, problems]).toEqual([HEADERS.length, []]);
  });

  it(`returns packages or problems, quickly and in bounds, for ${SEEDS} damaged databases`, () => {
    let slowest = 0;
    let hurt = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const bytes = damaged(DATABASES[seed % DATABASES.length]?.[1] ?? Buffer.alloc(0), seed);
      const started = performance.now();
      const { outputs, problems } = parse(bytes);
      slowest = Math.max(slowest, performance.now() - started);

      const size = JSON.stringify(outputs).length;
      if (outputs.length + problems.length === 0) throw new Error(`seed ${seed}: nothing said`);
      if (size > 64 * bytes.length || problems.length > 51)
        throw new Error(`seed ${seed}: ${size} characters`);
      if (problems.length > 0) hurt += 1;
    }
    expect(slowest).toBeLessThan(MAX_MS_PER_PARSE);
    expect(hurt).toBeGreaterThan(SEEDS / 4);
  });

  it('ends when an overflow page of Berkeley DB leads to itself', () => {
    const bytes = bdbDatabase(HEADERS, { pageSize: 512 });
    const overflow = [...pagesOf(bytes, 512)].find((page) => page[25] === 7 && page.readUInt32LE(16) !== 0);
    overflow?.writeUInt32LE(overflow.readUInt32LE(8), 16);

    expect(parse(bytes).problems).toMatchObject([{ code: 'malformed' }]);
  });

  it('reads a chain once when every entry of Berkeley DB points to it', () => {
    const bytes = bdbDatabase(HEADERS, { pageSize: 512 });
    for (const page of pagesOf(bytes, 512)) {
      if (page[25] !== 13) continue;
      for (let index = 1; index < page.readUInt16LE(20); index += 2) {
        const at = page.readUInt16LE(26 + 2 * index);
        if (page[at] === 3) page.writeUInt32LE(2, at + 4);
      }
    }

    expect(parse(bytes).outputs.length).toBeLessThanOrEqual(1);
  });

  it('ends when a tree of SQLite contains itself', () => {
    const bytes = sqliteDatabase(HEADERS, { pageSize: 512 });
    const interior = [...pagesOf(bytes, 512)].findIndex((page) => page[0] === 5);
    for (let at = 0; at < 3; at += 1)
      bytes.writeUInt32BE(interior + 1, interior * 512 + cellAt(bytes, interior * 512, at));

    const { outputs, problems } = parse(bytes);

    expect(outputs.length).toBeLessThan(HEADERS.length);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'malformed' }));
  });

  it('stops when all rows of SQLite lie on top of each other', () => {
    const bytes = sqliteDatabase([rpmHeader({ name: 'a', version: '1', license: 'x'.repeat(20_000) })], {
      pageSize: 65536,
    });
    const leaf = [...pagesOf(bytes, 65536)].findIndex(
      (page, index) => index > 0 && page[0] === 13 && page[4] === 1,
    );
    const cell = bytes.readUInt16BE(leaf * 65536 + 8);
    bytes.writeUInt16BE(2000, leaf * 65536 + 3);
    for (let index = 0; index < 2000; index += 1) bytes.writeUInt16BE(cell, leaf * 65536 + 8 + 2 * index);

    const { outputs, problems } = parse(bytes);

    expect(outputs.length).toBeLessThan(20);
    expect(problems).toContainEqual(expect.objectContaining({ detail: 'the rows overlap' }));
  });

  it('stops when all slots of NDB lead to the same blob', () => {
    const bytes = ndbDatabase([rpmHeader({ name: 'a', version: '1', license: 'x'.repeat(40_000) })]);
    for (let at = 48; at < 4096; at += 16) bytes.copy(bytes, at, 32, 48);

    const { outputs, problems } = parse(bytes);

    expect(outputs).toHaveLength(1);
    expect(problems).toMatchObject([{ detail: 'the slots overlap' }]);
  });

  it('stops when all values of Berkeley DB lie on top of each other', () => {
    const large = rpmHeader({ name: 'a', version: '1', license: 'x'.repeat(30_000) });
    const bytes = bdbDatabase([large], { pageSize: 65536, inline: true });
    const page = bytes.subarray(65536);
    page.writeUInt16LE(2000, 20);
    for (let index = 4; index < 2000; index += 1)
      page.writeUInt16LE(page.readUInt16LE(26 + 2 * (2 + (index % 2))), 26 + 2 * index);

    const { outputs, problems } = parse(bytes);

    expect(outputs.length).toBeLessThan(10);
    expect(problems).toContainEqual(expect.objectContaining({ detail: 'the values overlap' }));
  });

  it('keeps no more paths than the file could hold when a long directory is named for each of many files', () => {
    const count = 50_000;
    const header = headerOf([
      textEntry(1000, 'a'),
      textEntry(1001, '1'),
      textEntry(1002, '1'),
      numbersEntry(
        1116,
        Array.from({ length: count }, () => 0),
      ),
      textsEntry(
        1117,
        Array.from({ length: count }, () => 'x'),
      ),
      textsEntry(1118, [`/opt/${'d'.repeat(4000)}/`]),
    ]);
    const bytes = ndbDatabase([header]);

    const { outputs, problems } = parse(bytes);

    expect(JSON.stringify(outputs).length).toBeLessThan(8 * bytes.length);
    expect(outputs).toHaveLength(1);
    expect(problems).toMatchObject([{ code: 'limit-files' }]);
  });
});

function* pagesOf(bytes: Buffer, pageSize: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pageSize) yield bytes.subarray(at, at + pageSize);
}

function cellAt(bytes: Buffer, page: number, index: number): number {
  return bytes.readUInt16BE(page + 12 + 2 * index);
}
