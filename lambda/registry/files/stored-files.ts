import type { Readable } from 'node:stream';

/** A directory or an archive seen as a set of files by path. Paths have no leading slash, no `.` and no `..`. */
export interface StoredFiles {
  /** For people: the path it was opened by. */
  readonly name: string;
  /** Bytes of a regular file, `undefined` when there is none at this path. */
  size(path: string): Promise<number | undefined>;
  /** The first `maxBytes` bytes of a file, `undefined` when there is none at this path. */
  head(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** The whole content, `undefined` when there is none at this path. */
  stream(path: string, signal?: AbortSignal): Promise<Readable | undefined>;
  close(): Promise<void>;
}
