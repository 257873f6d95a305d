import { DatabaseSync } from 'node:sqlite';
import type { StoredRecord } from './stored-record.ts';

/** Rises when the layout of a shard changes; shards of another version are not read. */
export const SHARD_VERSION = 1;

export type ShardCounts = {
  readonly ecosystems: readonly string[];
  readonly records: number;
  readonly packages: number;
  readonly advisories: number;
};

/**
 * Page size, encoding and journal are fixed and everything is inserted in sorted order, so that the same records make
 * the same bytes; no time goes in. The file is thrown away when writing fails: it needs no journal.
 */
const LAYOUT = `
  PRAGMA page_size = 4096;
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA user_version = ${SHARD_VERSION};
  CREATE TABLE ecosystem (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE record (id INTEGER PRIMARY KEY, key TEXT NOT NULL, facts TEXT NOT NULL);
  CREATE TABLE package (id INTEGER PRIMARY KEY, ecosystem INTEGER NOT NULL, name TEXT NOT NULL, entries TEXT NOT NULL);
`;
const INDEXES = `
  CREATE UNIQUE INDEX record_key ON record (key);
  CREATE UNIQUE INDEX package_name ON package (ecosystem, name);
`;

/** Writes a new shard of advisories at `path`, which must not exist. */
export function writeShard(path: string, records: Iterable<StoredRecord>): ShardCounts {
  const sorted = [...records].sort((a, b) => compareText(a.key, b.key));
  const ecosystems = [
    ...new Set(sorted.flatMap((record) => record.entries.map((entry) => entry.ecosystem))),
  ].sort(compareText);
  const database = new DatabaseSync(path);
  try {
    database.exec(LAYOUT);
    database.exec('BEGIN');
    const insertEcosystem = database.prepare('INSERT INTO ecosystem (id, name) VALUES (?, ?)');
    for (const [at, name] of ecosystems.entries()) insertEcosystem.run(at + 1, name);
    const insertRecord = database.prepare('INSERT INTO record (id, key, facts) VALUES (?, ?, ?)');
    for (const [at, record] of sorted.entries()) insertRecord.run(at + 1, record.key, record.facts);
    const counts = insertPackages(database, sorted, ecosystems);
    database.exec(INDEXES);
    database.exec('COMMIT');
    return { ecosystems, records: sorted.length, ...counts };
  } finally {
    database.close();
  }
}

function insertPackages(
  database: DatabaseSync,
  sorted: readonly StoredRecord[],
  ecosystems: readonly string[],
): Pick<ShardCounts, 'packages' | 'advisories'> {
  const insert = database.prepare('INSERT INTO package (ecosystem, name, entries) VALUES (?, ?, ?)');
  const byEcosystem = groupByPackage(sorted);
  let packages = 0;
  let advisories = 0;
  for (const [at, ecosystem] of ecosystems.entries()) {
    const byName = [...(byEcosystem.get(ecosystem) ?? [])].sort(([a], [b]) => compareText(a, b));
    for (const [name, entries] of byName) {
      insert.run(at + 1, name, `[${[...entries].join(',')}]`);
      advisories += entries.size;
    }
    packages += byName.length;
  }
  return { packages, advisories };
}

/** Ecosystem, then name, to entries with their record's row before them; an entry said twice counts once. */
function groupByPackage(sorted: readonly StoredRecord[]): Map<string, Map<string, Set<string>>> {
  const groups = new Map<string, Map<string, Set<string>>>();
  for (const [at, record] of sorted.entries()) {
    for (const { ecosystem, name, body } of record.entries) {
      let names = groups.get(ecosystem);
      if (names === undefined) groups.set(ecosystem, (names = new Map()));
      let entries = names.get(name);
      if (entries === undefined) names.set(name, (entries = new Set()));
      entries.add(`[${at + 1},${body}]`);
    }
  }
  return groups;
}

/** By code units: the same on every machine, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
