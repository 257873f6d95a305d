import { type Finding, SEVERITY_LEVELS, type SeverityLevel } from '../vulnerabilities/index.ts';
import type { ImageReport } from './report.ts';

/** Counts over the findings of a report. Malware is counted apart, suppressed and hidden findings nowhere else. */
export type Summary = {
  /** Vulnerabilities that are shown and not suppressed; the levels add up to it. */
  readonly vulnerabilities: number;
  readonly byLevel: Readonly<Record<SeverityLevel, number>>;
  /** Of these: with a version that mends them; in CISA's catalogue of exploited vulnerabilities. */
  readonly fixable: number;
  readonly kev: number;
  readonly malware: number;
  readonly suppressed: number;
  /** Taken out by filters. */
  readonly hidden: number;
};

/** Counts what a report found. */
export function summarise(report: Pick<ImageReport, 'findings' | 'hidden'>): Summary {
  const open = report.findings.filter(({ suppressedBy }) => suppressedBy === undefined);
  const vulnerabilities = open.filter((finding) => finding.class === 'vulnerability');
  return {
    vulnerabilities: vulnerabilities.length,
    byLevel: countByLevel(vulnerabilities),
    fixable: vulnerabilities.filter(isFixable).length,
    kev: vulnerabilities.filter(({ kev }) => kev !== undefined).length,
    malware: open.length - vulnerabilities.length,
    suppressed: report.findings.length - open.length,
    hidden: (report.hidden?.severity ?? 0) + (report.hidden?.unfixed ?? 0),
  };
}

/** True when some version mends it, even one that needs a subscription. */
export function isFixable(finding: Finding): boolean {
  return finding.minimalFix !== undefined || finding.fixedVersions.length > 0;
}

/** How many findings have each level; every level is there. */
export function countByLevel(findings: readonly Finding[]): Record<SeverityLevel, number> {
  const counts = Object.fromEntries(SEVERITY_LEVELS.map((level) => [level, 0])) as Record<
    SeverityLevel,
    number
  >;
  for (const { severity } of findings) counts[severity.level] += 1;
  return counts;
}
