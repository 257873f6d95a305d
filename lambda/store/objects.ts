import type { Readable } from 'node:stream';

/**
 * What an object must be for a write to happen; else `object-changed` is thrown. After a lost answer the store may have
 * been asked twice, and the change be this very write: read again.
 */
export type WriteCondition = { readonly absent: true } | { readonly revision: string };

export type StoredObject = {
  readonly bytes: Buffer;
  /** Changes when the bytes do; S3's entity tag. */
  readonly revision: string;
};

/**
 * Bytes by key: S3, or a folder. Keys are `/`-separated segments of at most 250 letters, digits and
 * `._:@+=-`, none of them `.` or `..`, 1024 characters in all; any other key is a mistake of the caller and throws
 * `key-invalid`. A write is whole or not there. Methods throw `StoreError`.
 */
export interface ObjectStore {
  /** Undefined when there is none. */
  get(key: string): Promise<StoredObject | undefined>;
  /** The same as a stream, for objects too large to hold; fails while reading when the connection breaks. */
  stream(key: string): Promise<Readable | undefined>;
  has(key: string): Promise<boolean>;
  /** Gives the new revision. `body` may be the path of a file, for what is too large to hold. */
  put(key: string, body: Buffer | { readonly file: string }, condition?: WriteCondition): Promise<string>;
  /** Does nothing when there is none. */
  delete(key: string): Promise<void>;
}
