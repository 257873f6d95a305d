import { describe, expect, it } from '@jest/globals';
import { cvssScore, levelOfScore } from '../../../lambda/vulnerabilities/cvss.ts';
import { chooseSeverity, levelOfWord, type RatedSource } from '../../../lambda/vulnerabilities/severity.ts';

const V2 = 'AV:N/AC:L/Au:N/C:P/I:P/A:P';
const V30 = 'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N';
const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const V40 = 'CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';

describe('vulnerabilities/cvss', () => {
  // FIRST's examples: https://www.first.org/cvss/v4.0/examples , /v3.1/examples , /v3.0/examples , and section 3.3 of
  // the guide to version 2 (https://www.first.org/cvss/v2/guide).
  it.each([
    ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
    ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7],
    ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N', 8.3],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N', 4.3],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H', 9.9],
    ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', 0],
    ['CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C', 7.8],
    ['CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N', 5.9],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
    ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
    ['AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
    ['(AV:N/AC:L/Au:N/C:P/I:P/A:P)', 7.5],
  ])('scores %s with %d', (vector, score) => {
    expect(cvssScore(vector)?.score).toBe(score);
  });

  it.each([
    '',
    '9.8',
    'CVSS:3.1/',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/AV:L',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:1',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/',
    'CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'AV:N/AC:L/Au:N',
    `CVSS:3.1/${'AV:N/'.repeat(1000)}`,
    'CVSS:3.1/__proto__:x/AC:L',
  ])('reports no score for the malformed %j', (vector) => {
    expect(cvssScore(vector)).toBeUndefined();
  });

  it.each([
    ['3.1', 10, 'critical'],
    ['3.1', 9, 'critical'],
    ['3.1', 8.9, 'high'],
    ['3.0', 7, 'high'],
    ['3.1', 6.9, 'medium'],
    ['4.0', 4, 'medium'],
    ['4.0', 3.9, 'low'],
    ['3.1', 0.1, 'low'],
    ['3.1', 0, 'negligible'],
    ['2.0', 10, 'high'],
    ['2.0', 7, 'high'],
    ['2.0', 6.9, 'medium'],
    ['2.0', 3.9, 'low'],
    ['2.0', 0, 'low'],
  ] as const)('rates CVSS %s %d as %s', (version, score, level) => {
    expect(levelOfScore({ version, score })).toBe(level);
  });
});

describe('vulnerabilities/severity', () => {
  it.each([
    ['Critical', 'critical'],
    ['important', 'high'],
    ['HIGH', 'high'],
    ['MODERATE', 'medium'],
    ['medium', 'medium'],
    ['low', 'low'],
    ['low**', 'low'],
    ['high*', 'high'],
    ['negligible', 'negligible'],
    ['unimportant', 'negligible'],
    ['not yet assigned', undefined],
    ['end-of-life', undefined],
    ['untriaged', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('reads the word %j as %s', (word, level) => {
    expect(levelOfWord(word)).toBe(level);
  });

  const ubuntu: RatedSource = {
    source: 'osv:Ubuntu',
    severities: [
      { type: 'vendor', value: 'low' },
      { type: 'CVSS_V3', value: V31 },
    ],
  };
  const ghsa: RatedSource = { source: 'osv:npm', severities: [{ type: 'CVSS_V3', value: V30 }] };

  it('puts the word of the vendor before any score', () => {
    const severity = chooseSeverity([ghsa, ubuntu]);

    expect(severity).toMatchObject({ source: 'osv:Ubuntu', level: 'low', score: 9.8, vector: V31 });
  });

  it('keeps everything that was said, with its source', () => {
    expect(chooseSeverity([ubuntu, ghsa]).all).toEqual([
      { source: 'osv:Ubuntu', level: 'low' },
      { source: 'osv:Ubuntu', level: 'critical', score: 9.8, vector: V31 },
      { source: 'osv:npm', level: 'medium', score: 5.3, vector: V30 },
    ]);
  });

  it('says everything once', () => {
    expect(chooseSeverity([ghsa, ghsa]).all).toHaveLength(1);
  });

  it('prefers the newest version of one source', () => {
    const severities = [V2, V30, V31, V40].map((value) => ({ type: 'CVSS_V3' as const, value }));

    expect(chooseSeverity([{ source: 'a', severities }])).toMatchObject({
      level: 'high',
      score: 7.3,
      vector: V40,
    });
    expect(chooseSeverity([{ source: 'a', severities: severities.slice(0, 3) }]).vector).toBe(V31);
    expect(chooseSeverity([{ source: 'a', severities: severities.slice(0, 2) }]).vector).toBe(V30);
    expect(chooseSeverity([{ source: 'a', severities: severities.slice(0, 1) }])).toMatchObject({
      level: 'high',
      score: 7.5,
    });
  });

  it('prefers the nearest source that has a score', () => {
    const silent: RatedSource = {
      source: 'osv:Debian',
      severities: [{ type: 'vendor', value: 'not yet assigned' }],
    };

    expect(chooseSeverity([silent, ghsa, ubuntu].slice(0, 2))).toMatchObject({
      source: 'osv:npm',
      level: 'medium',
    });
  });

  it('reads a state that is a rating', () => {
    const debian: RatedSource = {
      source: 'osv:Debian',
      severities: [{ type: 'CVSS_V3', value: V31 }],
      state: 'unimportant',
    };

    expect(chooseSeverity([debian])).toMatchObject({ level: 'negligible', score: 9.8 });
    expect(chooseSeverity([{ ...debian, state: 'end-of-life' }])).toMatchObject({ level: 'critical' });
  });

  it('reports a malformed vector as unknown and uses the next one', () => {
    const broken: RatedSource = { source: 'a', severities: [{ type: 'CVSS_V3', value: 'CVSS:3.1/AV:N' }] };

    expect(chooseSeverity([broken])).toEqual({
      source: 'a',
      level: 'unknown',
      all: [{ source: 'a', level: 'unknown', vector: 'CVSS:3.1/AV:N' }],
    });
    expect(chooseSeverity([broken, ghsa])).toMatchObject({ source: 'osv:npm', level: 'medium' });
  });

  it('is unknown when nothing was said', () => {
    expect(chooseSeverity([{ source: 'osv:Go', severities: [] }])).toEqual({
      source: 'osv:Go',
      level: 'unknown',
      all: [],
    });
    expect(chooseSeverity([])).toEqual({ source: 'none', level: 'unknown', all: [] });
  });
});
