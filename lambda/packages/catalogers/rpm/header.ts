// An rpm header as the database stores it: two counts, an index of 16-byte entries, a store; big-endian.
// https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/docs/manual/format_header.md
// Tags: https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/include/rpm/rpmtag.h

/** The tags Backline reads. Strings are absent when the header has no such tag or one of another type. */
export type RpmHeader = {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly release?: string | undefined;
  readonly epoch?: number | undefined;
  readonly arch?: string | undefined;
  readonly vendor?: string | undefined;
  readonly license?: string | undefined;
  readonly sourceRpm?: string | undefined;
  readonly modularityLabel?: string | undefined;
  /**
   * Calls `visit` with directory (no leading slash, ends in a slash) and base name of each installed file until it returns
   * false. The result is false when the lists are broken.
   */
  eachFile(visit: VisitFile): boolean;
};

type VisitFile = (directory: string, base: string) => boolean;

const NAME = 1000;
const VERSION = 1001;
const RELEASE = 1002;
const EPOCH = 1003;
const VENDOR = 1011;
const LICENSE = 1014;
const ARCH = 1022;
const SOURCERPM = 1044;
const DIRINDEXES = 1116;
const BASENAMES = 1117;
const DIRNAMES = 1118;
const MODULARITYLABEL = 5096;
const TAGS: ReadonlySet<number> = new Set([
  NAME,
  VERSION,
  RELEASE,
  EPOCH,
  VENDOR,
  LICENSE,
  ARCH,
  SOURCERPM,
  DIRINDEXES,
  BASENAMES,
  DIRNAMES,
  MODULARITYLABEL,
]);

const INT32 = 4;
const STRING = 6;
const STRING_ARRAY = 8;
const I18NSTRING = 9;

const INTRO_BYTES = 8;
const ENTRY_BYTES = 16;
/** Names and versions have some dozen bytes; longer ones are cut and then refused as no word. */
const MAX_TEXT_BYTES = 4096;

type Entry = { readonly type: number; readonly offset: number; readonly count: number };
type Store = { readonly bytes: Buffer; readonly entries: ReadonlyMap<number, Entry> };

/** The header in `blob`; `undefined` when its counts do not fit its length. Never throws. */
export function parseHeader(blob: Buffer): RpmHeader | undefined {
  if (blob.length < INTRO_BYTES) return undefined;
  const entryCount = blob.readUInt32BE(0);
  const storeBytes = blob.readUInt32BE(4);
  const storeStart = INTRO_BYTES + entryCount * ENTRY_BYTES;
  if (entryCount === 0 || storeStart + storeBytes > blob.length) return undefined;
  const entries = new Map<number, Entry>();
  for (let at = INTRO_BYTES; at < storeStart; at += ENTRY_BYTES) {
    const tag = blob.readUInt32BE(at);
    if (!TAGS.has(tag)) continue;
    // Entries added at installation follow the region of the package and override it, so the last one counts.
    entries.set(tag, {
      type: blob.readUInt32BE(at + 4),
      offset: blob.readUInt32BE(at + 8),
      count: blob.readUInt32BE(at + 12),
    });
  }
  const store: Store = { bytes: blob.subarray(storeStart, storeStart + storeBytes), entries };
  return {
    name: stringOf(store, NAME),
    version: stringOf(store, VERSION),
    release: stringOf(store, RELEASE),
    epoch: numberOf(store, EPOCH),
    arch: stringOf(store, ARCH),
    vendor: stringOf(store, VENDOR),
    license: stringOf(store, LICENSE),
    sourceRpm: stringOf(store, SOURCERPM),
    modularityLabel: stringOf(store, MODULARITYLABEL),
    eachFile: (visit) => eachFile(store, visit),
  };
}

function stringOf({ bytes, entries }: Store, tag: number): string | undefined {
  const entry = entries.get(tag);
  if (entry === undefined || (entry.type !== STRING && entry.type !== I18NSTRING)) return undefined;
  if (entry.offset >= bytes.length) return undefined;
  const end = bytes.indexOf(0, entry.offset);
  if (end === -1) return undefined;
  return bytes.toString('utf8', entry.offset, Math.min(end, entry.offset + MAX_TEXT_BYTES));
}

function numberOf({ bytes, entries }: Store, tag: number): number | undefined {
  const entry = entries.get(tag);
  if (entry?.type !== INT32 || entry.count < 1 || entry.offset + 4 > bytes.length) return undefined;
  return bytes.readUInt32BE(entry.offset);
}

/** A path is DIRNAMES[DIRINDEXES[i]] + BASENAMES[i]. */
function eachFile(store: Store, visit: VisitFile): boolean {
  const { bytes, entries } = store;
  const names = entries.get(BASENAMES);
  const indexes = entries.get(DIRINDEXES);
  const directories = entries.get(DIRNAMES);
  if (names === undefined && indexes === undefined && directories === undefined) return true;
  if (names?.type !== STRING_ARRAY || indexes?.type !== INT32 || directories?.type !== STRING_ARRAY)
    return false;
  if (indexes.count !== names.count || indexes.offset + 4 * indexes.count > bytes.length) return false;
  const directoryNames: string[] = [];
  const listed = eachString(bytes, directories, (name) => {
    directoryNames.push(name.startsWith('/') ? name.slice(1) : name);
    return true;
  });
  if (!listed) return false;
  let index = 0;
  let broken = false;
  const complete = eachString(bytes, names, (name) => {
    const directory = directoryNames[bytes.readUInt32BE(indexes.offset + 4 * index)];
    index += 1;
    broken ||= directory === undefined;
    return directory === undefined || visit(directory, name);
  });
  return complete && !broken;
}

/** Calls `visit` with the strings of an array until it returns false; false when they are cut off. */
function eachString(bytes: Buffer, entry: Entry, visit: (text: string) => boolean): boolean {
  let at = entry.offset;
  for (let left = entry.count; left > 0; left -= 1) {
    const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
    if (end === -1) return false;
    if (!visit(bytes.toString('utf8', at, Math.min(end, at + MAX_TEXT_BYTES)))) return true;
    at = end + 1;
  }
  return true;
}
