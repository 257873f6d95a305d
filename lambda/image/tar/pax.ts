/**
 * The records of a PAX extended header that matter to a reader: `length key=value\n`, length in bytes of the whole record.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
 */
export type PaxRecords = { path?: string; linkpath?: string; size?: number; sparse?: boolean };

/** Reads what it can; undefined when the records are malformed. */
export function parsePax(bytes: Buffer): PaxRecords | undefined {
  const records: PaxRecords = {};
  let at = 0;
  while (at < bytes.length) {
    const blank = bytes.indexOf(0x20, at);
    if (blank === -1 || blank - at > 10) return onlyPadding(bytes, at) ? records : undefined;
    const length = Number(bytes.toString('latin1', at, blank));
    const end = at + length;
    if (!Number.isInteger(length) || length <= blank - at || end > bytes.length) return undefined;
    const equals = bytes.indexOf(0x3d, blank);
    if (equals === -1 || equals >= end) return undefined;
    assign(records, bytes.toString('utf8', blank + 1, equals), bytes.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}

function onlyPadding(bytes: Buffer, at: number): boolean {
  return bytes.subarray(at).every((byte) => byte === 0);
}

function assign(records: PaxRecords, key: string, value: string): void {
  if (key === 'path' || key === 'GNU.sparse.name') records.path = value;
  else if (key === 'linkpath') records.linkpath = value;
  else if (key === 'size' && /^\d{1,15}$/.test(value)) records.size = Number(value);
  if (key.startsWith('GNU.sparse.')) records.sparse = true;
}
