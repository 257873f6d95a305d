import { describe, expect, it } from '@jest/globals';
import { parseEpss } from '../../../../../lambda/vulnerabilities/sources/epss/index.ts';
import { codeOf } from '../../../../support/code-of.ts';

// The first lines of epss_scores-2026-08-16.csv.
const HEAD = '#model_version:unknown,score_date:2026-08-16T00:00:00+0000\ncve,epss,percentile\n';

describe('vulnerabilities/sources/epss', () => {
  it('reads the date and the scores', () => {
    expect(parseEpss(`${HEAD}CVE-1999-0001,0.03351,0.87650\r\nCVE-2021-44228,1,1.00000\n`)).toEqual({
      date: '2026-08-16',
      scores: [
        { cve: 'CVE-1999-0001', score: 0.03351, percentile: 0.8765 },
        { cve: 'CVE-2021-44228', score: 1, percentile: 1 },
      ],
      badRows: 0,
    });
  });

  it.each([
    'GHSA-jfh8-c2jp-5v3q,0.1,0.1',
    'CVE-2021-1,0.1,0.1',
    'CVE-2021-44228,1.5,0.1',
    'CVE-2021-44228,,0.1',
    'x',
  ])('counts the row "%s" and leaves it out', (row) => {
    expect(parseEpss(`${HEAD}${row}\nCVE-1999-0001,0.03351,0.87650\n`)).toMatchObject({
      badRows: 1,
      scores: [{ cve: 'CVE-1999-0001' }],
    });
  });

  it.each([
    ['without its date', 'cve,epss,percentile\nCVE-1999-0001,0.03351,0.87650\n'],
    ['with other columns', `${HEAD.replace('epss,', 'score,')}CVE-1999-0001,0.03351,0.87650\n`],
    ['without scores', HEAD],
    ['that is a web page', '<!doctype html>'],
  ])('fails on a feed %s', async (_case, text) => {
    expect(await codeOf(() => parseEpss(text))).toBe('feed-malformed');
  });
});
