import { describe, expect, it } from '@jest/globals';
import { apk } from '../../../lambda/versions/apk/index.ts';
import { relation } from './relation.ts';

describe('versions/apk', () => {
  // apk-tools' own vectors: test/unit/version.data.
  it.each([
    ['2.34', '>', '0.1.0_alpha'],
    ['0.1.0_alpha', '=', '0.1.0_alpha'],
    ['0.1.0_alpha', '<', '0.1.3_alpha'],
    ['0.1.0_alpha2', '>', '0.1.0_alpha'],
    ['1.0.4-r3', '<', '1.0.4-r4'],
    ['1.1', '>', '1.1_alpha1'],
    ['1.3_alpha', '<', '1.3_alpha2'],
    ['2.3.0b-r1', '<', '2.3.0b-r2'],
    ['3.1_p16', '<', '3.1_p17'],
    ['006', '>', '1.0.0'],
    ['2.2.3-r2', '<', '013'],
    ['0.13_beta5', '>', '0.9.12'],
    ['0.17', '>', '0.9'],
    ['1.07', '<', '1.19'],
    ['0.3.1_rc8', '<', '22.2'],
    ['0.1.0_alpha_pre2', '<', '0.1.0_alpha'],
    ['1.0.0_pre20191002222144-r0', '<', '1.0.0_pre20210530193627-r0'],
    ['6.0_pre1', '<', '6.0'],
    ['6.0_p1', '>', '6.0'],
    ['8.2.0', '<', '8.2.001'],
    ['8.2.0015', '<', '8.2.002'],
    ['1.0~1234', '<', '1.0~2345'],
    ['1.0~1234-r1', '<', '1.0~2345-r0'],
    ['1.0~1234-r1', '>', '1.0~1234-r0'],
    ['1.7', '<', '1.7b'],
    ['1.7b', '<', '1.8.4-r3'],
  ])('agrees with apk that %s %s %s', (a, expected, b) => {
    expect(relation(apk, a, b)).toBe(expected);
  });

  it.each([
    ['1.2_alpha', '<', '1.2_beta'],
    ['1.2_beta', '<', '1.2_pre'],
    ['1.2_pre', '<', '1.2_rc'],
    ['1.2_rc', '<', '1.2'],
    ['1.2', '<', '1.2_cvs'],
    ['1.2_cvs', '<', '1.2_svn'],
    ['1.2_svn2', '<', '1.2_git1'],
    ['1.2_git', '<', '1.2_hg'],
    ['1.2_hg', '<', '1.2_p'],
    ['1.2', '<', '1.2-r0'],
    ['1.2-r99', '<', '1.2_p1-r0'],
    ['1.2_p1', '<', '1.2a'],
    ['1.2a', '<', '1.2.0'],
    ['1-r1', '=', '1-r01'],
    ['1.00', '<', '1.000'],
    ['1.99999999999999999999', '<', '1.100000000000000000000'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(apk, a, b)).toBe(expected);
  });

  // Forms of apk-tools 2 that packages such as opensmtpd and sudo carry.
  it.each([
    ['6.6.2p1-r0', '<', '6.6.2p1-r1'],
    ['1.9.5p1-r1', '<', '1.9.5p2-r1'],
    ['1.9.5-r1', '<', '1.9.5p1-r1'],
    ['1.9.5p10-r1', '<', '1.9.6-r1'],
    ['1-r', '=', '1-r0'],
  ])('still reads the older form of %s %s %s', (a, expected, b) => {
    expect(relation(apk, a, b)).toBe(expected);
  });

  // The same file lists what `apk version --check` refuses.
  it.each([
    '',
    '0.1bc',
    '0.1bc1',
    '0.1a.1',
    '0.1_pre2~',
    '0.1_pre2~1234xbcd',
    '0.1_pre2~1234abcd_pre1',
    '0.1_pre2-r1~1234xbcd',
    '0.1_foobar',
    '0.1_foobar1',
    '0.1-pre1.1',
    '0.1-r2_pre1',
    '0.1-r2-r3',
    '0.1-r2.1',
    '.1',
    'a',
    '_pre1',
    '-r1',
    '0.1_',
    '0.1_-r0',
    '0.1__alpha',
    '0.1_1_alpha',
    '1..2',
    '1.2A',
    '1.2_pfoo',
  ])('rejects %j', (version) => {
    expect(apk.isValid(version)).toBe(false);
    expect(relation(apk, version, '1.0')).toBe('not comparable');
  });

  // https://github.com/google/osv-scalibr/blob/main/semantic/testdata/alpine-versions.txt, made with `apk version -t`.
  it.each([
    ['1-r-0', '<', '1-r0'],
    ['1-r2', '>', '1-r-1'],
    ['0.r1', '<', '0r2'],
    ['0...1...0.r1', '<', '0...1...0.r2'],
    ['0..8', '>', '0...8'],
    ['1.2.0A', '<', '1.2.0d'],
    ['6.6.2p1', '>', '6.6.2_p2'],
    ['1', '>', '1-ruff'],
    ['1-r0-1', '=', '1-r-2'],
    ['1-ruff2', '=', '1--ruff1'],
    ['1-r0-ruff2', '=', '1-r0-ruff1'],
    ['1.2', '>', '1.2_blah'],
    ['1.2', '>', '1.2_pfoo'],
    ['1.2_svn1', '>', '1.2_csv2'],
    ['.1', '<', '1'],
    ['.2', '>', '.1'],
    ['a', '<', 'b'],
    ['c', '=', 'c'],
    ['23_foo', '>', '4_beta'],
    ['1.0', '<', '1.0bc'],
    ['1.0-r1', '<', '1.0-r2'], // valid versions keep their order
    ['', 'not comparable', '1'],
  ])('finds loosely that %s %s %s', (a, expected, b) => {
    expect(relation(apk.compareLoosely, a, b)).toBe(expected);
  });
});
