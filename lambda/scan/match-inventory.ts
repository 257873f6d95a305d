import type { Inventory } from '../packages/index.ts';
import type { ImageReport } from '../report/index.ts';
import type { Coverage } from '../shared/coverage.ts';
import {
  type AdvisoryDatabase,
  type AdvisoryLookup,
  consultedEcosystems,
  type EnsureOptions,
  ensureShards,
  type Finding,
  matchPackages,
  neededEcosystems,
  noteQuestions,
  openDatabase,
  type Question,
  questionOfAll,
} from '../vulnerabilities/index.ts';
import type { AdvisoryStorage } from './advisories/storage.ts';

/** Where advisories come from and are kept; addresses that are absent are not used. */
export type AdvisorySources =
  | Pick<
      EnsureOptions,
      'directory' | 'mirror' | 'amazonMirror' | 'epssUrl' | 'kevUrl' | 'offline' | 'maxAgeMs'
    >
  /** A database that somebody else keeps up to date. */
  | ({ readonly storage: AdvisoryStorage } & Pick<EnsureOptions, 'epssUrl' | 'kevUrl' | 'maxAgeMs'>);

export type Matched = {
  readonly findings: readonly Finding[];
  readonly coverage: readonly Coverage[];
  readonly advisories: ImageReport['advisories'];
  /** What the advisories were asked, so that the image is matched again when the answers change. */
  readonly questions: readonly Question[];
  /** Names the advisories that were asked, where they are kept by somebody else. */
  readonly revision?: string;
  /** Milliseconds. */
  readonly timings: { readonly advisories: number; readonly match: number };
};

type MatchContext = {
  readonly now: () => Date;
  readonly onProgress: (detail: string) => void;
  readonly onMatching: () => void;
  readonly signal?: AbortSignal;
};

/** Fetches the shards an inventory needs where they are missing or stale, and matches its packages with them. */
export async function matchInventory(
  inventory: Pick<Inventory, 'packages' | 'distro'>,
  sources: AdvisorySources,
  context: MatchContext,
): Promise<Matched> {
  if (!('storage' in sources)) return await matchWith(inventory, sources, context);
  const { storage, ...rest } = sources;
  const { packages, distro } = inventory;
  const { directory, revision, release } = await storage.fetch(consultedEcosystems(packages, distro));
  try {
    return { ...(await matchWith(inventory, { ...rest, directory, offline: true }, context)), revision };
  } finally {
    await release();
  }
}

async function matchWith(
  inventory: Pick<Inventory, 'packages' | 'distro'>,
  sources: Extract<AdvisorySources, { directory: string }>,
  context: MatchContext,
): Promise<Matched> {
  const started = performance.now();
  const { packages, distro } = inventory;
  const ecosystems = neededEcosystems(packages, distro);
  // Another update may hold the database: whoever watches should see what is waited for.
  context.onProgress('checking');
  const ensured = await ensureShards({
    ...sources,
    ecosystems,
    clock: context.now,
    onProgress: ({ source, step, detail }) =>
      context.onProgress([source, step, detail ?? ''].join(' ').trim()),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const database = openIfThere(sources.directory);
  try {
    const opened = performance.now();
    context.onMatching();
    const { lookup, questions } = noteQuestions(database ?? NOTHING);
    const { findings, coverage } = matchPackages({ packages, distro, lookup });
    return {
      findings,
      coverage: oneEach([...ensured.coverage, ...coverage]),
      advisories: datesOf(database, ecosystems),
      questions: [...questions(), ...consultedEcosystems(packages, distro).map(questionOfAll)],
      timings: { advisories: Math.round(opened - started), match: Math.round(performance.now() - opened) },
    };
  } finally {
    database?.close();
  }
}

/** Answers for an image scanned before any feed could be had. */
const NOTHING: AdvisoryLookup = {
  ecosystems: () => [],
  advisories: () => undefined,
  exploitation: () => ({}),
};

function openIfThere(directory: string): AdvisoryDatabase | undefined {
  try {
    return openDatabase(directory);
  } catch (error) {
    if ((error as { code?: string }).code === 'database-missing') return undefined;
    throw error;
  }
}

/** Feeds that hold facts of every ecosystem: how likely a vulnerability is exploited, and whether it is. */
const EXPLOITATION: ReadonlySet<string> = new Set(['epss', 'kev']);

/** The feeds that were asked, and from when they are; the others in the database say nothing about this image. */
function datesOf(
  database: AdvisoryDatabase | undefined,
  ecosystems: readonly string[],
): ImageReport['advisories'] {
  if (database === undefined) return { feeds: [] };
  const { builtAt, sources, shards } = database.status();
  const used = new Set(
    shards
      .filter((shard) => ecosystems.some((name) => shard.ecosystems.includes(name)))
      .map(({ source }) => source),
  );
  return {
    builtAt,
    feeds: sources
      .filter(({ id }) => used.has(id) || EXPLOITATION.has(id))
      .map(({ id, newest, checkedAt }) => ({
        name: id,
        ...(newest === undefined ? {} : { newest }),
        fetchedAt: checkedAt,
      })),
  };
}

/** The matcher also says that a feed is missing; what ensuring it said, with the reason, comes first and stays. */
function oneEach(coverage: readonly Coverage[]): Coverage[] {
  const kept = new Map<string, Coverage>();
  for (const entry of coverage) {
    const key =
      entry.subject === 'feed'
        ? `feed ${entry.name}`
        : `${entry.subject} ${entry.name} ${entry.reason ?? ''} ${entry.detail ?? ''}`;
    if (!kept.has(key)) kept.set(key, entry);
  }
  return [...kept.values()];
}
