import type { AdvisoryRange, RangeEvent } from '../../advisory.ts';

const PSEUDO_VERSION = /[-.]\d{14}-[0-9a-f]{12}(?:$|\+)/;

/** True for a version of Go that stands for a commit: `v0.0.0-20250827065555-0494f5d47e41`. https://go.dev/ref/mod#pseudo-versions */
export function isPseudoVersion(version: string): boolean {
  return PSEUDO_VERSION.test(version);
}

/**
 * Go's `custom_ranges`, which speak of releases that the module proxy does not know (`v3.5.0` of a module without `/v3` in its
 * path), as far as they say something that the ordinary ranges do not: those have no end, or end at commits between
 * releases. Beside ordinary ranges that end at releases they repeat them in the numbers of another edition.
 * https://go.dev/doc/security/vuln/database#schema
 */
export function usefulCustomRanges(
  custom: readonly AdvisoryRange[],
  ordinary: readonly AdvisoryRange[],
): readonly AdvisoryRange[] {
  const ends = ordinary.map(({ events }) => events.at(-1));
  if (ends.some((end) => end !== undefined && 'introduced' in end)) return custom;
  if (!ends.every((end) => end !== undefined && 'fixed' in end && isPseudoVersion(end.fixed))) return [];
  return custom
    .map((range) => ({ ...range, events: closed(range.events) }))
    .filter(({ events }) => events.length > 0);
}

/** Without the beginnings that have no end: the ordinary ranges do, so that those cannot be right. */
function closed(events: readonly RangeEvent[]): readonly RangeEvent[] {
  return events.filter((event, at) => {
    const next = events[at + 1];
    return !('introduced' in event) || (next !== undefined && !('introduced' in next));
  });
}
