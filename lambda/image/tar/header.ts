/**
 * One 512-byte tar header block: ustar (POSIX.1-1988) with GNU extensions.
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export type TarHeader = {
  name: string;
  linkName: string;
  /** Stored bytes that follow. */
  size: number;
  mode: number;
  /** Type flag character; NUL reads as `0`. */
  type: string;
  /** Old GNU sparse file whose map goes on in further blocks. */
  extendedSparse: boolean;
};

export const BLOCK_BYTES = 512;

/** The header in `block` at `offset`; undefined when its checksum is wrong or a number unreadable. */
export function parseHeader(block: Buffer, offset: number): TarHeader | undefined {
  if (!hasValidChecksum(block, offset)) return undefined;
  const size = parseNumber(block, offset + 124, 12);
  const mode = parseNumber(block, offset + 100, 8);
  if (size === undefined || size < 0) return undefined;
  const typeByte = block[offset + 156] as number;
  const type = typeByte === 0 ? '0' : String.fromCharCode(typeByte);
  const name = text(block, offset, 100);
  const isPosix = block[offset + 257] === 0x75 && block[offset + 262] === 0; // "ustar\0", not GNU's "ustar  "
  const prefix = isPosix ? text(block, offset + 345, 155) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: type === '1' || type === '2' ? text(block, offset + 157, 100) : '',
    size,
    mode: mode ?? 0,
    type,
    extendedSparse: type === 'S' && block[offset + 482] === 1,
  };
}

/** True when all 512 bytes are zero: two of these end an archive. */
export function isZeroBlock(block: Buffer, offset: number): boolean {
  for (let at = offset; at < offset + BLOCK_BYTES; at += 1) if (block[at] !== 0) return false;
  return true;
}

/** A loop, not `indexOf`: fields are short, and its call costs more than their bytes. */
function text(block: Buffer, start: number, length: number): string {
  const limit = start + length;
  let end = start;
  while (end < limit && block[end] !== 0) end += 1;
  return start === end ? '' : block.toString('utf8', start, end);
}

/** Octal text, or GNU base-256 when the first bit is set; undefined for anything else. */
function parseNumber(block: Buffer, start: number, length: number): number | undefined {
  const first = block[start] as number;
  if (first & 0x80) return parseBase256(block, start, length);
  let value = 0;
  let at = start;
  const end = start + length;
  while (at < end && block[at] === 0x20) at += 1;
  for (; at < end; at += 1) {
    const byte = block[at] as number;
    if (byte === 0 || byte === 0x20) break;
    if (byte < 0x30 || byte > 0x37) return undefined;
    value = value * 8 + (byte - 0x30);
  }
  return value;
}

function parseBase256(block: Buffer, start: number, length: number): number | undefined {
  if (block[start] === 0xff) return -1; // negative
  let value = (block[start] as number) & 0x7f;
  for (let at = start + 1; at < start + length; at += 1) {
    value = value * 256 + (block[at] as number);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value;
}

/** Sum of all bytes with the checksum field read as blanks; old writers summed signed bytes. */
function hasValidChecksum(block: Buffer, offset: number): boolean {
  const stored = parseNumber(block, offset + 148, 8);
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let at = offset; at < offset + BLOCK_BYTES; at += 1) {
    const byte = block[at] as number;
    unsigned += byte;
    high += byte >>> 7;
  }
  for (let at = offset + 148; at < offset + 156; at += 1) {
    unsigned -= block[at] as number;
    high -= (block[at] as number) >>> 7;
  }
  return stored === unsigned || stored === unsigned - 256 * high;
}
