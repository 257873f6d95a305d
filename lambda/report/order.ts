import { type Finding, SEVERITY_LEVELS, type SeverityLevel } from '../vulnerabilities/index.ts';

const RANK: ReadonlyMap<SeverityLevel, number> = new Map(
  SEVERITY_LEVELS.map((level, index) => [level, SEVERITY_LEVELS.length - index]),
);

/** What gates and filters take a finding for: malware is always critical, whatever its record says. */
export function effectiveLevel(finding: Finding): SeverityLevel {
  return finding.class === 'malware' ? 'critical' : finding.severity.level;
}

/** True when `level` is as grave as `threshold` or graver; `unknown` is the least grave. */
export function isAtLeast(level: SeverityLevel, threshold: SeverityLevel): boolean {
  return rankOf(level) >= rankOf(threshold);
}

/**
 * The findings, gravest first: malware, then by severity, and within one severity by risk: known to be exploited, then
 * more likely to be (EPSS), then the CVSS score. Ties go by id, package and version, so that the order never depends on
 * how they were found.
 */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(compareFindings);
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    Number(b.class === 'malware') - Number(a.class === 'malware') ||
    rankOf(b.severity.level) - rankOf(a.severity.level) ||
    Number(b.kev !== undefined) - Number(a.kev !== undefined) ||
    (b.epss?.score ?? 0) - (a.epss?.score ?? 0) ||
    (b.severity.score ?? 0) - (a.severity.score ?? 0) ||
    compareText(a.id, b.id) ||
    compareText(a.packageName, b.packageName) ||
    compareText(a.installedVersion, b.installedVersion) ||
    compareText(a.package, b.package)
  );
}

function rankOf(level: SeverityLevel): number {
  return RANK.get(level) ?? 0;
}

/** By code unit: the same on every machine, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
