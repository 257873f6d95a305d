import type { Problem } from '../shared/coverage.ts';

/** What the tar header says of a regular file, before any of its bytes is read. */
export type EntryFacts = {
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
};

/** The content of one wanted file: in memory when small, in a bounded temporary file when large. */
export interface WantedFile {
  /** Normalised path inside the image: no leading slash, no `.` or `..` segment. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly mode: number;
  /** Bytes from `offset`; fewer than `length` only at the end of the file, none beyond it. */
  read(offset: number, length: number): Buffer;
  /** The whole content; only for files whose `size` the analyzer has bounded. */
  bytes(): Buffer;
}

/**
 * Reads one kind of file out of layers. A pure function of the file: it opens nothing, knows no other file, imports no
 * sibling, and never throws on what the file holds (it returns problems). `version` rises when its output changes.
 */
export interface LayerAnalyzer<Output> {
  readonly id: string;
  readonly version: number;
  /** Files larger than this are reported as `too-large` and not read. Bytes. */
  readonly maxBytes: number;
  /** Called for every regular file of a layer: string and number comparisons only. */
  matches(path: string, facts: EntryFacts): boolean;
  /** When given: asked with the first bytes (at most 512) of a matching file; false drops the file at no further cost. */
  accepts?(head: Buffer): boolean;
  /**
   * Exact paths where this kind of file is looked up even through symbolic links (package databases, os-release).
   */
  readonly lookups?: readonly string[];
  /**
   * Names looked for in a folder that a symbolic link leads to, when the link itself stands where a folder of this kind
   * would: npm workspaces link `node_modules/a` to `packages/a`, and `packages/a/package.json` is wanted then.
   */
  readonly linkedFiles?: readonly string[];
  parse(file: WantedFile): AnalyzerResult<Output> | Promise<AnalyzerResult<Output>>;
}

export type AnalyzerResult<Output> = {
  readonly outputs: readonly Output[];
  readonly problems: readonly Problem[];
};
