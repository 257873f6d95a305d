// The little of SQLite that reading one table of a database file takes: https://www.sqlite.org/fileformat.html
// (1.3 the header, 1.6 b-tree pages, 2.1 record format). Native SQLite is not used: it would have to open a file, and the
// bytes come from whoever built the image.
import type { ByteSource } from '../../byte-source.ts';
import type { ProblemList } from '../../problem-list.ts';
import { type BlobReader, MAX_HEADER_BYTES, seenOnce } from './blob-source.ts';
import { readRecord, readVarint } from './sqlite-record.ts';

/** The first 16 bytes of the file. */
export const SQLITE_MAGIC = 'SQLite format 3\0';

const HEADER_BYTES = 100;
const INTERIOR_TABLE = 5;
const LEAF_TABLE = 13;
const UTF_8 = 1;

type Database = {
  readonly file: ByteSource;
  readonly pageSize: number;
  /** Page size without the bytes reserved at each page's end. */
  readonly usable: number;
  readonly pages: number;
  /** Pages are counted from 1. */
  readonly seen: { first(index: number): boolean };
  /** Payload bytes that may still be read: records do not overlap, so together they are no longer than the file. */
  budget: number;
};

/**
 * The values of column `blob` of rpm's table `Packages`, in the order of the keys:
 * https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/lib/backend/sqlite.c (`hnum`, `blob`).
 * Changes that are still in a write-ahead log beside the file are not seen.
 */
export const readSqlite: BlobReader = function* (file, problems) {
  const database = openDatabase(file, problems);
  if (database === undefined) return;
  const root = findTable(database, 'Packages', problems);
  if (root === undefined) {
    problems.add('malformed', 'the database has no table Packages');
    return;
  }
  for (const payload of readTable(database, root, problems)) {
    const column = readRecord(payload)?.[1];
    if (column?.kind === 'blob') yield column.bytes;
    else problems.add('malformed', 'a row of the table Packages holds no blob');
  }
};

function openDatabase(file: ByteSource, problems: ProblemList): Database | undefined {
  const header = file.read(0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== SQLITE_MAGIC) {
    problems.add('malformed', 'not an SQLite database');
    return undefined;
  }
  const stored = header.readUInt16BE(16);
  const pageSize = stored === 1 ? 65536 : stored;
  const usable = pageSize - (header[20] ?? 0);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480) {
    problems.add('malformed', `${pageSize} is not a page size of SQLite`);
    return undefined;
  }
  if (header.readUInt32BE(56) !== UTF_8) {
    problems.add('unsupported', 'the database is not in UTF-8');
    return undefined;
  }
  const pages = Math.floor(file.size / pageSize);
  // Valid only when it was written together with the change counter (1.3.7).
  const claimed = header.readUInt32BE(24) === header.readUInt32BE(92) ? header.readUInt32BE(28) : 0;
  if (claimed > pages) problems.add('truncated', `${claimed - pages} of ${claimed} pages are missing`);
  return { file, pageSize, usable, pages, seen: seenOnce(pages + 1), budget: file.size };
}

/** Root page of a table, from the schema table on page 1: type, name, tbl_name, rootpage, sql. */
function findTable(database: Database, name: string, problems: ProblemList): number | undefined {
  for (const payload of readTable(database, 1, problems)) {
    const record = readRecord(payload);
    const [type, table, , root] = record ?? [];
    if (type?.kind !== 'text' || table?.kind !== 'text' || root?.kind !== 'integer') continue;
    if (type.bytes.toString() === 'table' && table.bytes.toString() === name) return root.value;
  }
  return undefined;
}

/** Payloads of a table b-tree in key order. Each page is read at most once, whatever the pointers say. */
function* readTable(database: Database, root: number, problems: ProblemList): Generator<Buffer> {
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (number === 0 || !database.seen.first(number)) {
      problems.add('malformed', `page ${number} is missing or used twice`);
      continue;
    }
    const page = readPage(database, number);
    const start = number === 1 ? HEADER_BYTES : 0;
    const type = page[start];
    if (type !== INTERIOR_TABLE && type !== LEAF_TABLE) {
      problems.add('malformed', `page ${number} is not part of a table`);
      continue;
    }
    const cells = readCells(page, start, type === LEAF_TABLE ? 8 : 12);
    if (cells === undefined) {
      problems.add('malformed', `page ${number} has broken cells`);
    } else if (type === INTERIOR_TABLE) {
      waiting.push(page.readUInt32BE(start + 8));
      for (const cell of cells.toReversed()) waiting.push(page.readUInt32BE(cell));
    } else {
      for (const cell of cells) {
        const payload = readPayload(database, page, cell);
        if (payload !== undefined) yield payload;
        else problems.add('malformed', `a row of page ${number} is broken`);
        if (database.budget < 0) {
          problems.add('malformed', 'the rows overlap');
          return;
        }
      }
    }
  }
}

/** Offsets of a page's cells, each with at least 4 bytes behind it; `undefined` when one lies outside the page. */
function readCells(page: Buffer, start: number, headerBytes: number): number[] | undefined {
  const count = page.readUInt16BE(start + 3);
  const pointers = start + headerBytes;
  if (pointers + 2 * count > page.length) return undefined;
  const cells: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const cell = page.readUInt16BE(pointers + 2 * index);
    if (cell + 4 > page.length) return undefined;
    cells.push(cell);
  }
  return cells;
}

/** The payload of a leaf cell with its overflow pages (1.6, "cell payload overflow"). */
function readPayload(database: Database, page: Buffer, cell: number): Buffer | undefined {
  const size = readVarint(page, cell);
  const key = size && readVarint(page, size.next);
  if (size === undefined || key === undefined || size.value > MAX_HEADER_BYTES) return undefined;
  database.budget -= size.value;
  if (database.budget < 0) return undefined;
  const local = localBytes(size.value, database.usable);
  if (key.next + local > page.length) return undefined;
  const first = page.subarray(key.next, key.next + local);
  if (local === size.value) return first;
  const pointer = key.next + local;
  if (pointer + 4 > page.length) return undefined;
  return readOverflow(database, first, page.readUInt32BE(pointer), size.value);
}

function localBytes(size: number, usable: number): number {
  const most = usable - 35;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const wanted = least + ((size - least) % (usable - 4));
  return wanted <= most ? wanted : least;
}

function readOverflow(database: Database, first: Buffer, from: number, size: number): Buffer | undefined {
  const parts = [first];
  let missing = size - first.length;
  for (let number = from; missing > 0; ) {
    if (number === 0 || !database.seen.first(number)) return undefined;
    const page = readPage(database, number);
    const part = page.subarray(4, 4 + Math.min(missing, database.usable - 4));
    parts.push(part);
    missing -= part.length;
    number = page.readUInt32BE(0);
  }
  return Buffer.concat(parts, size);
}

function readPage(database: Database, number: number): Buffer {
  return database.file.read((number - 1) * database.pageSize, database.pageSize);
}
