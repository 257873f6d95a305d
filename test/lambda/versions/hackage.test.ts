import { describe, expect, it } from '@jest/globals';
import { hackage } from '../../../lambda/versions/hackage/index.ts';
import { relation } from './relation.ts';

describe('versions/hackage', () => {
  // https://pvp.haskell.org/#version-numbers: lexicographic order of the numbers (Data.Version's Ord).
  it.each([
    ['1.0.0.0', '>', '0.11.3.0'],
    ['1.0.1.0', '>', '1.0.0.0'],
    ['0.1.26.0', '>', '0'],
    ['1.0', '>', '0.11.3.0'],
    ['1.0.0', '>', '1.0'],
    ['1.1', '>', '1.0'],
    ['1.1', '>', '1.0.0'],
    ['2.0.0.0', '>', '1.0.0'],
    ['2.0', '>', '1'],
    ['0.1.0.0', '=', '0.1.0.0'],
    ['1.9', '<', '1.10'],
    ['1.2.3', '<', '1.2.3.1'],
    ['1.2.3.9', '<', '1.2.4'],
    ['2.1.1.3', '<', '2.1.2'],
    ['9.4.7', '<', '9.8.1'],
    ['4.18.2.1', '<', '4.19.0.0'],
    ['0', '<', '0.0'],
    ['1.2.3', '=', '1.2.3'],
    ['10', '>', '9.9.9'],
    ['1.99999999999999999999', '<', '1.100000000000000000000'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(hackage, a, b)).toBe(expected);
  });

  it.each(['', '1.', '.1', '1-foo', 'HEAD'])('rejects %j', (version) => {
    expect(hackage.isValid(version)).toBe(false);
    expect(relation(hackage, version, '1.0')).toBe('not comparable');
  });
});
