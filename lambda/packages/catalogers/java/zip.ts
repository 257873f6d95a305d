import { inflateRawSync } from 'node:zlib';
import { KiB } from '../../../shared/units.ts';
import { type ByteSource, sliceOf } from '../../byte-source.ts';

/**
 * The central directory of a ZIP archive, read as the JVM reads it, so that no class it would load is hidden from here: the
 * directory ends where its end record begins, and what precedes the archive (a launch script) shifts all offsets.
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3 to 4.5; reading:
 * https://github.com/openjdk/jdk/blob/jdk-21+35/src/java.base/share/classes/java/util/zip/ZipFile.java (findEND, initCEN)
 */
export type ZipEntry = {
  readonly name: string;
  readonly encrypted: boolean;
  /** 0 = stored, 8 = deflated. */
  readonly method: number;
  readonly compressedBytes: number;
  /** As declared; the content may differ. */
  readonly inflatedBytes: number;
  /** Offset of the local header in the archive's source. */
  readonly headerAt: number;
};

export type ZipDirectory = {
  /** Bytes. */
  readonly size: number;
  /** Entries in order; ends early, with `broken` set, at the first that cannot be read. */
  entries(): Generator<ZipEntry>;
  broken: boolean;
};

export const STORED = 0;
export const DEFLATED = 8;

const LOCAL_SIGNATURE = 0x0403_4b50;
const CENTRAL_SIGNATURE = 0x0201_4b50;
const END_MAGIC = Buffer.from('PK\x05\x06', 'latin1');
const END64_SIGNATURE = 0x0606_4b50;
const LOCATOR64_SIGNATURE = 0x0706_4b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR64_BYTES = 20;
const MAX_COMMENT_BYTES = 0xffff;
const FULL_16 = 0xffff;
const FULL_32 = 0xffff_ffff;
const ZIP64_EXTRA = 1;
const FLAG_ENCRYPTED = 0x1;
const FLAG_MASKED_DIRECTORY = 0x2000;
/** More than the largest entry (a header and three fields of 64 KiB), so that a whole entry always fits. */
const WINDOW_BYTES = 256 * KiB;

/** Finds the central directory; `undefined` when `bytes` is not a ZIP archive or is cut short. */
export function openZip(bytes: ByteSource): ZipDirectory | undefined {
  const tailBytes = Math.min(bytes.size, END_BYTES + MAX_COMMENT_BYTES);
  const tailAt = bytes.size - tailBytes;
  const tail = bytes.read(tailAt, tailBytes);
  if (tail.length < END_BYTES) return undefined;
  let at = tail.lastIndexOf(END_MAGIC, tail.length - END_BYTES);
  for (; at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(END_MAGIC, at - 1)) {
    const place = readEnd(bytes, tailAt + at, tail.subarray(at, at + END_BYTES));
    const commentEnds = tailAt + at + END_BYTES + tail.readUInt16LE(at + 20) === bytes.size;
    if (place !== undefined && (commentEnds || startsDirectory(bytes, place)))
      return directoryAt(bytes, place);
  }
  return undefined;
}

/** The bytes of an entry as they lie in the archive; `undefined` when they are not there. */
export function entryBytes(bytes: ByteSource, entry: ZipEntry): ByteSource | undefined {
  const header = bytes.read(entry.headerAt, LOCAL_BYTES);
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL_SIGNATURE) return undefined;
  const start = entry.headerAt + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const data = sliceOf(bytes, start, entry.compressedBytes);
  return data.size < entry.compressedBytes ? undefined : data;
}

/** The content of a small entry; a code when it has more than `maxBytes` or cannot be inflated. */
export function readSmall(
  data: ByteSource,
  entry: ZipEntry,
  maxBytes: number,
): Buffer | 'too-large' | 'malformed' {
  if (data.size > maxBytes) return 'too-large';
  const raw = data.read(0, data.size);
  if (entry.method === STORED) return raw;
  try {
    return inflateRawSync(raw, { maxOutputLength: maxBytes });
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'malformed';
  }
}

/** Where the directory lies and what is added to offsets stated in it. */
type Place = { readonly start: number; readonly size: number; readonly base: number };

