import type { AdvisoryRange, AffectedPackage, RangeEvent } from '../advisory.ts';
import { isPseudoVersion } from '../sources/osv/index.ts';
import type { VersionRules } from './version-rules.ts';

/** `unknown`: the versions cannot be compared, and no exact match says that the installed one is affected. */
export type Verdict = 'affected' | 'unaffected' | 'unknown';

/**
 * Whether a version of a package is affected: by OSV's algorithm (https://ossf.github.io/osv-schema/#evaluation), listed
 * exactly or inside any range. Beyond it, a range without an end is limited by what GitHub last knew to be affected, and by
 * the fixes that Go's records know outside their ranges.
 */
export function evaluate(
  affected: Pick<AffectedPackage, 'ranges' | 'versions'> & Limits,
  version: string,
  rules: VersionRules | undefined,
): Verdict {
  if (affected.versions.includes(version))
    return isPastLastKnown(affected, version, rules) ? 'unaffected' : 'affected';
  if (affected.ranges.length === 0) return evaluateList(affected.versions, version, rules);
  if (rules === undefined || !rules.isComparable(version)) return 'unknown';
  let verdict: Verdict = 'unaffected';
  for (const range of affected.ranges) {
    const own = evaluateRange(range, version, affected, rules);
    if (own === 'affected') return own;
    if (own === 'unknown') verdict = own;
  }
  return isInCustomRange(affected, version, rules) ? 'affected' : verdict;
}

/** What a record says beside its ranges and versions. */
type Limits = Pick<AffectedPackage, 'lastKnownAffected' | 'customRanges'>;

/** A list alone: PyPI writes `2022.12.7`, the file may say `2022.12.07`. */
function evaluateList(
  versions: readonly string[],
  version: string,
  rules: VersionRules | undefined,
): Verdict {
  if (rules === undefined || !rules.isComparable(version)) return 'unknown';
  return versions.some((listed) => rules.compareInstalled(version, listed) === 0) ? 'affected' : 'unaffected';
}

/** Sources that list every version of an open-ended range list those after the last known affected one as well. */
function isPastLastKnown(
  { ranges, lastKnownAffected }: Pick<AffectedPackage, 'ranges' | 'lastKnownAffected'>,
  version: string,
  rules: VersionRules | undefined,
): boolean {
  if (lastKnownAffected === undefined || rules === undefined) return false;
  const hasEnd = ranges.some(({ events }) =>
    events.some((event) => 'fixed' in event || 'lastAffected' in event),
  );
  return !hasEnd && !isWithin(lastKnownAffected, version, rules);
}

function evaluateRange(range: AdvisoryRange, version: string, limits: Limits, rules: VersionRules): Verdict {
  const plain = endOfPlainRange(range.events);
  if (plain !== undefined) {
    const order = rules.compareInstalled(version, plain);
    return order === undefined ? 'unknown' : order < 0 ? 'affected' : 'unaffected';
  }
  const events = sorted(range.events, rules);
  if (events === undefined) return 'unknown';
  if (!isBeforeLimits(events, version, rules)) return 'unaffected';
  let inside = false;
  let isOpen = false;
  for (const event of events) {
    const order = compareWithEvent(version, event, rules);
    if (order === undefined) return 'unknown';
    if ('introduced' in event && order >= 0) inside = isOpen = true;
    if ('fixed' in event && order >= 0) inside = false;
    if ('lastAffected' in event && order > 0) inside = false;
    if (!('introduced' in event) && !('limit' in event) && order < 0) isOpen = false;
    if ('lastAffected' in event && order === 0) isOpen = false;
  }
  if (!inside) return 'unaffected';
  return isOpen && isBeyond(limits, version, rules) ? 'unaffected' : 'affected';
}

/** Whether something else tells where a range without an end has ended. */
function isBeyond(
  { lastKnownAffected, customRanges }: Limits,
  version: string,
  rules: VersionRules,
): boolean {
  if (lastKnownAffected !== undefined && !isWithin(lastKnownAffected, version, rules)) return true;
  return customRanges !== undefined && isPastFix(customRanges, version, rules);
}

