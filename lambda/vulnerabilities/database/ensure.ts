import type { Coverage } from '../../shared/coverage.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/units.ts';
import { AdvisoryError } from '../errors.ts';
import { ecosystemFamily } from '../sources/osv/index.ts';
import type { Manifest, SourceState } from './manifest.ts';
import { type SourceFailure, type UpdateOptions, type UpdateSummary, updateDatabase } from './update.ts';
import { usableManifest, wholeSource } from './usable.ts';

export type EnsureOptions = Omit<UpdateOptions, 'ecosystems'> & {
  /** What an image needs: `Debian:12`, `npm`. */
  readonly ecosystems: readonly string[];
  /** How long a comparison with the feed holds good, milliseconds; 24 hours when absent. */
  readonly maxAgeMs?: number | undefined;
  /** Use what is there, fetch nothing. */
  readonly offline?: boolean | undefined;
};

export type EnsureResult = {
  /** One entry per needed ecosystem and exploitation feed: `complete`, or why not (subject `feed`). */
  readonly coverage: readonly Coverage[];
  /** Absent when nothing had to be fetched. */
  readonly update?: UpdateSummary;
};

const AMAZON = 'Amazon Linux';
/** Every feed brings something new within days; one that brought nothing for so long is not what it claims to be. */
const MAX_CONTENT_AGE_MS = 90 * DAY_MS;
/** Long enough for the largest ecosystem on a slow line: whoever waits needs the same data. */
const LOCK_WAIT_MS = 15 * MINUTE_MS;

/**
 * Makes the feeds an image needs present and fresh, touching no others, and says of each how far it can be trusted:
 * `feed-missing` (offline, or the feed failed), `feed-not-in-mirror`, `release-not-covered` (outcome none), `feed-stale`
 * and `feed-old` (partial): not compared with the feed lately, or compared with a feed that has nothing new. Does not throw for a feed that cannot be had; the mirror's address being wrong is an error.
 */
export async function ensureShards(options: EnsureOptions): Promise<EnsureResult> {
  const maxAgeMs = options.maxAgeMs ?? DAY_MS;
  const wanted = wantedSources(options);
  const isFresh = (manifest: Manifest | undefined, id: string): boolean => {
    const source = manifest?.sources.find((one) => one.id === id);
    return (
      source !== undefined &&
      ageOf(source, options) <= maxAgeMs &&
      wholeSource(options.directory, manifest, id) !== undefined
    );
  };
  const before = usableManifest(options.directory);
  const due = wanted.filter(({ id }) => !isFresh(before, id));
  const failures: SourceFailure[] = [];
  let update: UpdateSummary | undefined;
  if (due.length > 0 && options.offline !== true) {
    update = await refresh(options, due, failures);
  }
  const manifest = update === undefined ? before : usableManifest(options.directory);
  const context: CoverageContext = {
    options,
    manifest,
    failures: [...failures, ...(update?.failures ?? [])],
    isFresh,
  };
  return {
    coverage: wanted.flatMap((source) => coverageOf(source, context)),
    ...(update !== undefined && { update }),
  };
}

/** A source that is needed, and the names under which its coverage is reported. */
type WantedSource = { readonly id: string; readonly names: readonly string[] };

function wantedSources(options: EnsureOptions): readonly WantedSource[] {
  const groups = Map.groupBy(new Set(options.ecosystems), sourceId);
  return [
    ...[...groups].map(([id, names]) => ({ id, names })),
    ...(options.epssUrl === undefined ? [] : [{ id: 'epss', names: ['epss'] }]),
    ...(options.kevUrl === undefined ? [] : [{ id: 'kev', names: ['kev'] }]),
  ];
}

function sourceId(ecosystem: string): string {
  const family = ecosystemFamily(ecosystem);
  return family === AMAZON ? `amazon:${ecosystem.slice(AMAZON.length + 1)}` : `osv:${family}`;
}

async function refresh(
  options: EnsureOptions,
  due: readonly WantedSource[],
  failures: SourceFailure[],
): Promise<UpdateSummary | undefined> {
  const isDue = (id: string): boolean => due.some((source) => source.id === id);
  const ecosystems = due.flatMap(({ id, names }) => (id === 'epss' || id === 'kev' ? [] : names));
  try {
    return await updateDatabase({
      ...options,
      ecosystems,
      epssUrl: isDue('epss') ? options.epssUrl : undefined,
      kevUrl: isDue('kev') ? options.kevUrl : undefined,
      lockWaitMs: options.lockWaitMs ?? LOCK_WAIT_MS,
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof AdvisoryError) || error.code === 'mirror-invalid') throw error;
    const { code, message: detail, retryable } = error;
    failures.push(...due.map(({ id }) => ({ source: id, code, detail, retryable })));
    return undefined;
  }
}

type CoverageContext = {
  readonly options: EnsureOptions;
  readonly manifest: Manifest | undefined;
  readonly failures: readonly SourceFailure[];
  readonly isFresh: (manifest: Manifest | undefined, id: string) => boolean;
};

function coverageOf({ id, names }: WantedSource, context: CoverageContext): readonly Coverage[] {
  const { manifest, failures, options } = context;
  const whole = wholeSource(options.directory, manifest, id);
  const failure = failures.find((one) => one.source === id);
  return names.map((name): Coverage => {
    const entry = { subject: 'feed', name } as const;
    if (whole === undefined) return { ...entry, outcome: 'none', ...missing(failure, options) };
    const isFeed = id === 'epss' || id === 'kev';
    if (!isFeed && !whole.shards.some((shard) => shard.ecosystems.includes(name))) {
      const detail = `the feed has no advisories for ${name}`;
      return { ...entry, outcome: 'none', reason: 'release-not-covered', detail };
    }
    if (context.isFresh(manifest, id)) {
      const newest = whole.source.newest;
      const isOld =
        newest !== undefined && options.clock().getTime() - Date.parse(newest) > MAX_CONTENT_AGE_MS;
      if (!isOld) return { ...entry, outcome: 'complete' };
      const detail = `its newest record is of ${newest.slice(0, 10)}: the mirror is not kept up to date, or the feed has ended`;
      return { ...entry, outcome: 'partial', reason: 'feed-old', detail };
    }
    const why = failure === undefined ? '' : `: ${failure.detail}`;
    return {
      ...entry,
      outcome: 'partial',
      reason: 'feed-stale',
      detail: `last checked ${whole.source.checkedAt}${why}`,
    };
  });
}

function missing(
  failure: SourceFailure | undefined,
  options: EnsureOptions,
): { readonly reason: string; readonly detail: string } {
  if (failure?.code === 'feed-not-found') return { reason: 'feed-not-in-mirror', detail: failure.detail };
  if (failure !== undefined) return { reason: 'feed-missing', detail: failure.detail };
  return options.offline === true
    ? { reason: 'feed-missing', detail: 'not in the local database, and fetching is switched off' }
    : { reason: 'feed-not-in-mirror', detail: 'no mirror has it' };
}

function ageOf(source: SourceState, options: EnsureOptions): number {
  return options.clock().getTime() - Date.parse(source.checkedAt);
}
