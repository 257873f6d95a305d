import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Advisory } from '../advisory.ts';
import { AdvisoryError } from '../errors.ts';
import { StoredAdvisory } from './stored-advisory.ts';
import {
  decodeEntry,
  decodeFacts,
  type EntryCode,
  type RecordFacts,
  type StoredEntry,
  type StoredRecord,
} from './stored-record.ts';
import { SHARD_VERSION } from './write-shard.ts';

/** An open shard. Advisories it gave out need it open until their facts were read. */
export type Shard = {
  readonly ecosystems: readonly string[];
  /** Empty when the name is unknown; undefined when the ecosystem is. */
  advisories(ecosystem: string, name: string): readonly Advisory[] | undefined;
  /** Names of the form `group:artifact` with this artifact. Reads all names when first asked: Maven has some 2,400. */
  namesOf(ecosystem: string, artifact: string): readonly string[];
  close(): void;
};

/** An advisory of Red Hat covers dozens of packages: its facts are parsed once. A record's take some 2 KB. */
const MAX_KNOWN_FACTS = 4096;

/**
 * Opens a shard for reading. Fails with `shard-missing` or `shard-invalid`; so do lookups in a damaged one, as far as the
 * damage shows.
 */
export function openShard(path: string): Shard {
  const database = openShardFile(path);
  return reading(path, () => {
    const ecosystemIds = readEcosystems(database);
    const findPackage = database.prepare('SELECT entries FROM package WHERE ecosystem = ? AND name = ?');
    const findFacts = database.prepare('SELECT facts FROM record WHERE id = ?');
    findPackage.setReturnArrays(true);
    findFacts.setReturnArrays(true);
    const known = new Map<number, RecordFacts>();
    const facts = (row: number): RecordFacts => {
      let found = known.get(row);
      if (found !== undefined) return found;
      found = reading(path, () => readFacts(findFacts, row));
      if (known.size >= MAX_KNOWN_FACTS) known.clear();
      known.set(row, found);
      return found;
    };
    const advisories = (id: number, ecosystem: string, name: string): readonly Advisory[] => {
      const entries = firstColumn(findPackage.get(id, name));
      if (typeof entries !== 'string') return [];
      return (JSON.parse(entries) as readonly EntryCode[]).map(
        (code) => new StoredAdvisory(decodeEntry(ecosystem, name, code), code[0], facts),
      );
    };
    const namesByArtifact = new Map<string, ReadonlyMap<string, readonly string[]>>();
    return {
      ecosystems: [...ecosystemIds.keys()],
      advisories: (ecosystem, name) => {
        const id = ecosystemIds.get(ecosystem);
        return id === undefined ? undefined : reading(path, () => advisories(id, ecosystem, name));
      },
      namesOf: (ecosystem, artifact) => {
        const id = ecosystemIds.get(ecosystem);
        if (id === undefined) return [];
        let names = namesByArtifact.get(ecosystem);
        if (names === undefined) {
          names = reading(path, () => readNames(database, id));
          namesByArtifact.set(ecosystem, names);
        }
        return names.get(artifact) ?? [];
      },
      close: () => database.close(),
    };
  });
}

/**
 * Readers keep their (shared) lock between statements: taking it anew costs more than most lookups. Nothing writes to a
 * shard once it is there. https://www.sqlite.org/pragma.html#pragma_locking_mode
 */
const KEEP_LOCK = 'PRAGMA locking_mode = EXCLUSIVE';

/** A database file opened for reading, of this version's layout. Fails with `shard-missing` or `shard-invalid`. */
export function openShardFile(path: string): DatabaseSync {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw new AdvisoryError('shard-missing', `the advisory shard ${path} cannot be opened`, { cause: error });
  }
  try {
    const version = reading(path, () => {
      database.exec(KEEP_LOCK);
      return database.prepare('PRAGMA user_version').get()?.['user_version'];
    });
    if (version === SHARD_VERSION) return database;
    throw new AdvisoryError(
      'shard-invalid',
      `the advisory shard ${path} has another layout: update the database`,
    );
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whatever SQLite or JSON say of a damaged shard becomes `shard-invalid`. */
export function reading<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof AdvisoryError) throw error;
    throw new AdvisoryError('shard-invalid', `the advisory shard ${path} is damaged: update the database`, {
      cause: error,
    });
  }
}

/** Of a statement that returns arrays: objects take three times as long to make. */
function firstColumn(row: unknown): unknown {
  return Array.isArray(row) ? row[0] : undefined;
}

function readFacts(findFacts: StatementSync, row: number): RecordFacts {
  const text = firstColumn(findFacts.get(row));
  if (typeof text !== 'string')
    throw new AdvisoryError('shard-invalid', `record ${row} is missing in its shard`);
  return decodeFacts(text);
}

function readEcosystems(database: DatabaseSync): ReadonlyMap<string, number> {
  const rows = database.prepare('SELECT id, name FROM ecosystem ORDER BY id').all();
  return new Map(rows.map((row) => [String(row['name']), Number(row['id'])]));
}

/** The names of an ecosystem by what stands behind their last colon. */
function readNames(database: DatabaseSync, ecosystem: number): ReadonlyMap<string, readonly string[]> {
  const rows = database.prepare('SELECT name FROM package WHERE ecosystem = ? ORDER BY name').all(ecosystem);
  const names = rows.map((row) => String(row['name']));
  return Map.groupBy(names, (name) => name.slice(name.lastIndexOf(':') + 1));
}

/** Everything a shard holds, by key: what an incremental update starts from. */
export function readStoredRecords(path: string): Map<string, StoredRecord> {
  return reading(path, () => readAll(path));
}

function readAll(path: string): Map<string, StoredRecord> {
  const database = openShardFile(path);
  try {
    const names = new Map([...readEcosystems(database)].map(([name, id]) => [id, name]));
    const rows = new Map<number, { key: string; facts: string; entries: StoredEntry[] }>();
    for (const row of database.prepare('SELECT id, key, facts FROM record').iterate()) {
      rows.set(Number(row['id']), { key: String(row['key']), facts: String(row['facts']), entries: [] });
    }
    for (const row of database.prepare('SELECT ecosystem, name, entries FROM package').iterate()) {
      const ecosystem = names.get(Number(row['ecosystem'])) ?? '';
      const name = String(row['name']);
      for (const [record, ...code] of JSON.parse(String(row['entries'])) as readonly EntryCode[]) {
        rows.get(record)?.entries.push({ ecosystem, name, body: JSON.stringify(code).slice(1, -1) });
      }
    }
    return new Map([...rows.values()].map((record) => [record.key, record]));
  } finally {
    database.close();
  }
}

/** Those of the keys that the shard has a record for. */
export function findKeys(path: string, keys: Iterable<string>): Set<string> {
  const database = openShardFile(path);
  try {
    const find = database.prepare('SELECT 1 FROM record WHERE key = ?');
    return reading(path, () => new Set([...keys].filter((key) => find.get(key) !== undefined)));
  } finally {
    database.close();
  }
}
