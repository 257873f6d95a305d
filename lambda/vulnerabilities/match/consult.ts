import type { Package } from '../../packages/index.ts';
import type { Advisory } from '../advisory.ts';
import type { AdvisoryLookup } from '../lookup.ts';
import { ecosystemFamily } from '../sources/osv/index.ts';
import { fromInstalledRepository } from './amazon.ts';
import { applicability } from './applicable.ts';
import { evaluate } from './evaluate.ts';
import type { Query } from './queries.ts';
import { meaningOf } from './states.ts';

/** An advisory that says the package is affected, with the question it answers. */
export type Hit = { readonly advisory: Advisory; readonly query: Query };

/** What the advisories say of one package. */
export type Answer = {
  readonly hits: readonly Hit[];
  /** Advisories for this name that say this version is not affected: fixed in it, or never was. */
  readonly cleared: readonly Hit[];
  /** Why some advisories could not be applied, with how many. */
  readonly unclear: Readonly<Record<Unclear, number>>;
};

/** `version-missing`: the package states none. `source-undecided`: the source itself does not know yet. */
export type Unclear = 'version-missing' | 'version-not-comparable' | 'module-unknown' | 'source-undecided';

/** Asks all questions about a package. Ecosystems that the database lacks answer nothing. */
export function consult(pkg: Package, queries: readonly Query[], lookup: AdvisoryLookup): Answer {
  const hits: Hit[] = [];
  const cleared: Hit[] = [];
  const unclear = {
    'version-missing': 0,
    'version-not-comparable': 0,
    'module-unknown': 0,
    'source-undecided': 0,
  };
  for (const query of queries) {
    for (const advisory of advisoriesFor(query, lookup)) {
      const outcome = judge(advisory, query, pkg);
      if (outcome === 'affected') hits.push({ advisory, query });
      else if (outcome === 'cleared') cleared.push({ advisory, query });
      else if (outcome !== 'not-applicable') unclear[outcome] += 1;
    }
  }
  return { hits: withoutOvertaken(hits, cleared), cleared, unclear };
}

function advisoriesFor(query: Query, lookup: AdvisoryLookup): readonly Advisory[] {
  const advisories = lookup.advisories(query.ecosystem, query.name) ?? [];
  const isAmazon = ecosystemFamily(query.ecosystem) === 'Amazon Linux';
  return isAmazon ? fromInstalledRepository(advisories, query.version) : advisories;
}

function judge(
  { affected }: Advisory,
  { version, rules }: Query,
  pkg: Package,
): 'affected' | 'cleared' | 'not-applicable' | Unclear {
  const applies = applicability(affected, pkg);
  if (applies !== 'yes') return applies === 'no' ? 'not-applicable' : 'module-unknown';
  if (version === '') return 'version-missing';
  const verdict = evaluate(affected, version, rules);
  if (verdict === 'unknown') return 'version-not-comparable';
  const meaning = meaningOf(affected.state);
  if (verdict === 'unaffected' || meaning === 'cleared') return 'cleared';
  return meaning === 'undecided' ? 'source-undecided' : 'affected';
}

/**
 * A distribution and its subscription speak of the same record (Ubuntu and Ubuntu Pro). Without the subscription, only
 * fixes are news, and a record whose ordinary part is cleared does not count again; with it, its part decides.
 */
function withoutOvertaken(hits: readonly Hit[], cleared: readonly Hit[]): readonly Hit[] {
  const entitled = idsOf(cleared.filter(({ query }) => query.role === 'entitled'));
  const remaining = entitled.size === 0 ? hits : hits.filter(({ advisory }) => !entitled.has(advisory.id));
  const paid = remaining.filter(({ query }) => query.role === 'subscription');
  if (paid.length === 0) return remaining;
  const ordinary = remaining.filter(({ query }) => query.role !== 'subscription');
  const fixes = paid.filter(namesFix);
  const done =
    fixes.length === 0 ? new Set() : idsOf(cleared.filter(({ query }) => query.role !== 'subscription'));
  return [...ordinary, ...fixes.filter(({ advisory }) => !done.has(advisory.id))];
}

function idsOf(answers: readonly Hit[]): ReadonlySet<string> {
  return new Set(answers.map(({ advisory }) => advisory.id));
}

function namesFix({ advisory }: Hit): boolean {
  return advisory.affected.ranges.some(({ events }) => events.some((event) => 'fixed' in event));
}
