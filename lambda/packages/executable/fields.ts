/** Fixed-size numbers at fixed places of a header, in the byte order of the file. */
export type Fields = {
  /** Bytes. */
  readonly length: number;
  u16(at: number): number;
  u32(at: number): number;
  /** Imprecise above 2^53: no file is that large and no user-space program lives there. */
  u64(at: number): number;
  /** The NUL-terminated or full-width ASCII string of a fixed-size field. */
  text(at: number, length: number): string;
};

/** Reads of `bytes`; a read that leaves them is 0, so that a short header is a header of zeroes and never an exception. */
export function fieldsOf(bytes: Buffer, littleEndian: boolean): Fields {
  const holds = (at: number, length: number) => at >= 0 && at + length <= bytes.length;
  const u32 = (at: number) => {
    if (!holds(at, 4)) return 0;
    return littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  };
  return {
    length: bytes.length,
    u16: (at) => {
      if (!holds(at, 2)) return 0;
      return littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    },
    u32,
    u64: (at) => (littleEndian ? u32(at + 4) * 2 ** 32 + u32(at) : u32(at) * 2 ** 32 + u32(at + 4)),
    text: (at, length) => textAt(bytes, at, length),
  };
}

/** Bytes up to the first NUL, at most `maxLength`, as Latin-1. */
export function textAt(bytes: Buffer, at: number, maxLength: number): string {
  if (at < 0 || at >= bytes.length) return '';
  const field = bytes.subarray(at, at + maxLength);
  const nul = field.indexOf(0);
  return field.toString('latin1', 0, nul === -1 ? field.length : nul);
}
