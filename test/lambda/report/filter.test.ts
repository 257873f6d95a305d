import { describe, expect, it } from '@jest/globals';
import { applyFilters, type Filters, isClean } from '../../../lambda/report/index.ts';
import { cleanReport, fullReport } from '../../support/sample-report.ts';

const MALWARE = 'MAL-2024-1234';
const SUPPRESSED = 'GHSA-2222-3333-4444';
const CRITICAL = 'CVE-2021-44228';
const MEDIUM = 'CVE-2024-0727';
const UNFIXED = 'CVE-2023-0001';

describe('report/filter', () => {
  it.each<[Filters, readonly string[], { severity: number; unfixed: number }]>([
    [{}, [CRITICAL, MEDIUM, UNFIXED, MALWARE, SUPPRESSED], { severity: 0, unfixed: 0 }],
    [{ severities: ['medium'] }, [MEDIUM, MALWARE, SUPPRESSED], { severity: 2, unfixed: 0 }],
    [{ severities: ['critical', 'high'] }, [CRITICAL, MALWARE, SUPPRESSED], { severity: 2, unfixed: 0 }],
    [{ severities: [] }, [MALWARE, SUPPRESSED], { severity: 3, unfixed: 0 }],
    [{ minSeverity: 'medium' }, [CRITICAL, MEDIUM, MALWARE, SUPPRESSED], { severity: 1, unfixed: 0 }],
    [{ ignoreUnfixed: true }, [CRITICAL, MEDIUM, MALWARE, SUPPRESSED], { severity: 0, unfixed: 1 }],
    [
      { severities: ['critical'], ignoreUnfixed: true },
      [CRITICAL, MALWARE, SUPPRESSED],
      { severity: 2, unfixed: 0 },
    ],
  ])('with %j keeps malware and suppressed findings and counts what it hides', (filters, ids, hidden) => {
    const filtered = applyFilters(fullReport(), filters);

    expect(filtered.findings.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(filtered.hidden).toEqual(hidden);
  });

  it('adds to what an earlier filter hid', () => {
    const once = applyFilters(fullReport(), { ignoreUnfixed: true });

    expect(applyFilters(once, { severities: ['critical'] }).hidden).toEqual({ severity: 1, unfixed: 1 });
  });

  it('leaves the report it is given as it is, and a clean one clean', () => {
    const report = fullReport();
    applyFilters(report, { severities: [] });

    expect(report).toEqual(fullReport());
    expect(isClean(applyFilters(cleanReport(), { severities: ['critical'] }))).toBe(true);
  });
});