/** "BeforeLimits": without limits always true, else below at least one of them; `*` is infinity. */
function isBeforeLimits(events: readonly RangeEvent[], version: string, rules: VersionRules): boolean {
  if (!events.some((event) => 'limit' in event)) return true;
  const limits = events.flatMap((event) => ('limit' in event ? [event.limit] : []));
  return limits.some((limit) => limit === '*' || (rules.compareInstalled(version, limit) ?? 0) < 0);
}

/** How the installed version sorts against an event's; version `0` of `introduced` is below everything. */
function compareWithEvent(version: string, event: RangeEvent, rules: VersionRules): number | undefined {
  if (isBeginning(event)) return 1;
  const bound = boundOf(event);
  return bound === '*' ? -1 : rules.compareInstalled(version, bound);
}

/** The fixed version of a range `[introduced 0, fixed X]`, which nearly all are. */
function endOfPlainRange(events: readonly RangeEvent[]): string | undefined {
  const [first, second] = events;
  if (events.length !== 2 || first === undefined || second === undefined) return undefined;
  return isBeginning(first) && 'fixed' in second && second.fixed !== '*' ? second.fixed : undefined;
}

/** Events in version order, equal ones as written; undefined when one of them has no place in the order. */
function sorted(events: readonly RangeEvent[], rules: VersionRules): readonly RangeEvent[] | undefined {
  let isOrdered = true;
  const result = events.toSorted((a, b) => {
    const order = compareEvents(a, b, rules);
    isOrdered &&= order !== undefined;
    return order ?? 0;
  });
  return isOrdered ? result : undefined;
}

function compareEvents(a: RangeEvent, b: RangeEvent, rules: VersionRules): number | undefined {
  if (isBeginning(a) || isBeginning(b)) return Number(isBeginning(b)) - Number(isBeginning(a));
  if (boundOf(a) === '*' || boundOf(b) === '*')
    return Number(boundOf(a) === '*') - Number(boundOf(b) === '*');
  return rules.compare(boundOf(a), boundOf(b));
}

function isBeginning(event: RangeEvent | undefined): boolean {
  return event !== undefined && 'introduced' in event && event.introduced === '0';
}

function boundOf(event: RangeEvent): string {
  if ('introduced' in event) return event.introduced;
  if ('fixed' in event) return event.fixed;
  return 'limit' in event ? event.limit : event.lastAffected;
}

/**
 * Outside of all these ranges, and past a fix that they name. What is merely below their beginnings may have been numbered
 * otherwise: Prometheus 3.5.0 is the module `v0.305.0`.
 */
function isPastFix(ranges: readonly AdvisoryRange[], version: string, rules: VersionRules): boolean {
  const isPast = (event: RangeEvent): boolean =>
    'fixed' in event && (rules.compareInstalled(version, event.fixed) ?? -1) >= 0;
  return (
    ranges.some(({ events }) => events.some(isPast)) &&
    ranges.every((range) => evaluateRange(range, version, {}, rules) === 'unaffected')
  );
}

/**
 * Releases beside ordinary ranges that all have an end. The place of a commit among releases is unknown: for those the
 * ordinary ranges speak.
 */
function isInCustomRange(
  { ranges, customRanges = [] }: Pick<AffectedPackage, 'ranges' | 'customRanges'>,
  version: string,
  rules: VersionRules,
): boolean {
  if (customRanges.length === 0 || isPseudoVersion(version)) return false;
  if (ranges.some(({ events }) => 'introduced' in (events.at(-1) ?? {}))) return false;
  return customRanges.some((range) => evaluateRange(range, version, {}, rules) === 'affected');
}

const CONDITION = /^(?<operator><=|>=|<|>|=)?\s*(?<bound>\S+)$/;

/** GitHub's ranges: conditions joined by commas, `>= 1.0.0, < 4.0.0`. One that cannot be read restricts nothing. */
function isWithin(range: string, version: string, rules: VersionRules): boolean {
  return range.split(',').every((condition) => {
    const { operator = '=', bound = '' } = CONDITION.exec(condition.trim())?.groups ?? {};
    const order = rules.compareInstalled(version, bound);
    if (order === undefined) return true;
    if (operator.startsWith('<')) return order < 0 || (order === 0 && operator === '<=');
    if (operator.startsWith('>')) return order > 0 || (order === 0 && operator === '>=');
    return order === 0;
  });
}
