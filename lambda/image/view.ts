import type { Problem } from '../shared/coverage.ts';

/** One wanted file of the final view of an image, with what an analyzer read in it. */
export type ViewFile<Output> = {
  /** Canonical path: symbolic links in its parents resolved. */
  readonly path: string;
  /** `id` of the analyzer. */
  readonly analyzer: string;
  /** Index of the layer whose content this is, 0 = base. */
  readonly layer: number;
  readonly outputs: readonly Output[];
  readonly problems: readonly Problem[];
  /**
   * What the path held before, newest first; `undefined` outputs mean that the path did not exist from that layer up to
   * the next newer entry. Ends with the first layer that had the path.
   */
  readonly history: readonly { readonly layer: number; readonly outputs: readonly Output[] | undefined }[];
};
