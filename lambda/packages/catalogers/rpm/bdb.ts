// Berkeley DB, access method hash: `Packages` up to RHEL 8, Fedora 32, Amazon Linux 2.
// https://github.com/berkeleydb/libdb/blob/5b7b02ae052442626af54c176335b67ecc613a30/src/dbinc/db_page.h : page header (PAGE),
// hash meta page (HMETA33), hash items (HKEYDATA, HOFFPAGE), overflow pages (OV_LEN). Numbers are in the byte order of the
// machine that wrote the file.
import type { ByteSource } from '../../byte-source.ts';
import type { ProblemList } from '../../problem-list.ts';
import { type BlobReader, MAX_HEADER_BYTES, seenOnce } from './blob-source.ts';

/** DB_HASHMAGIC, at byte 12 of the first page. */
export const BDB_HASH_MAGIC = 0x00061561;
/** DB_BTREEMAGIC, for the message. */
export const BDB_BTREE_MAGIC = 0x00053162;

const P_HASH_UNSORTED = 2;
const P_OVERFLOW = 7;
const P_HASH = 13;
const H_KEYDATA = 1;
const H_OFFPAGE = 3;

const META_BYTES = 512;
const PAGE_HEADER_BYTES = 26;
const OFFPAGE_BYTES = 12;
/** A header blob has 8 bytes of lengths and at least one index entry of 16; shorter values are rpm's own counters. */
const MIN_HEADER_BYTES = 24;

type Database = {
  readonly file: ByteSource;
  readonly pageSize: number;
  readonly pages: number;
  readonly u16: (bytes: Buffer, at: number) => number;
  readonly u32: (bytes: Buffer, at: number) => number;
};

/** The headers of a Berkeley DB hash database in the order of its pages. */
export const readBdb: BlobReader = function* (file, problems) {
  const database = openDatabase(file, problems);
  if (database === undefined) return;
  const overflow = seenOnce(database.pages);
  // Items inside a page do not overlap, so inline values together are no longer than the file.
  let budget = file.size;
  for (let number = 1; number < database.pages; number += 1) {
    const page = readPage(database, number);
    const type = page[25];
    if (type !== P_HASH && type !== P_HASH_UNSORTED) continue;
    for (const item of readValues(database, page, number, problems)) {
      const blob = item.offPage ? readChain(database, item.page, item.length, overflow) : item.bytes;
      budget -= item.offPage ? 0 : (blob?.length ?? 0);
      if (budget < 0) {
        problems.add('malformed', 'the values overlap');
        return;
      }
      if (blob === undefined)
        problems.add('malformed', `a value of page ${number} has a broken overflow chain`);
      else yield blob;
    }
  }
};

function openDatabase(file: ByteSource, problems: ProblemList): Database | undefined {
  const meta = file.read(0, META_BYTES);
  const refuse = (code: string, detail: string) => {
    problems.add(code, detail);
    return undefined;
  };
  if (meta.length < META_BYTES)
    return refuse('truncated', 'the file is shorter than the first page of a database');
  const little = meta.readUInt32LE(12) === BDB_HASH_MAGIC;
  if (!little && meta.readUInt32BE(12) !== BDB_HASH_MAGIC)
    return refuse('malformed', 'not a Berkeley DB hash database');
  const u16 = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const pageSize = u32(meta, 20);
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) {
    return refuse('malformed', `${pageSize} is not a page size of Berkeley DB`);
  }
  if (meta[24] !== 0) return refuse('unsupported', 'the database is encrypted');
  // DBMETA_CHKSUM: a checksum would widen the header of every page.
  if (((meta[26] ?? 0) & 1) !== 0) return refuse('unsupported', 'the database has page checksums');
  const claimed = u32(meta, 32) + 1;
  const pages = Math.min(claimed, Math.floor(file.size / pageSize));
  if (pages < claimed) problems.add('truncated', `${claimed - pages} of ${claimed} pages are missing`);
  return { file, pageSize, pages, u16, u32 };
}

function readPage(database: Database, number: number): Buffer {
  return database.file.read(number * database.pageSize, database.pageSize);
}

type Value =
  | { readonly offPage: true; readonly page: number; readonly length: number }
  | { readonly offPage: false; readonly bytes: Buffer };

/** The values of a hash page: every second item. Items are filled in from the end of the page, so item i ends where i-1 begins. */
function readValues(database: Database, page: Buffer, number: number, problems: ProblemList): Value[] {
  const { pageSize, u16, u32 } = database;
  const values: Value[] = [];
  const count = Math.min(u16(page, 20), Math.floor((pageSize - PAGE_HEADER_BYTES) / 2));
  if (count !== u16(page, 20) || count % 2 !== 0)
    problems.add('malformed', `page ${number} has a broken item count`);
  for (let index = 1; index < count; index += 2) {
    const at = u16(page, PAGE_HEADER_BYTES + 2 * index);
    const end = u16(page, PAGE_HEADER_BYTES + 2 * (index - 1));
    const type = page[at];
    if (type === H_OFFPAGE && at + OFFPAGE_BYTES <= pageSize) {
      values.push({ offPage: true, page: u32(page, at + 4), length: u32(page, at + 8) });
    } else if (type === H_KEYDATA && at < end && end <= pageSize) {
      if (end - at > MIN_HEADER_BYTES) values.push({ offPage: false, bytes: page.subarray(at + 1, end) });
    } else {
      problems.add('malformed', `item ${index} of page ${number} is not a value`);
    }
  }
  return values;
}

function readChain(
  database: Database,
  first: number,
  length: number,
  seen: { first(index: number): boolean },
): Buffer | undefined {
  if (length > MAX_HEADER_BYTES || length > database.file.size) return undefined;
  const parts: Buffer[] = [];
  let missing = length;
  for (let number = first; missing > 0; ) {
    if (number === 0 || !seen.first(number)) return undefined;
    const page = readPage(database, number);
    const used = database.u16(page, 22);
    if (page[25] !== P_OVERFLOW || used === 0 || used > page.length - PAGE_HEADER_BYTES) return undefined;
    parts.push(page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + Math.min(used, missing)));
    missing -= used;
    number = database.u32(page, 16);
  }
  return missing === 0 ? Buffer.concat(parts, length) : undefined;
}
