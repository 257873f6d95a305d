import { describe, expect, it } from '@jest/globals';
import { compareRpmIgnoringEpoch } from '../../../lambda/versions/index.ts';
import { rpm } from '../../../lambda/versions/rpm/index.ts';
import { relation } from './relation.ts';

describe('versions/rpm', () => {
  // rpm's own vectors: tests/rpmvercmp.at.
  it.each([
    ['1.0', '=', '1.0'],
    ['1.0', '<', '2.0'],
    ['2.0.1', '>', '2.0'],
    ['2.0.1a', '>', '2.0.1'],
    ['5.5p1', '<', '5.5p2'],
    ['5.5p1', '<', '5.5p10'],
    ['10xyz', '<', '10.1xyz'],
    ['xyz10', '<', 'xyz10.1'],
    ['xyz.4', '<', '8'],
    ['5.5p2', '<', '5.6p1'],
    ['6.0.rc1', '>', '6.0'],
    ['10b2', '>', '10a1'],
    ['1.0aa', '>', '1.0a'],
    ['10.0001', '=', '10.1'],
    ['10.0001', '<', '10.0039'],
    ['4.999.9', '<', '5.0'],
    ['20101121', '<', '20101122'],
    ['2_0', '=', '2.0'],
    ['a+', '=', 'a_'],
    ['+_', '=', '_+'],
    ['1.0~rc1', '<', '1.0'],
    ['1.0~rc1', '<', '1.0~rc2'],
    ['1.0~rc1~git123', '<', '1.0~rc1'],
    ['1.0~rc1', '<', '1.0arc1'],
    ['1.0^', '>', '1.0'],
    ['1.0^git1', '>', '1.0'],
    ['1.0^git1', '<', '1.0^git2'],
    ['1.0^git1', '<', '1.01'],
    ['1.0^20160101', '<', '1.0.1'],
    ['1.0^20160102', '>', '1.0^20160101^git1'],
    ['1.0~rc1^git1', '>', '1.0~rc1'],
    ['1.0^git1~pre', '<', '1.0^git1'],
    ['1.1.α', '=', '1.1.β'],
    ['1b.fc17', '<', '1.fc17'],
    ['1g.fc17', '>', '1.fc17'],
  ])('agrees with rpm that %s %s %s', (a, expected, b) => {
    expect(relation(rpm, a, b)).toBe(expected);
  });

  it.each([
    ['1:1', '>', '2'],
    ['0:1', '=', '1'],
    ['013:5', '>', '2:9'],
    ['a:1', '<', 'b:1'], // an epoch is a number, so this is a version
    ['3.10.0-229.el7', '<', '0:3.10.0-229.1.2.ael7b'],
    ['1-r-2', '>', '1-r-1'], // the release begins after the last dash
    ['1', '<', '1-0'], // an absent release comes first
    ['1-1', '>', '1'],
    ['1', '<', '1-'],
    [' 1.20.10-1.cm2', '=', '1.20.10-1.cm2'], // some advisories hold a leading blank
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(rpm, a, b)).toBe(expected);
  });

  it.each([
    ['1.2-3', '1.2', 0],
    ['1.2', '1.2-3', 0],
    ['1.2-3', '1.2-4', -1],
    ['1.1-3', '1.2', -1],
    ['1:1.2-3', '1.2', 1],
  ])('lets an absent release of a bound hold for all: %s to %s', (installed, bound, expected) => {
    expect(Math.sign(rpm.compareToBound(installed, bound) ?? Number.NaN)).toBe(expected);
  });

  it.each([
    ['5.30-1', '4:5.30-1', 0],
    ['4:5.30-1', '5.30-2', -1],
    ['5.30', '4:5.30-2', 0],
  ])('leaves epochs out for sources that have none: %s to %s', (installed, bound, expected) => {
    expect(Math.sign(compareRpmIgnoringEpoch(installed, bound) ?? Number.NaN)).toBe(expected);
  });

  it.each(['', ' ', '1 2', '1.17.13-2,1.18.8-2,1.21.6-1.azl3', '1\0'])('rejects %j', (version) => {
    expect(rpm.isValid(version)).toBe(false);
    expect(relation(rpm, version, '1')).toBe('not comparable');
    expect(rpm.compareToBound(version, '1')).toBeUndefined();
  });
});
