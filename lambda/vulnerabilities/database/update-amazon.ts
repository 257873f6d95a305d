import { join } from 'node:path';
import { AdvisoryError } from '../errors.ts';
import { where } from '../feed/location.ts';
import {
  type AmazonRelease,
  type FoundRepository,
  findRepositories,
  readRepository,
} from '../sources/amazon/index.ts';
import { readStoredRecords } from './read-shard.ts';
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

/**
 * Brings one release of Amazon Linux up to date: undefined when the mirror does not have it. The hashes in `repomd.xml`
 * say whether anything changed; if so, all repositories of the release are read again (two megabytes).
 * Fails with `feed-not-found` when a repository is gone that was there before: its advisories would vanish unseen.
 */
export async function updateAmazon(
  context: UpdateContext,
  mirror: URL,
  release: AmazonRelease,
  previous: PreviousSource | undefined,
): Promise<SourceUpdate | undefined> {
  const id = `amazon:${release}`;
  context.report(id, 'checking');
  const repositories = await findRepositories(context.client, mirror, release);
  const applied = await appliedRepositories(context, previous);
  const lost = [...applied.keys()].filter((name) => !repositories.some((one) => one.name === name));
  if (lost.length > 0) {
    throw new AdvisoryError(
      'feed-not-found',
      `the mirror lost repositories of Amazon Linux ${release}: ${lost.join(', ')}`,
    );
  }
  if (repositories.length === 0) return undefined;
  const index = new Map(
    repositories.map((one) => [one.name, { modified: one.updateInfo?.sha256 ?? 'none' }]),
  );
  const same = [...index].every(([name, { modified }]) => applied.get(name)?.modified === modified);
  if (previous !== undefined && same && applied.size === index.size) return unchanged(previous, context.now);
  const records = await readAll(context, id, repositories);
  return await apply(context, { id, url: where(mirror), index, records, previous });
}

async function appliedRepositories(
  context: UpdateContext,
  previous: PreviousSource | undefined,
): Promise<SourceIndex> {
  const file = previous?.source.index?.file;
  if (file === undefined) return new Map<string, AppliedRecord>();
  return await readSourceIndex(join(context.directory, file)).catch(() => new Map<string, AppliedRecord>());
}

async function readAll(
  context: UpdateContext,
  id: string,
  repositories: readonly FoundRepository[],
): Promise<ReadonlyMap<string, StoredRecord>> {
  context.report(id, 'downloading', `${repositories.length} repositories`);
  const records = new Map<string, StoredRecord>();
  for (const repository of repositories) {
    for (const record of await readRepository(context.client, repository)) {
      const key = `${repository.name}/${record.id}`;
      records.set(key, storeRecord(record, key));
    }
  }
  return records;
}

type Application = {
  readonly id: string;
  readonly url: string;
  readonly index: SourceIndex;
  readonly records: ReadonlyMap<string, StoredRecord>;
  readonly previous: PreviousSource | undefined;
};

async function apply(context: UpdateContext, application: Application): Promise<SourceUpdate> {
  const { id, url, index, records, previous } = application;
  context.report(id, 'writing');
  const before = previous?.shards ?? [];
  const replaced = new Map<string, StoredRecord | undefined>();
  for (const shard of before) {
    for (const key of readStoredRecords(join(context.directory, shard.file)).keys())
      replaced.set(key, undefined);
  }
  for (const [key, record] of records) replaced.set(key, record);
  const { directory, workspace } = context;
  const rewritten = await rewriteShards({ source: id, directory, workspace, before, replaced });
  const newest = newestModified(rewritten.shards.flatMap((shard) => shard.newest ?? []));
  return {
    ...rewritten,
    source: {
      id,
      url,
      checkedAt: context.now,
      changedAt: context.now,
      ...(newest !== undefined && { newest }),
      records: records.size,
      index: await keepSourceIndex(workspace, id, index),
      problems: problemsOf(new Map()),
    },
  };
}
