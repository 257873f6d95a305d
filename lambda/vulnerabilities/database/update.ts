import { mkdir } from 'node:fs/promises';
import { AdvisoryError } from '../errors.ts';
import { createFeedClient, type FeedClientOptions } from '../feed/client.ts';
import { feedAddress, mirrorBase } from '../feed/location.ts';
import { AMAZON_RELEASES, type AmazonRelease } from '../sources/amazon/index.ts';
import { ecosystemFamily, listEcosystems } from '../sources/osv/index.ts';
import { coverageFor } from './coverage-for.ts';
import { withLock } from './lock.ts';
import { type Manifest, manifestSchema, SCHEMA_VERSION } from './manifest.ts';
import type { ChangedPackages, RecordCounts } from './rewrite-shards.ts';
import {
  type PreviousSource,
  type SourceUpdate,
  type UpdateContext,
  type UpdateProgress,
} from './source-update.ts';
import { updateAmazon } from './update-amazon.ts';
import { updateEpss, updateKev } from './update-exploitation.ts';
import { updateOsv } from './update-osv.ts';
import { soundSource, usableManifest } from './usable.ts';
import { openWorkspace, removeLeftovers } from './workspace.ts';

export type UpdateOptions = FeedClientOptions & {
  /** The database's folder; made when missing. */
  readonly directory: string;
  /** Base address of the OSV mirror. Absent: OSV is left as it is. */
  readonly mirror?: string | undefined;
  readonly amazonMirror?: string | undefined;
  readonly epssUrl?: string | undefined;
  readonly kevUrl?: string | undefined;
  /** Only these ecosystems (`npm`, `Debian:12` counts as `Debian`, `Amazon Linux:2`). Absent: all the mirrors have. */
  readonly ecosystems?: readonly string[] | undefined;
  readonly clock: () => Date;
  readonly onProgress?: ((progress: UpdateProgress) => void) | undefined;
  /** How long to wait for another update of the same folder, milliseconds; 0, the default: not at all. */
  readonly lockWaitMs?: number | undefined;
};

export type UpdateSummary = {
  /** Sources that brought something new, with the shards written for it and the packages to match again. */
  readonly updated: readonly UpdatedSource[];
  /** Sources that were compared and are the same. */
  readonly unchanged: readonly string[];
  /** Sources that the mirror does not have. */
  readonly absent: readonly string[];
  /** Sources left in their old state, and why. */
  readonly failures: readonly SourceFailure[];
  readonly bytesDownloaded: number;
};
export type UpdatedSource = {
  readonly source: string;
  /** Names of shards written or dropped. */
  readonly shards: readonly string[];
  readonly packages: readonly ChangedPackages[];
  readonly records: RecordCounts;
};
export type SourceFailure = {
  readonly source: string;
  readonly code: string;
  readonly detail: string;
  readonly retryable: boolean;
};

const DAMAGE: ReadonlySet<string> = new Set(['shard-missing', 'shard-invalid']);
const AMAZON_FAMILY = 'Amazon Linux';

/** One source's update, ready to run. Undefined: the mirror does not have it. */
type Job = {
  readonly id: string;
  readonly run: (
    context: UpdateContext,
    previous: PreviousSource | undefined,
  ) => Promise<SourceUpdate | undefined>;
};

/**
 * Brings the advisory database up to date with its feeds, in one step for its readers: they see the old one until all
 * of the new one is on disk. A source that fails keeps its old state and is listed; a cancelled update changes nothing.
 * Fails with `database-locked` while another update runs and `mirror-invalid` when an address cannot be used.
 */
export async function updateDatabase(options: UpdateOptions): Promise<UpdateSummary> {
  const { directory, signal } = options;
  await mkdir(directory, { recursive: true });
  return await withLock(directory, { waitMs: options.lockWaitMs ?? 0, signal }, () => updateLocked(options));
}

async function updateLocked(options: UpdateOptions): Promise<UpdateSummary> {
  const { directory, signal } = options;
  const manifest = usableManifest(directory);
  await removeLeftovers(directory, manifest);
  const client = createFeedClient(options);
  const workspace = await openWorkspace(directory);
  try {
    const context: UpdateContext = {
      client,
      directory,
      workspace,
      now: options.clock().toISOString(),
      coverageFor,
      signal,
      report: (source, step, detail) =>
        options.onProgress?.({ source, step, ...(detail !== undefined && { detail }) }),
    };
    const results = await runJobs(await listJobs(options, context), context, manifest);
    signal?.throwIfAborted();
    if (results.updates.length > 0) {
      await workspace.commit(manifestSchema.parse(nextManifest(manifest, results.updates, context.now)));
    }
    return summaryOf(results, client.bytesDownloaded());
  } finally {
    await workspace.discard();
  }
}

