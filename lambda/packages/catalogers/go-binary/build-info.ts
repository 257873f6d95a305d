import { KiB, MiB } from '../../../shared/units.ts';
import { type Executable, readAtAddress } from '../../executable/index.ts';

/**
 * Finds and decodes the blob that the Go linker leaves in every program. Its two forms, where it lies in each executable
 * format and the framing of the module information: https://github.com/golang/go/blob/go1.26.0/src/debug/buildinfo/buildinfo.go
 */
export type RawBuildInfo = {
  /** As the toolchain calls itself: `go1.22.3`, `go1.26.8-X:jsonv2`, `devel go1.23-…`. */
  readonly goVersion: string;
  /** The lines that `go version -m` prints; empty for programs built without modules. */
  readonly modules: string;
};

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const HEADER_BYTES = 32;
const ALIGNMENT = 16;
const POINTER_SIZE_AT = 14;
const FLAGS_AT = 15;
const POINTERS_AT = 16;
const FLAG_BIG_ENDIAN = 0x1;
/** Since Go 1.18 the two strings follow the header; before, the header holds pointers to them. */
const FLAG_INLINE = 0x2;
/** Random bytes on both sides of the module information mark it in memory. */
const FRAME_BYTES = 16;
const LINE_FEED = 10;

const SEARCH_BYTES = MiB;
const MAX_VERSION_BYTES = KiB;
/** A program of 2,000 modules has some 200 KiB. */
const MAX_MODULES_BYTES = 8 * MiB;

/** `undefined` for programs that are not Go's; `broken` says why a blob that is there cannot be read. */
export function readBuildInfo(
  executable: Executable,
): RawBuildInfo | { readonly broken: string } | undefined {
  const at = findBlob(executable);
  if (at === undefined) return undefined;
  const header = executable.bytes.read(at, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return { broken: 'Go build information is cut short' };
  const inline = ((header[FLAGS_AT] ?? 0) & FLAG_INLINE) !== 0;
  const strings = inline ? readInline(executable, at + HEADER_BYTES) : readPointed(executable, header);
  if (strings === undefined || strings.version.length === 0)
    return { broken: 'Go build information is unreadable' };
  return { goVersion: strings.version.toString('utf8'), modules: unframe(strings.modules).toString('utf8') };
}

type Strings = { readonly version: Buffer; readonly modules: Buffer };
type Region = { readonly offset: number; readonly size: number; readonly address: number };

/** Offset of the blob. Older linkers give it no section of its own on Windows: there it begins the first plain data. */
function findBlob(executable: Executable): number | undefined {
  const named = executable.sections.find(({ name }) => name === '.go.buildinfo' || name === '__go_buildinfo');
  const region = named ?? executable.segments.find((segment) => segment.writableData && segment.size > 0);
  return region === undefined ? undefined : searchBlob(executable, region);
}

function searchBlob({ bytes }: Executable, region: Region): number | undefined {
  const size = Math.min(region.size, bytes.size - region.offset);
  let start = (ALIGNMENT - (region.address % ALIGNMENT)) % ALIGNMENT;
  for (; start + HEADER_BYTES <= size; start += SEARCH_BYTES) {
    const chunk = bytes.read(region.offset + start, Math.min(SEARCH_BYTES, size - start));
    let found = chunk.indexOf(MAGIC);
    while (found !== -1 && found % ALIGNMENT !== 0) found = chunk.indexOf(MAGIC, found + 1);
    if (found !== -1) return region.offset + start + found;
  }
  return undefined;
}

function readInline({ bytes }: Executable, at: number): Strings | undefined {
  const version = readString(at, MAX_VERSION_BYTES);
  if (version === undefined) return undefined;
  const modules = readString(version.end, MAX_MODULES_BYTES);
  return modules === undefined ? undefined : { version: version.content, modules: modules.content };

  function readString(start: number, maxBytes: number): { content: Buffer; end: number } | undefined {
    const length = readVarint(bytes.read(start, 10));
    if (length === undefined || length.value > maxBytes) return undefined;
    const content = bytes.read(start + length.bytes, length.value);
    if (content.length < length.value) return undefined;
    return { content, end: start + length.bytes + length.value };
  }
}

/** An unsigned varint of at most five bytes: no longer string is read. https://pkg.go.dev/encoding/binary#Uvarint */
function readVarint(bytes: Buffer): { value: number; bytes: number } | undefined {
  let value = 0;
  for (let index = 0; index < Math.min(bytes.length, 5); index++) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, bytes: index + 1 };
  }
  return undefined;
}

function readPointed(executable: Executable, header: Buffer): Strings | undefined {
  const pointerBytes = header[POINTER_SIZE_AT];
  const bigEndian = ((header[FLAGS_AT] ?? 0) & FLAG_BIG_ENDIAN) !== 0;
  if (pointerBytes !== 4 && pointerBytes !== 8) return undefined;
  const pointer = (bytes: Buffer, at: number): number => {
    if (pointerBytes === 4) return bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    return Number(bigEndian ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
  };
  const version = readString(pointer(header, POINTERS_AT), MAX_VERSION_BYTES);
  const modules = readString(pointer(header, POINTERS_AT + pointerBytes), MAX_MODULES_BYTES);
  return version === undefined ? undefined : { version, modules: modules ?? Buffer.alloc(0) };

  /** A Go string in memory: address and length of its bytes. */
  function readString(address: number, maxBytes: number): Buffer | undefined {
    const words = readAtAddress(executable, address, 2 * pointerBytes!);
    if (words.length < 2 * pointerBytes!) return undefined;
    const length = pointer(words, pointerBytes!);
    if (length > maxBytes) return undefined;
    const content = readAtAddress(executable, pointer(words, 0), length);
    return content.length < length ? undefined : content;
  }
}

function unframe(modules: Buffer): Buffer {
  const framed = modules.length > 2 * FRAME_BYTES && modules[modules.length - FRAME_BYTES - 1] === LINE_FEED;
  return framed ? modules.subarray(FRAME_BYTES, modules.length - FRAME_BYTES) : Buffer.alloc(0);
}