function readEnd(bytes: ByteSource, endAt: number, end: Buffer): Place | undefined {
  const size = end.readUInt32LE(12);
  const offset = end.readUInt32LE(16);
  if (size === FULL_32 || offset === FULL_32 || end.readUInt16LE(10) === FULL_16) {
    const wide = readEnd64(bytes, endAt);
    if (wide !== undefined) return wide;
  }
  return placeOf(endAt, size, offset);
}

function readEnd64(bytes: ByteSource, endAt: number): Place | undefined {
  const locatorAt = endAt - LOCATOR64_BYTES;
  if (locatorAt < END64_BYTES) return undefined;
  const locator = bytes.read(locatorAt, LOCATOR64_BYTES);
  if (locator.readUInt32LE(0) !== LOCATOR64_SIGNATURE) return undefined;
  // The stated place is off when something precedes the archive; the record then mostly lies right before its locator.
  for (const at of [Number(locator.readBigUInt64LE(8)), locatorAt - END64_BYTES]) {
    const end64 = bytes.read(at, END64_BYTES);
    if (end64.length < END64_BYTES || end64.readUInt32LE(0) !== END64_SIGNATURE) continue;
    return placeOf(at, Number(end64.readBigUInt64LE(40)), Number(end64.readBigUInt64LE(48)));
  }
  return undefined;
}

function placeOf(endAt: number, size: number, offset: number): Place | undefined {
  const start = endAt - size;
  const base = start - offset;
  return start < 0 || base < 0 ? undefined : { start, size, base };
}

function startsDirectory(bytes: ByteSource, place: Place): boolean {
  const first = bytes.read(place.start, 4);
  return first.length === 4 && first.readUInt32LE(0) === CENTRAL_SIGNATURE;
}

function directoryAt(bytes: ByteSource, place: Place): ZipDirectory {
  const directory: ZipDirectory = { size: place.size, broken: false, entries };
  return directory;

  function* entries(): Generator<ZipEntry> {
    const end = place.start + place.size;
    let window: Buffer = Buffer.alloc(0);
    let windowAt = place.start;
    let at = place.start;
    while (at < end) {
      let next = readEntry(window.subarray(at - windowAt), place.base);
      if (next === undefined) {
        window = bytes.read(at, Math.min(WINDOW_BYTES, end - at));
        windowAt = at;
        next = readEntry(window, place.base);
      }
      if (next === undefined) {
        directory.broken = true;
        return;
      }
      yield next.entry;
      at += next.length;
    }
  }
}

function readEntry(bytes: Buffer, base: number): { entry: ZipEntry; length: number } | undefined {
  if (bytes.length < CENTRAL_BYTES || bytes.readUInt32LE(0) !== CENTRAL_SIGNATURE) return undefined;
  const nameEnds = CENTRAL_BYTES + bytes.readUInt16LE(28);
  const extraEnds = nameEnds + bytes.readUInt16LE(30);
  const length = extraEnds + bytes.readUInt16LE(32);
  if (length > bytes.length) return undefined;
  const flags = bytes.readUInt16LE(8);
  const wide = wideFields(bytes, nameEnds, extraEnds);
  // The order matters: see wideFields.
  const entry = {
    name: bytes.toString('utf8', CENTRAL_BYTES, nameEnds),
    encrypted: (flags & (FLAG_ENCRYPTED | FLAG_MASKED_DIRECTORY)) !== 0,
    method: bytes.readUInt16LE(10),
    inflatedBytes: wide(bytes.readUInt32LE(24)),
    compressedBytes: wide(bytes.readUInt32LE(20)),
    headerAt: base + wide(bytes.readUInt32LE(42)),
  };
  return { entry, length };
}

/**
 * Replaces a full 32-bit field by the next 64-bit one of the ZIP64 extra field, which holds only those that are full, in the
 * order inflated size, compressed size, offset: it must be asked in that order.
 */
function wideFields(bytes: Buffer, start: number, end: number): (narrow: number) => number {
  let at = start;
  let left = 0;
  for (let field = start; field + 4 <= end; field += 4 + bytes.readUInt16LE(field + 2)) {
    if (bytes.readUInt16LE(field) !== ZIP64_EXTRA) continue;
    at = field + 4;
    left = Math.min(bytes.readUInt16LE(field + 2), end - at);
    break;
  }
  return (narrow) => {
    if (narrow !== FULL_32 || left < 8) return narrow;
    const value = Number(bytes.readBigUInt64LE(at));
    at += 8;
    left -= 8;
    return value;
  };
}
