import type { ImageReport } from './report.ts';

/** How much of an image, or of several, could be read and matched. */
export type Outcome = 'complete' | 'partial' | 'none';

/**
 * `complete` when every subject is; `none` when nothing was read at all, which includes a report that does not say what
 * it read; anything in between is `partial`.
 */
export function outcome(report: Pick<ImageReport, 'coverage'>): Outcome {
  const outcomes = new Set(report.coverage.map((entry) => entry.outcome));
  if (outcomes.size === 0) return 'none';
  if (outcomes.size > 1) return 'partial';
  return [...outcomes][0] ?? 'none';
}

/** The same over several reports; `none` when there are none. */
export function outcomeOfAll(reports: readonly ImageReport[]): Outcome {
  return outcome({
    coverage: reports.flatMap(({ coverage }) => (coverage.length > 0 ? coverage : [UNSAID])),
  });
}

const UNSAID: ImageReport['coverage'][number] = { subject: 'image', name: '', outcome: 'none' };

/**
 * True only when everything was read and matched, and nothing is wrong: no finding that is not suppressed, none that a
 * filter hides.
 */
export function isClean(report: ImageReport): boolean {
  const { hidden } = report;
  return (
    outcome(report) === 'complete' &&
    report.findings.every(({ suppressedBy }) => suppressedBy !== undefined) &&
    (hidden === undefined || hidden.severity + hidden.unfixed === 0)
  );
}
