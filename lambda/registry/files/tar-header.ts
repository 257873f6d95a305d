/**
 * One header block of a tar, and the records of a PAX header.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar and pax interchange format)
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html (GNU: magic, long names, base-256 numbers)
 */

/** Bytes of a header, and what content is padded to. */
export const BLOCK_BYTES = 512;

export type TarHeader = {
  readonly path: string;
  readonly linkTo: string;
  /** Of the content that follows, before padding. */
  readonly size: number;
  /** The type flag as a character; a NUL byte is given as '0'. */
  readonly type: string;
};

const CHECKSUM = { at: 148, length: 8 };

/** Reads a header; `undefined` when its checksum or a number in it is wrong, that is, when this is no tar. */
export function readHeader(block: Buffer): TarHeader | undefined {
  const checksum = number(block, CHECKSUM.at, CHECKSUM.length);
  const size = number(block, 124, 12);
  if (checksum === undefined || size === undefined || checksum !== sum(block)) return undefined;
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const flag = String.fromCharCode(block[156] ?? 0);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    linkTo: text(block, 157, 100),
    size,
    type: flag === '\0' ? '0' : flag,
  };
}

/** True for the block of zeros that ends an archive. */
export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/**
 * The records `<length> <key>=<value>\n` of a PAX header; a malformed record ends the reading, later ones win.
 */
export function readPaxRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 || space - at > 10 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    const end = at + length;
    if (!Number.isInteger(length) || end <= space || end > bytes.length) break;
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) break;
    records.set(bytes.toString('utf8', space + 1, equals), bytes.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** Octal digits ended by a space or NUL, or, when the first bit is set, a big-endian base-256 number (GNU, for > 8 GiB). */
function number(block: Buffer, at: number, length: number): number | undefined {
  const first = block[at] ?? 0;
  if (first === 0x80) {
    let value = 0;
    for (let i = at + 1; i < at + length; i++) value = value * 256 + (block[i] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = text(block, at, length).trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function sum(block: Buffer): number {
  let total = 0;
  for (const byte of block) total += byte;
  for (let i = CHECKSUM.at; i < CHECKSUM.at + CHECKSUM.length; i++) total += 0x20 - (block[i] ?? 0);
  return total;
}

function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('utf8', at, end < 0 || end > at + length ? at + length : end);
}
