export { StoreError } from './errors.ts';
export type { ObjectStore, StoredObject, WriteCondition } from './objects.ts';
export type { PutOptions, StatePage, StateQuery, StateRecord, StateStore, StateValue } from './state.ts';
