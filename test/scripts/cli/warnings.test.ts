import { describe, expect, it } from '@jest/globals';
import type { Coverage } from '../../../lambda/shared/coverage.ts';
import { warningsOf } from '../../../scripts/cli/warnings.ts';
import { cleanReport } from '../../support/sample-report.ts';

const NOT_ALL = 'not everything could be read or matched: see the coverage section of the report';
const LAYER: Coverage = { subject: 'layer', name: 'sha256:1', outcome: 'complete' };

function feed(name: string, reason?: string): Coverage {
  const entry = { subject: 'feed', name } as const;
  if (reason === undefined) return { ...entry, outcome: 'complete' };
  const outcome = reason === 'feed-missing' ? 'none' : 'partial';
  return { ...entry, outcome, reason, detail: `the detail of ${name}` };
}

describe('scripts/cli/warnings', () => {
  it.each<[string, Coverage[], boolean, string[]]>([
    ['nothing when all is well', [LAYER, feed('npm')], false, []],
    [
      'what is old, and why',
      [LAYER, feed('npm', 'feed-stale')],
      false,
      ['the advisories of npm are old: the detail of npm', NOT_ALL],
    ],
    [
      'what is old, when there are several',
      [LAYER, feed('npm', 'feed-old'), feed('epss', 'feed-stale'), feed('kev', 'feed-old')],
      false,
      ['the advisories of npm, epss and kev are old', NOT_ALL],
    ],
    [
      'what is missing',
      [LAYER, feed('npm', 'feed-missing')],
      false,
      ['there are no advisories of npm', NOT_ALL],
    ],
    [
      'how to get what is missing offline',
      [LAYER, feed('npm', 'feed-missing'), feed('epss', 'feed-missing')],
      true,
      ['there are no advisories of npm and epss; fetch them with backline db update', NOT_ALL],
    ],
    [
      'that something else could not be seen',
      [{ ...LAYER, outcome: 'partial', reason: 'limit-bytes' }, feed('npm')],
      false,
      [NOT_ALL],
    ],
  ])('says %s', (_what, coverage, offline, expected) => {
    expect(warningsOf([{ ...cleanReport(), coverage }], offline)).toEqual(expected);
  });

  it('says once what several platforms share', () => {
    const report = { ...cleanReport(), coverage: [LAYER, feed('npm', 'feed-missing')] };

    expect(warningsOf([report, report], false)).toEqual(['there are no advisories of npm', NOT_ALL]);
  });

  it('shows no control characters', () => {
    const report = { ...cleanReport(), coverage: [LAYER, feed('\u001b[2J', 'feed-stale')] };

    expect(warningsOf([report], false).join('')).not.toContain('\u001b');
  });
});
