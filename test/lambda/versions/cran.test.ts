import { describe, expect, it } from '@jest/globals';
import { cran } from '../../../lambda/versions/cran/index.ts';
import { relation } from './relation.ts';

describe('versions/cran', () => {
  // R's `numeric_version` (R 4.4, ?numeric_version), and releases in https://cran.r-project.org/src/contrib/Archive/.
  it.each([
    ['0.01', '<', '0.1-0'],
    ['0.01.0', '=', '0.1-0'],
    ['0.9', '<', '0.75'],
    ['1.0-0', '<', '1.1-0'],
    ['0.1.0.0', '<', '0.2.0'],
    ['0.1.0', '<', '0.2.0.0'],
    ['0.1.0', '<', '0.1.1.0'],
    ['0.1.0', '<', '0.1.0.0'],
    ['0.1.0', '>', '0.0.1.0'],
    ['0.1-2', '<', '0.2-2'],
    ['0.2', '<', '0.3-2'],
    ['1.0', '<', '1.0.1'],
    ['0.1.4', '<', '0.1.18'],
    ['1.5', '<', '1.5.4'],
    ['0.1-1', '<', '0.1-4'],
    ['1.0-0', '<', '1.0-1'],
    ['0.3.2.0', '>', '0.3.2'],
    ['7.3-60', '=', '7.3.60'],
    ['2.1-9', '<', '2.1-10'],
    ['1', '<', '1.0'],
    ['3.99999999999999999999', '<', '3.100000000000000000000'],
  ])('agrees with R that %s %s %s', (a, expected, b) => {
    expect(relation(cran, a, b)).toBe(expected);
  });

  it.each(['', 'a', '1.', '1..2', '-1', '1.0-beta', '1_0'])('rejects %j', (version) => {
    expect(cran.isValid(version)).toBe(false);
    expect(relation(cran, version, '1.0')).toBe('not comparable');
  });
});
