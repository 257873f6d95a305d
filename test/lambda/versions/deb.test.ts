import { describe, expect, it } from '@jest/globals';
import { deb } from '../../../lambda/versions/deb/index.ts';
import { relation } from './relation.ts';

describe('versions/deb', () => {
  // dpkg's own vectors: lib/dpkg/t/t-version.c and scripts/t/Dpkg_Version.t.
  it.each([
    ['0:0-0', '=', '0-0'],
    ['0', '=', '0:0-00'],
    ['1:0-0', '<', '2:0-0'],
    ['0:0-0', '<', '0:0-a'],
    ['0:0-0', '<', '0:1-0'],
    ['0:0a-0', '<', '0:1-0'],
    ['0:1.0-1', '<', '0:1.0-2'],
    ['1.0-1', '<', '2.0-2'],
    ['2.2~rc-4', '<', '2.2-1'],
    ['2.2-1', '>', '2.2~rc-4'],
    ['1.0000-1', '=', '1.0-1'],
    ['1', '=', '0:1'],
    ['0', '=', '0:0-0'],
    ['2:2.5', '>', '1:7.5'],
    ['1:0foo', '<', '1:0fo.'],
    ['0foo', '<', '0foo2'],
    ['0foo2', '=', '0foo002'],
    ['0foo2', '<', '0foo2.0'],
    ['12345+that-really-is-some-ver-0', '<', '12345+that-really-is-some-ver-10'],
    ['0foo-0.01', '=', '0foo-0.1'],
  ])('agrees with dpkg that %s %s %s', (a, expected, b) => {
    expect(relation(deb, a, b)).toBe(expected);
  });

  // `dpkg --compare-versions` 1.22.
  it.each([
    ['1.0~rc1', '<', '1.0'],
    ['1.0', '<', '1.0+deb12u1'],
    ['1.0-1', '<', '1.0-1+b1'],
    ['1.0a', '<', '1.0+'],
    ['1:0.9', '>', '2.0'],
    ['1.0', '=', '1.0-0'],
    ['2.36-9+deb12u10', '>', '2.36-9+deb12u9'],
    ['1.0-1~bpo12+1', '<', '1.0-1'],
    ['1.2.3~~a', '<', '1.2.3~'],
    ['1.2.3~', '<', '1.2.3'],
    ['1.0-1-1', '>', '1.0-1'],
    ['1:1.2:3', '>', '1:1.2'],
    ['1.20250101000000000001', '<', '1.20250101000000000002'],
    ['1.99999999999999999999', '<', '1.100000000000000000000'],
    ['1.0a', '<', '1.0.'],
    ['1.0Z', '<', '1.0a'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(deb, a, b)).toBe(expected);
  });

  it.each([
    '',
    'unknown',
    'v1.0',
    ':1.0',
    'a:1.0',
    '1:',
    '1.0-',
    '1:1.0-1:2',
    '1:2:3-',
    '1.0 1',
    '1.0_1',
    '1.0é',
    '-1',
  ])('rejects %j, which dpkg refuses or warns of', (version) => {
    expect(deb.isValid(version)).toBe(false);
    expect(relation(deb, version, '1.0')).toBe('not comparable');
  });
});
