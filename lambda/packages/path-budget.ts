import { MiB } from '../shared/units.ts';
import { mayHoldPackages } from './evidence.ts';

/** Characters of kept paths of one database; the paths that matter on a full server are a tenth of it. */
const MAX_KEPT = 32 * MiB;
/**
 * A file takes a hundred bytes and more in a real database (digest, owner, times), its path fewer. Databases name a directory
 * once for all its files, so a hostile one could make long paths out of two bytes each.
 */
const KEPT_PER_BYTE = 4;
const BUILT_PER_BYTE = 16;
/** PATH_MAX of Linux. */
const MAX_PATH_LENGTH = 4096;

/** Builds the installed paths of one database within limits that follow from its size. */
export interface PathBudget {
  /** The path, when language packages could be read there and the limits allow it. `directory` is empty or ends in a slash. */
  take(directory: string, base: string): string | undefined;
  /** True once a limit was reached; from then on nothing is taken. */
  spent(): boolean;
}

/** The limits for a database of `bytes` bytes. */
export function pathBudget(bytes: number): PathBudget {
  let kept = Math.min(bytes * KEPT_PER_BYTE, MAX_KEPT);
  let built = bytes * BUILT_PER_BYTE;
  return {
    take(directory, base) {
      const length = directory.length + base.length;
      if (kept < 0 || built < 0 || length > MAX_PATH_LENGTH) return undefined;
      built -= length;
      const path = directory + base;
      if (!mayHoldPackages(path)) return undefined;
      kept -= length;
      return kept < 0 ? undefined : path;
    },
    spent: () => kept < 0 || built < 0,
  };
}
