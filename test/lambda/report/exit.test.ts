import { describe, expect, it } from '@jest/globals';
import { applyFilters, type ExitRules, exitCodeFor, type ImageReport } from '../../../lambda/report/index.ts';
import { cleanReport, fullReport, sampleFinding, samplePackage } from '../../support/sample-report.ts';

const pkg = samplePackage();
const gaps: ImageReport['coverage'] = [{ subject: 'file', name: 'a.jar', outcome: 'partial' }];
const clean = cleanReport();
const medium = cleanReport({ findings: [sampleFinding(pkg)] });
const silenced = cleanReport({ findings: [sampleFinding(pkg, { suppressedBy: 'os' })] });
const malware = cleanReport({
  findings: fullReport().findings.filter((finding) => finding.class === 'malware'),
});
const unknown = cleanReport({
  findings: [sampleFinding(pkg, { severity: { source: 'osv:npm', level: 'unknown', all: [] } })],
});

describe('report/exit', () => {
  it.each<[string, readonly ImageReport[], ExitRules, 0 | 1 | 3]>([
    ['findings without --fail-on', [medium], { strict: false }, 0],
    ['a finding below the level', [medium], { failOn: 'high', strict: false }, 0],
    ['a finding at the level', [medium], { failOn: 'medium', strict: false }, 1],
    ['a finding over the level', [medium], { failOn: 'negligible', strict: false }, 1],
    ['a finding in a second report', [clean, medium], { failOn: 'low', strict: false }, 1],
    ['a suppressed finding', [silenced], { failOn: 'low', strict: false }, 0],
    ['malware nobody rated', [malware], { failOn: 'critical', strict: false }, 1],
    ['a vulnerability nobody rated', [unknown], { failOn: 'negligible', strict: false }, 0],
    ['any finding at all', [unknown], { failOn: 'unknown', strict: false }, 1],
    ['gaps, not strict', [{ ...clean, coverage: gaps }], { strict: false }, 0],
    ['gaps, strict', [{ ...clean, coverage: gaps }], { strict: true }, 3],
    ['gaps in a second report', [clean, { ...clean, coverage: gaps }], { strict: true }, 3],
    ['no coverage at all', [{ ...clean, coverage: [] }], { strict: true }, 3],
    ['no report', [], { strict: true }, 3],
    ['complete, strict', [clean], { strict: true }, 0],
    ['findings and gaps', [{ ...medium, coverage: gaps }], { failOn: 'medium', strict: true }, 1],
    [
      'findings below the level, and gaps',
      [{ ...medium, coverage: gaps }],
      { failOn: 'high', strict: true },
      3,
    ],
    ['hidden findings', [applyFilters(medium, { severities: ['high'] })], { failOn: 'low', strict: true }, 0],
  ])('judges %s', (_, reports, rules, code) => {
    expect(exitCodeFor(reports, rules)).toBe(code);
  });
});
