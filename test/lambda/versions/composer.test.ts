import { describe, expect, it } from '@jest/globals';
import { composer } from '../../../lambda/versions/composer/index.ts';
import { compareToBound } from '../../../lambda/versions/index.ts';
import { disorder, neighbours, relation } from './relation.ts';

/** PHP's own list, taken crosswise: ext/standard/tests/versioning/version_compare.phpt. */
const ASCENDING = ['1.0-dev', '1.0a1', '1.0b1', '1.0RC1', '1.0', '1.0.0', '1.0pl1', '1.1', '1.2', '10'];

describe('versions/composer', () => {
  it.each(neighbours(ASCENDING))('orders %s before %s', (a, b) => {
    expect(relation(composer, a, b)).toBe('<');
  });

  it("keeps the order of PHP's list throughout", () => {
    expect(disorder(composer, ASCENDING)).toEqual([]);
  });

  // composer/semver's tests/ComparatorTest.php and versions on Packagist; PHP 8.2 agrees on the texts in lower case.
  it.each([
    ['1.25.0', '<', '1.26.0'],
    ['1.25.0-beta2.1', '=', '1.25.0-b.2.1'],
    ['1.25.0beta2.1', '=', '1.25.0-b2.1'],
    ['1.0RC1', '=', '1.0rc1'],
    ['v1.0pl1', '=', '1.0p1'],
    ['4.3-2RC1', '<', '4.3-2RC2'],
    ['4.3-2', '>', '4.3-2beta1'],
    ['1.0.0rc2', '=', '1.0.0.rc2'],
    ['V1.0.0', '<', '1.2.3'],
    ['2.4.5-p9', '<', '2.4.5-p10'],
    ['2.4.5-patch2', '=', '2.4.5-p2'],
    ['4.2.3', '<', '4.2.3+200511'],
    ['4.0.0_RC11', '<', '4.0.0'],
    ['v3.0.0-BETA5', '<', 'v3.0.0-BETA10'],
    ['v1.9.0-ALPHA.2', '<', 'v1.9.0-BETA.1'], // Composer lowers the case first
    ['6.0.0-GM', '<', '6.0.0-dev'], // PHP knows no such word
    ['2017-08-18', '<', '2020-09-14'],
    ['999999999999999999999999999991', '<', '999999999999999999999999999999'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(composer, a, b)).toBe(expected);
  });

  it.each([
    ['v4.4', '4.4.0', 0],
    ['4.4.0.0', '4.4', 0],
    ['1.0-beta1', '1.0.0-beta1', 0],
    ['1.0.0-beta1', '1.0', -1],
    ['4.2.3+200511', '4.2.3', 0],
    ['2.5.0-stable', '2.5.0', 0],
    ['2.4.5-p1', '2.4.5', 1],
    ['2.4.5', '2.4.6', -1],
    ['1.2.3.4.5', '1.2.3.4', 1],
  ])('compares %s with the bound %s as Composer writes them out', (installed, bound, expected) => {
    expect(Math.sign(compareToBound(composer, installed, bound) ?? Number.NaN)).toBe(expected);
  });

  it.each(['', 'dev-main', 'dev-1.x', '1.x-dev', '2.1.x-dev', 'trunk', '1.0 beta', 'v'])(
    'rejects %j',
    (version) => {
      expect(composer.isValid(version)).toBe(false);
      expect(relation(composer, version, '1.0')).toBe('not comparable');
      expect(compareToBound(composer, version, '1.0')).toBeUndefined();
      expect(compareToBound(composer, '1.0', version)).toBeUndefined();
    },
  );

  // PHP's version_compare; the rows with `#` are of osv-scalibr's semantic/testdata/packagist-versions.txt.
  it.each([
    ['dev-foo', '<', '1.26.0'],
    ['1.2.3.#', '=', '1.2.3'],
    ['1.2.3.#', '=', '1.2.3.1'],
    ['1.2.3.#.1', '>', '1.2.3'],
    ['1.2.3.#.p3', '>', '1.2.3'],
    ['1.2.3.#.beta', '<', '1.2.3'],
    ['-', '<', '1'], // no part at all
    ['', 'not comparable', '1'],
    ['1', 'not comparable', ''],
  ])('finds loosely that %s %s %s', (a, expected, b) => {
    expect(relation(composer.compareLoosely, a, b)).toBe(expected);
  });
});
