// Variable-length integers and records: https://www.sqlite.org/fileformat.html#record_format

/** One column of a record; `other` for NULL, floating point and integers beyond 2^48. */
export type SqliteColumn =
  | { readonly kind: 'blob' | 'text'; readonly bytes: Buffer }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'other' };

/** Bytes of the serial types 0 to 9; 10 and 11 are reserved. */
const FIXED_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

/** A varint and the offset behind it; `undefined` when it is cut off or above 2^53. */
export function readVarint(bytes: Buffer, at: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    // The ninth byte counts whole.
    value = index === 8 ? value * 256 + byte : value * 128 + (byte & 127);
    if (byte < 128 || index === 8) {
      return Number.isSafeInteger(value) ? { value, next: at + index + 1 } : undefined;
    }
  }
  return undefined;
}

/** The columns of a record; `undefined` when its header does not fit its bytes. At most 16 columns are read. */
export function readRecord(payload: Buffer): SqliteColumn[] | undefined {
  const header = readVarint(payload, 0);
  if (header === undefined || header.value > payload.length) return undefined;
  const columns: SqliteColumn[] = [];
  let at = header.next;
  let content = header.value;
  while (at < header.value && columns.length < 16) {
    const type = readVarint(payload, at);
    if (type === undefined) return undefined;
    const length = lengthOf(type.value);
    if (length === undefined || content + length > payload.length) return undefined;
    columns.push(columnOf(type.value, payload, content, length));
    content += length;
    at = type.next;
  }
  return columns;
}

function lengthOf(type: number): number | undefined {
  if (type < FIXED_BYTES.length) return FIXED_BYTES[type];
  if (type < 12) return undefined;
  return Math.floor((type - 12) / 2);
}

function columnOf(type: number, payload: Buffer, at: number, length: number): SqliteColumn {
  if (type >= 12) return { kind: type % 2 === 0 ? 'blob' : 'text', bytes: payload.subarray(at, at + length) };
  if (type >= 1 && type <= 5) return { kind: 'integer', value: payload.readIntBE(at, length) };
  if (type === 8 || type === 9) return { kind: 'integer', value: type - 8 };
  return { kind: 'other' };
}
