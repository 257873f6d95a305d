import type { Finding, SeverityLevel } from '../vulnerabilities/index.ts';
import { isAtLeast } from './order.ts';
import type { ImageReport } from './report.ts';
import { isFixable } from './summary.ts';

/** What a reader does not want to see. */
export type Filters = {
  /** Only these levels are shown. */
  readonly severities?: readonly SeverityLevel[];
  /** Only this level and graver ones are shown. */
  readonly minSeverity?: SeverityLevel;
  /** Findings that no version mends are not shown. */
  readonly ignoreUnfixed?: boolean;
};

/**
 * The report without the findings that the filters hide, and with the number hidden: `hidden` adds to what an earlier
 * filter hid. A finding that both filters hide counts under severity. Malware is never hidden, and suppressed findings
 * stay: they say themselves why they do not count.
 */
export function applyFilters(report: ImageReport, filters: Filters): ImageReport {
  const hidden = { severity: report.hidden?.severity ?? 0, unfixed: report.hidden?.unfixed ?? 0 };
  const findings = report.findings.filter((finding) => {
    const reason = hiddenBy(finding, filters);
    if (reason !== undefined) hidden[reason] += 1;
    return reason === undefined;
  });
  return { ...report, findings, hidden };
}

function hiddenBy(finding: Finding, filters: Filters): 'severity' | 'unfixed' | undefined {
  if (finding.class === 'malware' || finding.suppressedBy !== undefined) return undefined;
  const { level } = finding.severity;
  const { severities, minSeverity, ignoreUnfixed = false } = filters;
  if (severities !== undefined && !severities.includes(level)) return 'severity';
  if (minSeverity !== undefined && !isAtLeast(level, minSeverity)) return 'severity';
  return ignoreUnfixed && !isFixable(finding) ? 'unfixed' : undefined;
}
