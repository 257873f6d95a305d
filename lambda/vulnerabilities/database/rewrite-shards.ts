import { join } from 'node:path';
import { AdvisoryError } from '../errors.ts';
import type { ShardState } from './manifest.ts';
import { findKeys, readStoredRecords } from './read-shard.ts';
import { shardName } from './shard-name.ts';
import type { StoredEntry, StoredRecord } from './stored-record.ts';
import { hashFile, type Workspace } from './workspace.ts';
import { writeShard } from './write-shard.ts';

/** Packages whose advisories are no longer the same: what was matched against them is to be matched again. */
export type ChangedPackages = {
  readonly ecosystem: string;
  /** `all` when the ecosystem is new to the database. */
  readonly names: readonly string[] | 'all';
};

export type RecordCounts = { readonly added: number; readonly changed: number; readonly removed: number };

export type RewrittenShards = {
  /** All shards of the source afterwards, those left as they were among them. */
  readonly shards: readonly ShardState[];
  /** Names of shards that were written anew or dropped. */
  readonly touched: readonly string[];
  readonly packages: readonly ChangedPackages[];
  readonly counts: RecordCounts;
};

export type RewriteRequest = {
  readonly source: string;
  readonly directory: string;
  readonly workspace: Workspace;
  readonly before: readonly ShardState[];
  /** New state of records by key; undefined: gone. Keys that are not mentioned stay as they are. */
  readonly replaced: ReadonlyMap<string, StoredRecord | undefined>;
};

/**
 * Applies changed records to the shards of a source. Only shards that hold one of them, before or after, are read and
 * written; a shard written from the records of an incremental update is the same, byte for byte, as one built from all.
 */
export async function rewriteShards(request: RewriteRequest): Promise<RewrittenShards> {
  const { before, directory, workspace, source } = request;
  const parts = splitByShard(request.replaced);
  const names = [...new Set([...before.map((shard) => shard.name), ...parts.keys()])].sort();
  const shards: ShardState[] = [];
  const touched: string[] = [];
  const log = createChangeLog();
  for (const name of names) {
    const old = before.find((shard) => shard.name === name);
    const oldPath = old === undefined ? undefined : join(directory, old.file);
    const fresh = parts.get(name) ?? new Map<string, StoredRecord>();
    const concerned = oldPath === undefined ? new Set<string>() : findKeys(oldPath, request.replaced.keys());
    if (old !== undefined && fresh.size === 0 && concerned.size === 0) {
      shards.push(old);
      continue;
    }
    const records = old === undefined ? new Map<string, StoredRecord>() : await readWhole(directory, old);
    for (const key of new Set([...concerned, ...fresh.keys()])) {
      log.note(key, records.get(key), fresh.get(key));
      records.delete(key);
    }
    for (const [key, record] of fresh) records.set(key, record);
    touched.push(name);
    if (records.size === 0) continue;
    shards.push(await write(workspace, name, source, records));
  }
  const known = new Set(before.flatMap((shard) => shard.ecosystems));
  return { shards, touched, packages: log.packages(known), counts: log.counts() };
}

/** A shard's records, after its hash: what is built upon must be what was built. */
async function readWhole(directory: string, shard: ShardState): Promise<Map<string, StoredRecord>> {
  const path = join(directory, shard.file);
  if ((await hashFile(path)) !== shard.sha256) {
    throw new AdvisoryError('shard-invalid', `the advisory shard ${path} is not what the manifest says`);
  }
  return readStoredRecords(path);
}

async function write(
  workspace: Workspace,
  name: string,
  source: string,
  records: ReadonlyMap<string, StoredRecord>,
): Promise<ShardState> {
  const path = workspace.scratch(name);
  const counts = writeShard(path, records.values());
  const newest = newestOf(records.values());
  const file = await workspace.keep(path, name, 'sqlite');
  const { ecosystems, ...numbers } = counts;
  return {
    name,
    ...file,
    source,
    ecosystems: [...ecosystems],
    ...numbers,
    ...(newest !== undefined && { newest }),
  };
}

