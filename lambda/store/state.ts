/**
 * A value in JSON: what both adapters can hold. Numbers are at most 2^53 - 1, maps and lists nested at most 30 levels, else
 * `value-invalid` is thrown; fields that are undefined are left out.
 */
export type StateValue = { readonly [name: string]: unknown };

export type StateRecord = {
  readonly partition: string;
  readonly sort: string;
  /** 1 at first, one more with each write; over an expired record it may go on counting. */
  readonly version: number;
  readonly value: StateValue;
};

export type PutOptions = {
  /**
   * The version that must be there, 0 for none; else `state-conflict` is thrown. After a lost answer the store may have been
   * asked twice, and the conflict be with this very write: read again. Absent: whatever is there is replaced.
   */
  readonly expected?: number;
  /** When the record may be forgotten. Milliseconds since 1970, rounded up to seconds. Expired records are not given out. */
  readonly expiresAt?: number;
};

export type StateQuery = {
  /** Only sort keys that begin so. */
  readonly prefix?: string;
  /** Only sort keys after this one: the `next` of the page before. */
  readonly after?: string;
  /** Most records of a page, 1 to 1000; 100 when absent. A page may hold fewer and still have a `next`. */
  readonly limit?: number;
};

export type StatePage = { readonly records: readonly StateRecord[]; readonly next?: string };

/**
 * Small records by partition and sort key: DynamoDB, or SQLite. Reads see every write that was finished before them; sort keys
 * are ordered by their UTF-8 bytes; partition and sort keys are 1 to 1024 bytes, a value up to 390 KiB as JSON. Methods throw `StoreError`.
 */
export interface StateStore {
  get(partition: string, sort: string): Promise<StateRecord | undefined>;
  query(partition: string, query?: StateQuery): Promise<StatePage>;
  /** Gives the version written. */
  put(partition: string, sort: string, value: StateValue, options?: PutOptions): Promise<number>;
  delete(partition: string, sort: string): Promise<void>;
  close(): Promise<void>;
}
