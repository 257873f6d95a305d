export { StoreError } from './errors.ts';
export { openObjectDirectory } from './objects/directory.ts';
export { openBucket, s3ClientOptions } from './objects/s3.ts';
export type { ObjectStore, StoredObject, WriteCondition } from './objects.ts';
export { openTable } from './state/dynamodb.ts';
export { openStateFile } from './state/sqlite.ts';
export type { PutOptions, StatePage, StateQuery, StateRecord, StateStore, StateValue } from './state.ts';
