import { GiB, KiB, MINUTE_MS, MiB } from '../shared/units.ts';

/** What reading one layer may cost. An image is written by an attacker: each limit is reported as coverage when hit. */
export type LayerLimits = {
  /** Inflated bytes of one layer. */
  readonly inflatedBytes: number;
  /** Inflated : stored bytes, judged once a layer has given more than `ratioFloorBytes`. Honest layers stay below 20. */
  readonly ratio: number;
  readonly ratioFloorBytes: number;
  readonly entries: number;
  /** Bytes of one path, and its number of segments. */
  readonly pathBytes: number;
  readonly pathDepth: number;
  /** Symbolic links, whiteouts and hard links kept for the overlay, each. */
  readonly links: number;
  /** Bytes of one PAX or GNU long-name record. */
  readonly metadataBytes: number;
  /** Files up to this size are held in memory, larger ones in a temporary file. */
  readonly memoryFileBytes: number;
  readonly timeMs: number;
};

export const DEFAULT_LAYER_LIMITS: LayerLimits = {
  inflatedBytes: 64 * GiB,
  ratio: 200,
  ratioFloorBytes: 512 * MiB,
  entries: 5_000_000,
  pathBytes: 4 * KiB,
  pathDepth: 256,
  links: 200_000,
  metadataBytes: 1 * MiB,
  memoryFileBytes: 4 * MiB,
  timeMs: 15 * MINUTE_MS,
};

/** Layers of one image: overlayfs allows 128, registries keep images of a few hundred. */
export const MAX_LAYERS = 1000;
/** Symbolic links followed for one path, as Linux does (`MAXSYMLINKS`, include/linux/namei.h). */
export const MAX_LINK_DEPTH = 40;
/** Files read a second time because a link made them wanted. */
export const MAX_REREADS = 2000;
