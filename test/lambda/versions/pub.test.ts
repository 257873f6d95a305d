import { describe, expect, it } from '@jest/globals';
import { pub } from '../../../lambda/versions/pub/index.ts';
import { disorder, neighbours, relation } from './relation.ts';

/** pub_semver's own list: test/version_test.dart. */
const ASCENDING = [
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0-rc.1+build.1',
  '1.0.0',
  '1.0.0+0.3.7',
  '1.3.7+build',
  '1.3.7+build.2.b8f12d7',
  '1.3.7+build.11.e0f985a',
  '2.0.0',
  '2.1.0',
  '2.2.0',
  '2.11.0',
  '2.11.1',
];

describe('versions/pub', () => {
  it.each(neighbours(ASCENDING))('orders %s before %s', (a, b) => {
    expect(relation(pub, a, b)).toBe('<');
  });

  it("keeps pub_semver's order between all versions", () => {
    expect(disorder(pub, ASCENDING)).toEqual([]);
  });

  it.each([
    ['1.0.0-pre', '<', '1.0.0-pre+build'],
    ['1.2.3+900', '<', '1.2.3+a'],
    ['1.2.3+9a', '>', '1.2.3+1z'],
    ['1.2.3+a', '=', 'v1.2.3+a'],
    ['1.2.3+01', '=', '1.2.3+1'],
    ['1.2.3', '<', '1.2.3+'],
  ])('lets the build take part: %s %s %s', (a, expected, b) => {
    expect(relation(pub, a, b)).toBe(expected);
  });

  it.each(['', 'any', '1.x'])('rejects %j', (version) => {
    expect(pub.isValid(version)).toBe(false);
    expect(relation(pub, version, '1.0.0')).toBe('not comparable');
  });
});