async function listJobs(options: UpdateOptions, context: UpdateContext): Promise<readonly Job[]> {
  const { mirror, amazonMirror, epssUrl, kevUrl } = options;
  const families = options.ecosystems && new Set(options.ecosystems.map(ecosystemFamily));
  const jobs: Job[] = mirror === undefined ? [] : [...(await osvJobs(mirrorBase(mirror), families, context))];
  if (amazonMirror !== undefined) {
    const base = mirrorBase(amazonMirror);
    for (const release of AMAZON_RELEASES.filter((one) => isWanted(one, options.ecosystems))) {
      jobs.push({
        id: `amazon:${release}`,
        run: (now, previous) => updateAmazon(now, base, release, previous),
      });
    }
  }
  if (epssUrl !== undefined) {
    const url = feedAddress(epssUrl);
    jobs.push({ id: 'epss', run: (now, previous) => updateEpss(now, url, previous) });
  }
  if (kevUrl !== undefined) {
    const url = feedAddress(kevUrl);
    jobs.push({ id: 'kev', run: (now, previous) => updateKev(now, url, previous) });
  }
  return jobs;
}

function isWanted(release: AmazonRelease, ecosystems: readonly string[] | undefined): boolean {
  if (ecosystems === undefined) return true;
  return ecosystems.includes(AMAZON_FAMILY) || ecosystems.includes(`${AMAZON_FAMILY}:${release}`);
}

/** One job per ecosystem. When the mirror cannot say which it has, one that fails: other feeds are still updated. */
async function osvJobs(
  base: URL,
  families: ReadonlySet<string> | undefined,
  context: UpdateContext,
): Promise<readonly Job[]> {
  try {
    const names = families ?? (await listEcosystems(context.client, base));
    return [...names]
      .filter((name) => name !== AMAZON_FAMILY)
      .map((name) => ({ id: `osv:${name}`, run: (now, previous) => updateOsv(now, base, name, previous) }));
  } catch (error) {
    context.signal?.throwIfAborted();
    return [{ id: 'osv', run: () => Promise.reject(error) }];
  }
}

type Results = {
  readonly updates: readonly SourceUpdate[];
  readonly absent: readonly string[];
  readonly failures: readonly SourceFailure[];
};

async function runJobs(
  jobs: readonly Job[],
  context: UpdateContext,
  manifest: Manifest | undefined,
): Promise<Results> {
  const updates: SourceUpdate[] = [];
  const absent: string[] = [];
  const failures: SourceFailure[] = [];
  for (const job of jobs) {
    try {
      const previous = await soundSource(context.directory, manifest, job.id);
      const update = await runJob(job, context, previous);
      if (update === undefined) {
        absent.push(job.id);
        continue;
      }
      updates.push(update);
      context.report(job.id, update.touched.length === 0 ? 'unchanged' : 'done');
    } catch (error) {
      context.signal?.throwIfAborted();
      if (!(error instanceof AdvisoryError)) throw error;
      failures.push({
        source: job.id,
        code: error.code,
        detail: error.message,
        retryable: error.retryable,
      });
      context.report(job.id, 'failed', error.message);
    }
  }
  return { updates, absent, failures };
}

/** A source whose shards turn out to be damaged is built anew. */
async function runJob(
  job: Job,
  context: UpdateContext,
  previous: PreviousSource | undefined,
): Promise<SourceUpdate | undefined> {
  try {
    return await job.run(context, previous);
  } catch (error) {
    const isDamaged = error instanceof AdvisoryError && DAMAGE.has(error.code);
    if (!isDamaged || previous === undefined) throw error;
    return await job.run(context, undefined);
  }
}

function nextManifest(before: Manifest | undefined, updates: readonly SourceUpdate[], now: string): Manifest {
  const replaced = new Set(updates.map((update) => update.source.id));
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  const changed = updates.some((update) => update.touched.length > 0);
  return {
    schemaVersion: SCHEMA_VERSION,
    builtAt: before === undefined || changed ? now : before.builtAt,
    sources: [
      ...(before?.sources ?? []).filter((source) => !replaced.has(source.id)),
      ...updates.map((update) => update.source),
    ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    shards: [
      ...(before?.shards ?? []).filter((shard) => !replaced.has(shard.source)),
      ...updates.flatMap((update) => update.shards),
    ].sort(byName),
  };
}

function summaryOf({ updates, absent, failures }: Results, bytesDownloaded: number): UpdateSummary {
  const isNew = (update: SourceUpdate): boolean => update.touched.length > 0;
  return {
    updated: updates.filter(isNew).map(({ source, touched, packages, counts }) => ({
      source: source.id,
      shards: touched,
      packages,
      records: counts,
    })),
    unchanged: updates.filter((update) => !isNew(update)).map((update) => update.source.id),
    absent,
    failures,
    bytesDownloaded,
  };
}
