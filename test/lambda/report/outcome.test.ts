import { describe, expect, it } from '@jest/globals';
import { type ImageReport, isClean, outcome, outcomeOfAll } from '../../../lambda/report/index.ts';
import { cleanReport, sampleFinding, samplePackage } from '../../support/sample-report.ts';

type Outcome = ImageReport['coverage'][number]['outcome'];

function covered(...outcomes: readonly Outcome[]): ImageReport {
  return cleanReport({
    coverage: outcomes.map((one, index) => ({ subject: 'layer', name: `layer ${index}`, outcome: one })),
  });
}

describe('report/outcome', () => {
  it.each<[readonly Outcome[], Outcome]>([
    [['complete'], 'complete'],
    [['complete', 'complete'], 'complete'],
    [['complete', 'partial'], 'partial'],
    [['complete', 'none'], 'partial'],
    [['partial'], 'partial'],
    [['partial', 'none'], 'partial'],
    [['none', 'none'], 'none'],
    [[], 'none'],
  ])('takes %j for %s', (outcomes, expected) => {
    expect(outcome(covered(...outcomes))).toBe(expected);
  });

  it.each<[string, readonly ImageReport[], Outcome]>([
    ['no report', [], 'none'],
    ['two complete ones', [covered('complete'), covered('complete')], 'complete'],
    ['one that says nothing', [covered('complete'), covered()], 'partial'],
    ['only ones that say nothing', [covered(), covered()], 'none'],
  ])('rolls up %s', (_, reports, expected) => {
    expect(outcomeOfAll(reports)).toBe(expected);
  });

  const pkg = samplePackage();

  it.each<[string, ImageReport, boolean]>([
    ['nothing was found and all was covered', cleanReport(), true],
    ['something was found', cleanReport({ findings: [sampleFinding(pkg)] }), false],
    [
      'what was found does not count',
      cleanReport({ findings: [sampleFinding(pkg, { suppressedBy: 'os' })] }),
      true,
    ],
    ['a file was not read', covered('complete', 'partial'), false],
    ['nothing was covered', covered('none'), false],
    ['coverage says nothing', covered(), false],
    ['filters hide findings', cleanReport({ hidden: { severity: 0, unfixed: 1 } }), false],
    ['filters hide nothing', cleanReport({ hidden: { severity: 0, unfixed: 0 } }), true],
  ])('when %s, is clean: %#', (_, report, expected) => {
    expect(isClean(report)).toBe(expected);
  });
});