/** Each record's part of each shard: its facts, and the entries of the shard's ecosystems. */
function splitByShard(
  replaced: ReadonlyMap<string, StoredRecord | undefined>,
): ReadonlyMap<string, Map<string, StoredRecord>> {
  const shards = new Map<string, Map<string, StoredRecord>>();
  const nameOf = remembered(shardName);
  for (const [key, record] of replaced) {
    const parts = new Map<string, StoredEntry[]>();
    for (const entry of record?.entries ?? []) pushTo(parts, nameOf(entry.ecosystem), entry);
    for (const [name, entries] of parts) {
      let records = shards.get(name);
      if (records === undefined) shards.set(name, (records = new Map()));
      records.set(key, { key, facts: record?.facts ?? '', entries });
    }
  }
  return shards;
}

type ChangeLog = {
  note(key: string, before: StoredRecord | undefined, after: StoredRecord | undefined): void;
  counts(): RecordCounts;
  packages(known: ReadonlySet<string>): readonly ChangedPackages[];
};

/** Collects what changed over all shards; a record of three releases counts once. */
function createChangeLog(): ChangeLog {
  const was = new Set<string>();
  const is = new Set<string>();
  const differs = new Set<string>();
  const packages = new Map<string, Set<string>>();
  return {
    note: (key, before, after) => {
      if (before !== undefined) was.add(key);
      if (after !== undefined) is.add(key);
      for (const { ecosystem, name } of changedEntries(before, after)) {
        differs.add(key);
        let names = packages.get(ecosystem);
        if (names === undefined) packages.set(ecosystem, (names = new Set()));
        names.add(name);
      }
    },
    counts: () => ({
      added: [...is].filter((key) => !was.has(key)).length,
      changed: [...is].filter((key) => was.has(key) && differs.has(key)).length,
      removed: [...was].filter((key) => !is.has(key)).length,
    }),
    packages: (known) =>
      [...packages]
        .map(([ecosystem, names]) => ({
          ecosystem,
          names: known.has(ecosystem) ? [...names].sort() : ('all' as const),
        }))
        .sort((a, b) => (a.ecosystem < b.ecosystem ? -1 : 1)),
  };
}

/** Entries that are new, gone or say something else. A new `modified` alone changes nothing. */
function changedEntries(
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): readonly StoredEntry[] {
  const all = [...(before?.entries ?? []), ...(after?.entries ?? [])];
  if (before === undefined || after === undefined) return all;
  if (withoutModified(before.facts) !== withoutModified(after.facts)) return all;
  const spelled = (entry: StoredEntry): string => JSON.stringify([entry.ecosystem, entry.name, entry.body]);
  const [old, now] = [new Set(before.entries.map(spelled)), new Set(after.entries.map(spelled))];
  return all.filter((entry) => !(old.has(spelled(entry)) && now.has(spelled(entry))));
}

function withoutModified(facts: string): string {
  return JSON.stringify({ ...(JSON.parse(facts) as object), modified: '' });
}

function newestOf(records: Iterable<StoredRecord>): string | undefined {
  return newestModified(
    [...records].map(({ facts }) => (JSON.parse(facts) as { modified: string }).modified),
  );
}

/** The latest of some dates, by time and not by text: fractions of a second are written with any number of digits. */
export function newestModified(dates: Iterable<string>): string | undefined {
  let newest: string | undefined;
  for (const date of dates) {
    if (newest === undefined || Date.parse(date) > Date.parse(newest)) newest = date;
  }
  return newest;
}

function pushTo<T>(groups: Map<string, T[]>, name: string, item: T): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [item]);
  else group.push(item);
}

function remembered(compute: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) known.set(text, (result = compute(text)));
    return result;
  };
}
