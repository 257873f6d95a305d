import { describe, expect, it } from '@jest/globals';
import { semver } from '../../../lambda/versions/semver/index.ts';
import { disorder, neighbours, relation } from './relation.ts';

/** https://semver.org/#spec-item-11, with the numbers of the items before. */
const SPECIFICATION = [
  '1.0.0-0',
  '1.0.0-0.3.7',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.9.0',
  '1.10.0',
  '1.11.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
];

describe('versions/semver', () => {
  it.each(neighbours(SPECIFICATION))('orders %s before %s', (a, b) => {
    expect(relation(semver, a, b)).toBe('<');
  });

  it('keeps the order of the specification between all of its versions', () => {
    expect(disorder(semver, SPECIFICATION)).toEqual([]);
  });

  // node-semver's own vectors: test/fixtures/comparisons.js, equality.js.
  it.each([
    ['0.0.0', '>', '0.0.0-foo'],
    ['0.99.0', '>', '0.10.0'],
    ['1.2.3', '>', '1.2.3-4-foo'],
    ['1.2.3-5-foo', '>', '1.2.3-5'],
    ['1.2.3-5-foo', '>', '1.2.3-5-Foo'],
    ['3.0.0', '>', '2.7.2+asdf'],
    ['1.2.3-a.10', '>', '1.2.3-a.5'],
    ['1.2.3-a.b', '>', '1.2.3-a.5'],
    ['1.2.3-a.b', '>', '1.2.3-a'],
    ['1.2.3-a.b.c.10.d.5', '>', '1.2.3-a.b.c.5.d.100'],
    ['1.2.3-r2', '>', '1.2.3-r100'],
    ['1.2.3-r100', '>', '1.2.3-R2'],
    ['1.2.3', '=', 'v1.2.3'],
    ['1.2.3', '=', '=1.2.3'],
    ['1.2.3-beta', '=', '=v1.2.3-beta'],
    ['1.2.3-beta+build', '=', '1.2.3-beta+otherbuild'],
    ['1.2.3+build', '=', '1.2.3'],
  ])('agrees with node-semver that %s %s %s', (a, expected, b) => {
    expect(relation(semver, a, b)).toBe(expected);
  });

  // Forms that advisories and manifests hold and node-semver refuses.
  it.each([
    ['1.90', '=', '1.90.0'],
    ['1', '<', '1.0.1'],
    ['1.1.3.4', '<', '1.1.3.5'],
    ['1.2.3.0', '=', '1.2.3'],
    ['1.02.3', '=', '1.2.3'],
    ['1.0.0-rc.01', '=', '1.0.0-rc.1'],
    ['2.0rc1', '<', '2.0'],
    ['9007199254740993.0.0', '>', '9007199254740992.0.0'],
    ['999999999999999999999999999991', '<', '999999999999999999999999999999'],
    ['1.0.0-9007199254740993', '>', '1.0.0-9007199254740992'],
    ['1.0.0-a..b', '<', '1.0.0-a.a'],
    ['11.0.6+security-01', '=', '11.0.6'],
  ])('orders the loose forms %s %s %s', (a, expected, b) => {
    expect(relation(semver, a, b)).toBe(expected);
  });

  it.each([
    '',
    'latest',
    '(devel)',
    '1.2.3-',
    '1.2.x',
    '1..2',
    '1.2.3 ',
    'vv1',
    '1.2.3.RELEASE',
    '^1.0',
    '-1',
  ])('rejects %j', (version) => {
    expect(semver.isValid(version)).toBe(false);
    expect(relation(semver, version, '1.0.0')).toBe('not comparable');
  });
});
