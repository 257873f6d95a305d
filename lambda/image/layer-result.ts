import type { Problem } from '../shared/coverage.ts';
import type { PathSet } from './path-set.ts';

/** Everything the overlay and the stages after it need of one layer: a pure function of the layer and the analyzers. */
export type LayerResult<Output> = {
  /** Digest of the stored bytes. */
  readonly digest: string;
  /** `id` to `version` of the analyzers that read it. */
  readonly analyzers: Readonly<Record<string, number>>;
  readonly files: readonly FileResult<Output>[];
  /** Every path of the layer that is not a folder, and every folder. */
  readonly paths: PathSet;
  readonly folders: PathSet;
  /** Paths that this layer hides in lower ones, and folders whose lower content it hides. */
  readonly whiteouts: readonly string[];
  readonly opaques: readonly string[];
  readonly symlinks: readonly Link[];
  /** Hard links whose own path some analyzer wants. `target` is relative to the root of the image. */
  readonly hardlinks: readonly Link[];
  /** About the layer as a whole: limits hit, damage. */
  readonly problems: readonly Problem[];
  readonly entries: number;
  /** Inflated bytes read. */
  readonly bytes: number;
};

export type Link = { readonly path: string; readonly target: string };

/** What one analyzer read in one file of a layer. */
export type FileResult<Output> = {
  readonly path: string;
  readonly analyzer: string;
  readonly outputs: readonly Output[];
  readonly problems: readonly Problem[];
};
