import { describe, expect, it } from '@jest/globals';
import { inOrder } from '../../../lambda/report/order.ts';
import { fullReport, sampleFinding, samplePackage } from '../../support/sample-report.ts';

const pkg = samplePackage();
const rated = (score: number) => ({ source: 's', level: 'medium' as const, score, all: [] });

describe('report/order', () => {
  it('puts malware first, then the gravest', () => {
    expect(inOrder(fullReport().findings).map(({ id }) => id)).toEqual([
      'MAL-2024-1234',
      'CVE-2021-44228',
      'GHSA-2222-3333-4444',
      'CVE-2024-0727',
      'CVE-2023-0001',
    ]);
  });

  it('within a severity goes by exploitation, its likelihood, the score, and the name, however they come in', () => {
    const findings = [
      sampleFinding(pkg, { id: 'CVE-2024-0005', severity: rated(4) }),
      sampleFinding(pkg, { id: 'CVE-2024-0004', severity: rated(4) }),
      sampleFinding(pkg, { id: 'CVE-2024-0003', severity: rated(6) }),
      sampleFinding(pkg, {
        id: 'CVE-2024-0002',
        severity: rated(4),
        epss: { score: 0.9, percentile: 1, date: '' },
      }),
      sampleFinding(pkg, {
        id: 'CVE-2024-0001',
        severity: rated(4),
        kev: { dateAdded: '', ransomware: false },
      }),
    ];
    const expected = ['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003', 'CVE-2024-0004', 'CVE-2024-0005'];

    expect(inOrder(findings).map(({ id }) => id)).toEqual(expected);
    expect(inOrder(findings.toReversed()).map(({ id }) => id)).toEqual(expected);
  });
});
