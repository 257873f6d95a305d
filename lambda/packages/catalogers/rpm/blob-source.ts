import { MiB } from '../../../shared/units.ts';
import type { ByteSource } from '../../byte-source.ts';
import type { ProblemList } from '../../problem-list.ts';

/** Reads the package headers out of one database format. Reports what it cannot read and never throws. */
export type BlobReader = (file: ByteSource, problems: ProblemList) => Generator<Buffer>;

/** Larger headers are refused; the largest real ones (kernel packages with all their files) have a few MiB. Bytes. */
export const MAX_HEADER_BYTES = 64 * MiB;

/**
 * Guards against references that lead in circles or to the same bytes many times: in a sound database each page belongs to
 * one record. `first` is true once for each number in 0..count-1 and false from then on and for any other number.
 */
export function seenOnce(count: number): { first(index: number): boolean } {
  const seen = new Uint8Array(Math.ceil(count / 8));
  return {
    first(index) {
      if (!Number.isSafeInteger(index) || index < 0 || index >= count) return false;
      const at = index >>> 3;
      const bit = 1 << (index & 7);
      if (((seen[at] ?? 0) & bit) !== 0) return false;
      seen[at] = (seen[at] ?? 0) | bit;
      return true;
    },
  };
}
