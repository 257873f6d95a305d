import { join } from 'node:path';
import { AdvisoryError } from '../errors.ts';
import { where } from '../feed/location.ts';
import {
  type FetchedIndex,
  fetchArchive,
  fetchRecord,
  fetchRecordIndex,
  parseRecord,
  readArchive,
} from '../sources/osv/index.ts';
import { newestModified, rewriteShards } from './rewrite-shards.ts';
import {
  type AppliedRecord,
  keepSourceIndex,
  problemsOf,
  readSourceIndex,
  type SourceIndex,
} from './source-index.ts';
import { type PreviousSource, type SourceUpdate, type UpdateContext, unchanged } from './source-update.ts';
import { type StoredRecord, storeRecord } from './stored-record.ts';

/** Up to here changed records are fetched one by one: a thousand of them are less than any archive of that many. */
const MAX_SINGLE_RECORDS = 1000;
/** And only while they are a small part of all. */
const MAX_SINGLE_SHARE = 0.25;
const SINGLE_REQUESTS_AT_ONCE = 8;

/** What became of a record that was read. */
type ReadRecord = { readonly stored?: StoredRecord; readonly modified?: string; readonly problem?: string };

/**
 * Brings one OSV ecosystem up to date with its mirror. `modified_id.csv` says which records changed and which are gone;
 * those are fetched one by one when they are few, else taken from `all.zip`. Nothing is fetched when nothing changed.
 */
export async function updateOsv(
  context: UpdateContext,
  mirror: URL,
  ecosystem: string,
  previous: PreviousSource | undefined,
): Promise<SourceUpdate> {
  const id = `osv:${ecosystem}`;
  const url = where(mirror);
  context.report(id, 'checking');
  const applied = await appliedIndex(context, previous);
  const before = applied === undefined ? undefined : previous;
  const etag = before?.source.url === url ? before.source.etag : undefined;
  const fetched = await fetchRecordIndex(context.client, mirror, ecosystem, etag);
  if (fetched === undefined && before !== undefined) return unchanged(before, context.now);
  if (fetched === undefined)
    throw new AdvisoryError('feed-malformed', `${url} answers "not modified" to a first question`);
  const index: SourceIndex = applied ?? new Map<string, AppliedRecord>();
  const changed = new Set(
    [...fetched.records].flatMap(([key, modified]) => (index.get(key)?.modified === modified ? [] : [key])),
  );
  const gone = [...index.keys()].filter((key) => !fetched.records.has(key));
  if (before !== undefined && changed.size === 0 && gone.length === 0) {
    return unchanged(before, context.now, fetched.etag);
  }
  const read = await readRecords(context, mirror, ecosystem, changed, fetched.records.size);
  return await apply({ context, id, url, fetched, index, read, gone, before });
}

/** The record index of the last update; undefined when it, or a shard, is not there to build upon. */
async function appliedIndex(
  context: UpdateContext,
  previous: PreviousSource | undefined,
): Promise<SourceIndex | undefined> {
  const file = previous?.source.index?.file;
  if (file === undefined) return undefined;
  return await readSourceIndex(join(context.directory, file)).catch(() => undefined);
}

async function readRecords(
  context: UpdateContext,
  mirror: URL,
  ecosystem: string,
  changed: ReadonlySet<string>,
  total: number,
): Promise<ReadonlyMap<string, ReadRecord>> {
  if (changed.size === 0) return new Map();
  const few = changed.size <= MAX_SINGLE_RECORDS && changed.size <= total * MAX_SINGLE_SHARE;
  const singles = few ? await readSingles(context, mirror, ecosystem, [...changed]) : undefined;
  return singles ?? (await readFromArchive(context, mirror, ecosystem, changed));
}

