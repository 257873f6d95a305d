import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What to put into an rpm header. */
export type HeaderSpec = {
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly arch?: string;
  readonly vendor?: string;
  readonly license?: string;
  readonly sourceRpm?: string;
  readonly modularityLabel?: string;
  /** Absolute paths. */
  readonly files?: readonly string[];
  /** Raw entries appended after all others, as rpm does at installation. */
  readonly dribbles?: readonly HeaderEntry[];
};
export type HeaderEntry = { tag: number; type: number; count: number; data: Buffer };

const HEADER_IMMUTABLE = 63;
const INT32 = 4;
const STRING = 6;
const BIN = 7;
const STRING_ARRAY = 8;

/** A header blob as rpm stores it: region entry, index, store. */
export function rpmHeader(spec: HeaderSpec): Buffer {
  const entries: HeaderEntry[] = [{ tag: HEADER_IMMUTABLE, type: BIN, count: 16, data: Buffer.alloc(16) }];
  const text = (tag: number, value: string | undefined) => {
    if (value !== undefined) entries.push(textEntry(tag, value));
  };
  text(1000, spec.name);
  text(1001, spec.version);
  text(1002, spec.release);
  if (spec.epoch !== undefined) entries.push(numbersEntry(1003, [spec.epoch]));
  text(1011, spec.vendor);
  text(1014, spec.license);
  text(1022, spec.arch);
  text(1044, spec.sourceRpm);
  if (spec.files !== undefined) entries.push(...fileEntries(spec.files));
  text(5096, spec.modularityLabel);
  return headerOf([...entries, ...(spec.dribbles ?? [])]);
}

/** A header with exactly these entries. */
export function headerOf(entries: readonly HeaderEntry[]): Buffer {
  const index: Buffer[] = [];
  const store: Buffer[] = [];
  let at = 0;
  for (const { tag, type, count, data } of entries) {
    const padding = type === INT32 ? (4 - (at % 4)) % 4 : 0;
    store.push(Buffer.alloc(padding), data);
    at += padding;
    index.push(bigEndian([tag, type, at, count]));
    at += data.length;
  }
  return Buffer.concat([bigEndian([entries.length, at]), ...index, ...store]);
}

export function textEntry(tag: number, value: string): HeaderEntry {
  return { tag, type: STRING, count: 1, data: Buffer.from(`${value}\0`) };
}

export function numbersEntry(tag: number, values: readonly number[]): HeaderEntry {
  return { tag, type: INT32, count: values.length, data: bigEndian(values) };
}

export function textsEntry(tag: number, values: readonly string[]): HeaderEntry {
  const data = Buffer.from(values.map((value) => `${value}\0`).join(''));
  return { tag, type: STRING_ARRAY, count: values.length, data };
}

function fileEntries(files: readonly string[]): HeaderEntry[] {
  const directories = [...new Set(files.map((path) => path.slice(0, path.lastIndexOf('/') + 1)))];
  const indexes = files.map((path) => directories.indexOf(path.slice(0, path.lastIndexOf('/') + 1)));
  const names = files.map((path) => path.slice(path.lastIndexOf('/') + 1));
  return [numbersEntry(1116, indexes), textsEntry(1117, names), textsEntry(1118, directories)];
}

function bigEndian(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}

/** An NDB database; `freeSlots` empty slots come before the used ones. */
export function ndbDatabase(blobs: readonly Buffer[], { freeSlots = 0 } = {}): Buffer {
  const slotPages = Math.ceil((blobs.length + freeSlots + 2) / 256);
  const slots = Buffer.alloc(slotPages * 4096);
  for (let at = 0; at < slots.length; at += 16) slots.write('Slot', at, 'latin1');
  slots.write('RpmP', 0, 'latin1');
  [0, 1, slotPages, blobs.length + 1, 0, 0, 0].forEach((value, i) => slots.writeUInt32LE(value, 4 + 4 * i));
  const parts = [slots];
  let block = slots.length / 16;
  blobs.forEach((blob, index) => {
    const blocks = Math.ceil((blob.length + 28) / 16);
    const slot = 32 + 16 * (index + freeSlots);
    [index + 1, block, blocks].forEach((value, i) => slots.writeUInt32LE(value, slot + 4 + 4 * i));
    const bytes = Buffer.alloc(blocks * 16);
    bytes.write('BlbS', 0, 'latin1');
    [index + 1, 0, blob.length].forEach((value, i) => bytes.writeUInt32LE(value, 4 + 4 * i));
    blob.copy(bytes, 16);
    bytes.writeUInt32LE(blob.length, bytes.length - 8);
    bytes.write('BlbE', bytes.length - 4, 'latin1');
    parts.push(bytes);
    block += blocks;
  });
  return Buffer.concat(parts);
}

