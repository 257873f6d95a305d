import { type StateRecord, type StateStore, StoreError } from '../../lambda/store/index.ts';

/** Records in memory, for tests that write very many of them. It forgets nothing by itself and checks no keys. */
export function memoryState(): StateStore {
  const partitions = new Map<string, Map<string, StateRecord>>();
  const inPartition = (partition: string): Map<string, StateRecord> => {
    const found = partitions.get(partition) ?? new Map<string, StateRecord>();
    partitions.set(partition, found);
    return found;
  };
  return {
    get: async (partition, sort) => partitions.get(partition)?.get(sort),
    query: async (partition, { prefix = '', after = '', limit = 100 } = {}) => {
      const sorts = [...(partitions.get(partition)?.keys() ?? [])]
        .filter((sort) => sort.startsWith(prefix) && sort > after)
        .sort();
      const records = sorts.slice(0, limit).map((sort) => inPartition(partition).get(sort) as StateRecord);
      const last = records.at(-1)?.sort;
      return sorts.length > limit && last !== undefined ? { records, next: last } : { records };
    },
    put: async (partition, sort, value, { expected } = {}) => {
      const version = partitions.get(partition)?.get(sort)?.version ?? 0;
      if (expected !== undefined && expected !== version) {
        throw new StoreError('state-conflict', `${partition} ${sort} was changed meanwhile`);
      }
      inPartition(partition).set(sort, { partition, sort, version: version + 1, value });
      return version + 1;
    },
    delete: async (partition, sort) => {
      partitions.get(partition)?.delete(sort);
    },
    close: async () => undefined,
  };
}
