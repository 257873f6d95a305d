import type { SeverityLevel } from '../vulnerabilities/index.ts';
import { effectiveLevel, isAtLeast } from './order.ts';
import { outcomeOfAll } from './outcome.ts';
import type { ImageReport } from './report.ts';

/** When a scan counts as failed. */
export type ExitRules = {
  /** Fail on findings of this level or a graver one; absent: findings never fail a scan. */
  readonly failOn?: SeverityLevel;
  /** Fail when anything could not be read or matched. */
  readonly strict: boolean;
};

/**
 * The exit code for a scan: 1 when a finding that counts is at or over `failOn`, else 3 when a whole platform could not
 * be scanned, or when `strict` and not everything could be read or matched, else 0. Findings go first because they call for a change of the image, which 3 alone does not.
 * Suppressed findings do not count, malware counts as critical. Judges the reports as filtered: what a filter hides
 * fails nothing.
 */
export function exitCodeFor(reports: readonly ImageReport[], rules: ExitRules): 0 | 1 | 3 {
  const { failOn, strict } = rules;
  if (failOn !== undefined && reports.some((report) => hasFinding(report, failOn))) return 1;
  if (reports.some(isUnscanned)) return 3;
  return strict && outcomeOfAll(reports) !== 'complete' ? 3 : 0;
}

function hasFinding(report: ImageReport, failOn: SeverityLevel): boolean {
  return report.findings.some(
    (finding) => finding.suppressedBy === undefined && isAtLeast(effectiveLevel(finding), failOn),
  );
}

function isUnscanned({ coverage }: ImageReport): boolean {
  return coverage.some(({ subject, outcome }) => subject === 'platform' && outcome === 'none');
}
