import { describe, expect, it } from '@jest/globals';
import { summarise } from '../../../lambda/report/index.ts';
import { cleanReport, fullReport } from '../../support/sample-report.ts';

describe('report/summary', () => {
  it('counts malware and suppressed findings apart from vulnerabilities', () => {
    expect(summarise(fullReport())).toEqual({
      vulnerabilities: 3,
      byLevel: { critical: 1, high: 0, medium: 1, low: 0, negligible: 1, unknown: 0 },
      fixable: 2,
      kev: 1,
      malware: 1,
      suppressed: 1,
      hidden: 0,
    });
  });

  it('adds up what filters hide', () => {
    expect(summarise(cleanReport({ hidden: { severity: 2, unfixed: 3 } })).hidden).toBe(5);
  });
});
