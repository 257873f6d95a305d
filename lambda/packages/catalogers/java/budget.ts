import { GiB, KiB, MiB } from '../../../shared/units.ts';

/** What reading one outer archive, with all archives nested in it, may cost. Real ones stay below a tenth of it. */
const LIMITS = {
  /** Entries in all directories; a fat jar of 500 libraries has some 150,000. */
  'limit-entries': 1_000_000,
  /** Bytes of directories; nested archives may share theirs. */
  'limit-directory': 256 * MiB,
  /** Nested archives. */
  'limit-archives': 10_000,
  /** Manifests and Maven descriptors. */
  'limit-descriptors': 20_000,
  /** Bytes inflated, those they were inflated from included. */
  'limit-inflated': GiB,
} as const;
export type Limit = keyof typeof LIMITS;

/** Archives inside archives; real ones nest three deep (an ear holding wars holding jars). */
export const MAX_DEPTH = 8;
/** Bytes of inflated archives in memory at one time; stored ones are read in place. */
export const MAX_HELD_BYTES = 128 * MiB;
/** Characters of an entry's name that is wanted. */
export const MAX_NAME_LENGTH = 1024;
/** Characters of the path to a nested archive. */
export const MAX_INNER_PATH_LENGTH = 4096;
export const MAX_MANIFEST_BYTES = 16 * MiB;
/** Maven writes three lines. */
export const MAX_POM_BYTES = 64 * KiB;

/** Counts what was spent of the limits. */
export interface Budget {
  /** Spends `amount`; false when the limit is passed, and then for ever. Spend before the work is done. */
  spend(limit: Limit, amount: number): boolean;
  /** Memory of inflated archives, taken and given back. */
  heldBytes: number;
}

/** A budget of which nothing is spent. */
export function newBudget(): Budget {
  const spent = new Map<Limit, number>();
  return {
    heldBytes: 0,
    spend(limit, amount) {
      const total = (spent.get(limit) ?? 0) + amount;
      spent.set(limit, total);
      return total <= LIMITS[limit];
    },
  };
}
