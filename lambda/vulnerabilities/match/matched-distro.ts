import type { Distro } from '../../packages/index.ts';
import type { Coverage } from '../../shared/coverage.ts';
import { type DistributionFeed, feedOf, feedTraits, type ReleaseFeed } from '../distributions/index.ts';
import type { AdvisoryLookup } from '../lookup.ts';

/** A distribution with the advisories that speak for it, as far as the database has them. */
export type MatchedDistro = {
  readonly distro: Distro;
  /** As the inventory's coverage calls it: `debian 12`. */
  readonly name: string;
  readonly packageType: DistributionFeed['packageType'] | undefined;
  /** Undefined when no feed speaks for the release. */
  readonly release: ReleaseFeed | undefined;
  /** The first ecosystem that the database must have; empty without a feed. */
  readonly mainEcosystem: string;
  /** That ecosystem when the database has none of those it must have. */
  readonly missingFeed: string | undefined;
  /** What the feed as a whole covers; empty when it is missing, which is told with the packages it leaves unmatched. */
  readonly coverage: readonly Coverage[];
};

/** Finds the feed of a distribution and looks whether the database has it. */
export function matchedDistro(distro: Distro, lookup: AdvisoryLookup): MatchedDistro {
  const feed = feedOf(distro);
  const release = feed?.release(distro);
  const main = (release?.ecosystems ?? []).filter(({ role }) => role === 'main').map(({ name }) => name);
  const known = new Set(lookup.ecosystems());
  const isMissing = !main.some((name) => known.has(name));
  const name = [distro.id, distro.version].join(' ').trim();
  const [mainEcosystem = ''] = main;
  return {
    distro,
    name,
    packageType: feed?.packageType,
    release,
    mainEcosystem,
    missingFeed: release !== undefined && isMissing ? mainEcosystem : undefined,
    coverage: release === undefined || isMissing ? [] : coverageOf(release, name, mainEcosystem, known),
  };
}

function coverageOf(
  { ecosystems, note, gap }: ReleaseFeed,
  name: string,
  mainEcosystem: string,
  known: ReadonlySet<string>,
): readonly Coverage[] {
  const matched = ecosystems.map(({ name }) => name).filter((name) => known.has(name));
  const sentences = [
    `matched with ${matched.join(', ')}`,
    ...(note === undefined ? [] : [note]),
    ...(feedTraits(mainEcosystem).listsUnfixed ? [] : ['this feed lists fixed issues only']),
  ];
  const complete: Coverage = {
    subject: 'os',
    name,
    outcome: 'complete',
    detail: sentences.join('; '),
  };
  if (gap === undefined) return [complete];
  return [
    { ...complete, outcome: 'partial', reason: gap.reason, detail: [gap.detail, ...sentences].join('; ') },
  ];
}