export type BdbOptions = {
  readonly pageSize?: number;
  readonly endian?: 'little' | 'big';
  /** Values are stored in the hash page itself, as Berkeley DB does with those below a quarter of a page. */
  readonly inline?: boolean;
  /** Page type 2, as written by Berkeley DB before 4.6 (CentOS 5). */
  readonly unsorted?: boolean;
};

/** A Berkeley DB hash database as rpm writes it: key 0 holds a counter, every other key a package. */
export function bdbDatabase(blobs: readonly Buffer[], options: BdbOptions = {}): Buffer {
  const { pageSize = 4096, endian = 'little', inline = false, unsorted = false } = options;
  const pages: Buffer[] = [];
  const newPage = (type: number) => {
    const page = Buffer.alloc(pageSize);
    page[25] = type;
    pages.push(page);
    put32(page, 8, pages.length - 1, endian);
    return page;
  };
  const meta = newPage(8);
  put32(meta, 12, 0x061561, endian);
  put32(meta, 16, 9, endian);
  put32(meta, 20, pageSize, endian);
  const hashPages: HashPage[] = [];
  const put = (key: number, value: Buffer) => {
    const keyItem = Buffer.concat([Buffer.from([1]), Buffer.alloc(4)]);
    put32(keyItem, 1, key, endian);
    let target = hashPages.at(-1);
    if (target === undefined || !fits(target, keyItem.length + value.length)) {
      target = { page: newPage(unsorted ? 2 : 13), count: 0, free: pageSize };
      hashPages.push(target);
    }
    for (const item of [keyItem, value]) addItem(target, item, endian);
  };
  put(0, Buffer.concat([Buffer.from([1]), Buffer.alloc(4)]));
  blobs.forEach((blob, index) => {
    if (inline) return put(index + 1, Buffer.concat([Buffer.from([1]), blob]));
    const first = pages.length;
    const room = pageSize - 26;
    const count = Math.ceil(blob.length / room);
    for (let part = 0; part < count; part += 1) {
      const page = newPage(7);
      const used = blob.copy(page, 26, part * room, (part + 1) * room);
      put32(page, 16, part + 1 < count ? pages.length : 0, endian);
      put16(page, 22, used, endian);
    }
    const pointer = Buffer.alloc(12);
    pointer[0] = 3;
    put32(pointer, 4, first, endian);
    put32(pointer, 8, blob.length, endian);
    put(index + 1, pointer);
  });
  put32(meta, 32, pages.length - 1, endian);
  return Buffer.concat(pages);
}

type HashPage = { page: Buffer; count: number; free: number };

function fits(target: HashPage, bytes: number): boolean {
  return target.free - bytes >= 26 + 2 * (target.count + 2);
}

function addItem(target: HashPage, item: Buffer, endian: 'little' | 'big'): void {
  target.free -= item.length;
  item.copy(target.page, target.free);
  put16(target.page, 26 + 2 * target.count, target.free, endian);
  target.count += 1;
  put16(target.page, 20, target.count, endian);
}

function put16(bytes: Buffer, at: number, value: number, endian: 'little' | 'big'): void {
  if (endian === 'little') bytes.writeUInt16LE(value, at);
  else bytes.writeUInt16BE(value, at);
}

function put32(bytes: Buffer, at: number, value: number, endian: 'little' | 'big'): void {
  if (endian === 'little') bytes.writeUInt32LE(value, at);
  else bytes.writeUInt32BE(value, at);
}

export type SqliteOptions = {
  readonly pageSize?: number;
  readonly journal?: 'delete' | 'wal';
  readonly encoding?: 'UTF-8' | 'UTF-16le';
  /** Statements run after the packages were written. */
  readonly afterwards?: readonly string[];
};

/** A database written by SQLite itself with rpm's schema (lib/backend/sqlite.c). */
export function sqliteDatabase(blobs: readonly Buffer[], options: SqliteOptions = {}): Buffer {
  const { pageSize = 4096, journal = 'delete', encoding = 'UTF-8', afterwards = [] } = options;
  const directory = mkdtempSync(join(tmpdir(), 'rpmdb-'));
  try {
    const path = join(directory, 'rpmdb.sqlite');
    const database = new DatabaseSync(path);
    database.exec(
      `PRAGMA encoding = '${encoding}'; PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = ${journal}`,
    );
    database.exec('CREATE TABLE Name (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)');
    database.exec('CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)');
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
    for (const blob of blobs) insert.run(blob);
    for (const statement of afterwards) database.exec(statement);
    database.close();
    return readFileSync(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