/** Undefined when the mirror does not have single records, or not all of these: the archive then has to serve. */
async function readSingles(
  context: UpdateContext,
  mirror: URL,
  ecosystem: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadRecord> | undefined> {
  context.report(`osv:${ecosystem}`, 'downloading', `${ids.length} records`);
  const read = new Map<string, ReadRecord>();
  const queue = [...ids];
  const work = async (): Promise<void> => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      read.set(
        id,
        interpret(context, ecosystem, id, await fetchRecord(context.client, mirror, ecosystem, id)),
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: SINGLE_REQUESTS_AT_ONCE }, work));
    return read;
  } catch (error) {
    queue.length = 0;
    if (error instanceof AdvisoryError && error.code === 'feed-not-found') return undefined;
    throw error;
  }
}

async function readFromArchive(
  context: UpdateContext,
  mirror: URL,
  ecosystem: string,
  changed: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadRecord>> {
  const id = `osv:${ecosystem}`;
  context.report(id, 'downloading', 'all records');
  const path = await fetchArchive(context.client, mirror, ecosystem, context.workspace.scratch('all.zip'));
  context.report(id, 'reading');
  const read = new Map<string, ReadRecord>();
  for await (const record of readArchive(path, (key) => changed.has(key))) {
    context.signal?.throwIfAborted();
    read.set(record.id, interpret(context, ecosystem, record.id, record.bytes));
  }
  return read;
}

function interpret(context: UpdateContext, ecosystem: string, id: string, bytes: Buffer): ReadRecord {
  const parsed = parseRecord(bytes, { ecosystem, expectedId: id, coverageFor: context.coverageFor });
  if (parsed.outcome === 'problem') return { problem: parsed.problem };
  if (parsed.outcome === 'nothing') return { modified: parsed.modified };
  return {
    stored: storeRecord(parsed.record, id),
    modified: parsed.record.modified,
    ...(parsed.problem !== undefined && { problem: parsed.problem }),
  };
}

type Application = {
  readonly context: UpdateContext;
  readonly id: string;
  readonly url: string;
  readonly fetched: FetchedIndex;
  readonly index: SourceIndex;
  readonly read: ReadonlyMap<string, ReadRecord>;
  readonly gone: readonly string[];
  readonly before: PreviousSource | undefined;
};

async function apply(application: Application): Promise<SourceUpdate> {
  const { context, id, url, fetched, read, gone, before } = application;
  context.report(id, 'writing');
  const replaced = new Map<string, StoredRecord | undefined>(gone.map((key) => [key, undefined]));
  for (const [key, { stored, modified }] of read) {
    // A record that cannot be read says nothing of the one before it: that one stays.
    if (stored !== undefined || modified !== undefined) replaced.set(key, stored);
  }
  const rewritten = await rewriteShards({
    source: id,
    directory: context.directory,
    workspace: context.workspace,
    before: before?.shards ?? [],
    replaced,
  });
  const index = nextIndex(application);
  const newest = newestModified([...index.values()].map((record) => record.modified));
  return {
    ...rewritten,
    source: {
      id,
      url,
      checkedAt: context.now,
      changedAt: context.now,
      ...(newest !== undefined && { newest }),
      records: index.size,
      ...(fetched.etag !== undefined && { etag: fetched.etag }),
      index: await keepSourceIndex(context.workspace, id, index),
      problems: problemsOf(index),
    },
  };
}

/** Every record with the state that is now in force; one that could not be had is left as it was, to be asked again. */
function nextIndex({ fetched, index, read }: Application): SourceIndex {
  const next = new Map<string, AppliedRecord>();
  for (const [key, modified] of fetched.records) {
    const now = read.get(key);
    const before = index.get(key);
    if (now === undefined) {
      if (before !== undefined) next.set(key, before);
      continue;
    }
    // Archives lag behind the index: an older record than announced counts with its own date.
    const older = now.modified !== undefined && Date.parse(now.modified) < Date.parse(modified);
    const applied = older ? now.modified : modified;
    next.set(key, { modified: applied, ...(now.problem !== undefined && { problem: now.problem }) });
  }
  return next;
}
