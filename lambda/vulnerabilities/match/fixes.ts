import type { Hit } from './consult.ts';
import { evaluate } from './evaluate.ts';

export type Fixes = {
  /** Ascending, each newer than the installed version and, as far as is known, free of the vulnerability. */
  readonly versions: readonly string[];
  /** `subscription`: every fix needs one. */
  readonly availability: 'available' | 'subscription' | undefined;
};

/**
 * The versions that mend one vulnerability in one package. A version counts when none of the advisories calls it affected:
 * of two that disagree, the higher fix wins. Advisories that know of no fix are set aside when otherwise nothing would
 * be left: they are older than the fix, not wiser.
 */
export function fixesFor(hits: readonly Hit[]): Fixes {
  const reachable = mending(hits.filter(({ query }) => query.role !== 'subscription'));
  if (reachable.length > 0) return { versions: reachable, availability: 'available' };
  const paid = mending(hits.filter(({ query }) => query.role === 'subscription'));
  return { versions: paid, availability: paid.length > 0 ? 'subscription' : undefined };
}

function mending(hits: readonly Hit[]): readonly string[] {
  const candidates = candidatesOf(hits);
  if (candidates.length === 0) return [];
  const strict = candidates.filter((version) => isMended(version, hits));
  if (strict.length > 0) return strict;
  const informed = hits.filter((hit) => fixedVersions(hit).length > 0);
  return candidates.filter((version) => isMended(version, informed));
}

/** Fixed versions above the installed one, ascending, equal ones once. */
function candidatesOf(hits: readonly Hit[]): readonly string[] {
  const rules = hits.find(({ query }) => query.rules !== undefined)?.query.rules;
  const newer = hits.flatMap((hit) =>
    fixedVersions(hit).filter(
      (fixed) => (hit.query.rules?.compareInstalled(hit.query.version, fixed) ?? 0) < 0,
    ),
  );
  const ascending = [...new Set(newer)].toSorted((a, b) => rules?.compare(a, b) ?? 0);
  return ascending.filter((version, at) => {
    const before = ascending[at - 1];
    return before === undefined || rules?.compare(before, version) !== 0;
  });
}

function isMended(version: string, hits: readonly Hit[]): boolean {
  return hits.every(
    ({ advisory, query }) => evaluate(advisory.affected, version, query.rules) !== 'affected',
  );
}

function fixedVersions({ advisory }: Hit): string[] {
  const { ranges, customRanges = [] } = advisory.affected;
  const events = [...ranges, ...customRanges].flatMap((range) => range.events);
  return events.flatMap((event) => ('fixed' in event ? [event.fixed] : []));
}
