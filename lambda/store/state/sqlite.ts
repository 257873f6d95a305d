import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { MiB, SECOND_MS } from '../../shared/units.ts';
import { StoreError } from '../errors.ts';
import type { PutOptions, StatePage, StateQuery, StateRecord, StateStore } from '../state.ts';
import { conflict, expirySeconds, jsonOf, nowSeconds, pageSize, requireKeys } from './record.ts';

/** Rises when the tables change. */
const SCHEMA_VERSION = 1;
/** How long a statement waits for another process. */
const BUSY_MS = 30 * SECOND_MS;
/** A page ends after so much JSON, as DynamoDB's do after 1 MB. */
const MAX_PAGE_BYTES = 4 * MiB;

// BINARY, the default order of text, compares UTF-8 bytes: https://www.sqlite.org/datatype3.html#collation
const SCHEMA = `
  CREATE TABLE record (
    partition TEXT NOT NULL, sort TEXT NOT NULL, version INTEGER NOT NULL, expires_at INTEGER, value TEXT NOT NULL,
    PRIMARY KEY (partition, sort)
  ) STRICT;
  CREATE INDEX record_expires_at ON record (expires_at) WHERE expires_at IS NOT NULL;
  PRAGMA user_version = ${SCHEMA_VERSION}`;

const GET = `SELECT sort, version, value FROM record
  WHERE partition = :partition AND sort = :sort AND (expires_at IS NULL OR expires_at > :now)`;
const QUERY = `SELECT sort, version, value FROM record
  WHERE partition = :partition AND sort > :after AND sort >= :prefix AND (expires_at IS NULL OR expires_at > :now)
  ORDER BY sort`;
/** Writes, and gives the version, when there is a record of the version expected; 0 also matches an expired one. */
const PUT = `INSERT INTO record (partition, sort, version, expires_at, value)
  SELECT :partition, :sort, 1, :expiresAt, :value
  WHERE :expected IS NULL OR :expected = (
    SELECT coalesce(max(version), 0) FROM record
    WHERE partition = :partition AND sort = :sort AND (expires_at IS NULL OR expires_at > :now))
  ON CONFLICT DO UPDATE SET version = version + 1, expires_at = excluded.expires_at, value = excluded.value
  RETURNING version`;
const DELETE = 'DELETE FROM record WHERE partition = :partition AND sort = :sort';

/**
 * Records in an SQLite file, made when there is none, readable by its owner alone; several processes may have it open.
 * It keeps a write-ahead log beside it, which network file systems do not allow. What was written survives the end of
 * the process; of the last moments before a power cut something may be lost, never half a record.
 */
export function openStateFile(path: string, clock: () => Date): StateStore {
  const database = guarded(path, () => openDatabase(path, clock));
  const [get, query, put, remove] = guarded(path, () => [
    database.prepare(GET),
    database.prepare(QUERY),
    database.prepare(PUT),
    database.prepare(DELETE),
  ]);
  return {
    get: async (partition, sort) =>
      guarded(path, () => {
        requireKeys(partition, sort);
        const row = get.get({ partition, sort, now: nowSeconds(clock) });
        return row === undefined ? undefined : recordOf(partition, row);
      }),
    query: async (partition, options = {}) =>
      guarded(path, () => readPage(query, partition, options, nowSeconds(clock))),
    put: async (partition, sort, value, options = {}) =>
      guarded(path, () => write(put, partition, sort, jsonOf(value), options, nowSeconds(clock))),
    delete: async (partition, sort) =>
      guarded(path, () => {
        requireKeys(partition, sort);
        remove.run({ partition, sort });
      }),
    close: async () => database.close(),
  };
}

function openDatabase(path: string, clock: () => Date): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE');
    const found = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (found === 0) database.exec(SCHEMA);
    else if (found !== SCHEMA_VERSION) {
      throw new StoreError(
        'store-unavailable',
        `${path} has schema ${String(found)}, this version reads ${SCHEMA_VERSION}: use the version that wrote it`,
      );
    }
    database.prepare('DELETE FROM record WHERE expires_at <= ?').run(nowSeconds(clock));
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readPage(statement: StatementSync, partition: string, options: StateQuery, now: number): StatePage {
  requireKeys(partition, options.after ?? 'none');
  const { prefix = '', after = '' } = options;
  const limit = pageSize(options);
  const records: StateRecord[] = [];
  let bytes = 0;
  for (const row of statement.iterate({ partition, prefix, after, now })) {
    if (!String(row['sort']).startsWith(prefix)) break;
    const last = records.at(-1);
    if (last !== undefined && (records.length === limit || bytes > MAX_PAGE_BYTES)) {
      return { records, next: last.sort };
    }
    bytes += String(row['value']).length;
    records.push(recordOf(partition, row));
  }
  return { records };
}

function write(
  statement: StatementSync,
  partition: string,
  sort: string,
  value: string,
  options: PutOptions,
  now: number,
): number {
  requireKeys(partition, sort);
  const expiresAt = options.expiresAt === undefined ? null : expirySeconds(options.expiresAt);
  const expected = options.expected ?? null;
  const row = statement.get({ partition, sort, value, expiresAt, expected, now });
  if (row === undefined) throw conflict(partition, sort);
  return Number(row['version']);
}

function recordOf(partition: string, row: Readonly<Record<string, unknown>>): StateRecord {
  return {
    partition,
    sort: String(row['sort']),
    version: Number(row['version']),
    value: JSON.parse(String(row['value'])) as StateRecord['value'],
  };
}

/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy. The lower byte, as SQLite refines its codes in the upper ones. */
const BUSY = 5;

function guarded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
    throw new StoreError('store-unavailable', `cannot use the state file ${path}`, {
      cause: error,
      retryable: (code & 0xff) === BUSY,
    });
  }
}
