import { describe, expect, it } from '@jest/globals';
import { compareToBound } from '../../../lambda/versions/index.ts';
import { maven } from '../../../lambda/versions/maven/index.ts';
import { disorder, neighbours, relation } from './relation.ts';

/** Maven's own lists: ComparableVersionTest (`VERSIONS_QUALIFIER`, `VERSIONS_NUMBER`). */
const QUALIFIERS = [
  '1-alpha2snapshot',
  '1-alpha2',
  '1-alpha-123',
  '1-beta-2',
  '1-beta123',
  '1-m2',
  '1-m11',
  '1-rc',
  '1-cr2',
  '1-rc123',
  '1-SNAPSHOT',
  '1',
  '1-sp',
  '1-sp2',
  '1-sp123',
  '1-abc',
  '1-def',
  '1-pom-1',
  '1-1-snapshot',
  '1-1',
  '1-2',
  '1-123',
];
const NUMBERS = [
  '2.0',
  '2.0.a',
  '2-1',
  '2.0.2',
  '2.0.123',
  '2.1.0',
  '2.1-a',
  '2.1b',
  '2.1-c',
  '2.1-1',
  '2.1.0.1',
  '2.2',
  '2.123',
  '11.a2',
  '11.a11',
  '11.b2',
  '11.b11',
  '11.m2',
  '11.m11',
  '11',
  '11.a',
  '11b',
  '11c',
  '11m',
];

describe('versions/maven', () => {
  it.each([...neighbours(QUALIFIERS), ...neighbours(NUMBERS)])('orders %s before %s', (a, b) => {
    expect(relation(maven, a, b)).toBe('<');
  });

  it("keeps the order of Maven's lists throughout", () => {
    expect([...disorder(maven, QUALIFIERS), ...disorder(maven, NUMBERS)]).toEqual([]);
  });

  // The same test's equalities, and the examples of https://maven.apache.org/pom.html#version-order-specification.
  it.each([
    ['1', '1.0.0'],
    ['1', '1-0'],
    ['1.0', '1.0-0'],
    ['1a', '1.0.0-a'],
    ['1x', '1-x'],
    ['1ga', '1'],
    ['1release', '1'],
    ['1final', '1'],
    ['1cr', '1rc'],
    ['1a1', '1-alpha-1'],
    ['1b2', '1-beta-2'],
    ['1m3', '1-milestone-3'],
    ['1RELEASE', '1'],
    ['1Cr', '1Rc'],
    ['1m3', '1MileStone3'],
    ['1', '01'],
    ['1.', '1'],
    ['1-', '1'],
    ['1-foo', '1.0.0-foo.0.0'],
    ['1.0.0-0.0.0', '1'],
    ['0.0.0-0.0.0', '0-final-ga'],
    ['1-1.foo-bar1baz-.1', '1-1.foo-bar-1-baz-0.1'],
    ['1-1', '1-ga-1'],
  ])('holds %s and %s to be the same', (a, b) => {
    expect(relation(maven, a, b)).toBe('=');
  });

  // MNG-5568, MNG-6572, MNG-7644 of Maven; github.com/google/osv.dev/pull/1021; versions of real artifacts.
  it.each([
    ['6.1.0rc3', '<', '6.1.0'],
    ['6.1.0', '<', '6.1H.5-beta'],
    ['20190126.230843', '<', '1234567890.12345'],
    ['123456789012345.1H.5-beta', '<', '12345678901234567890.1H.5-beta'],
    ['0.0.0-2021-05-17T01-01-51-5ec03a8b', '<', '20.0.0'],
    ['2.4.0.GA', '<', '2.4.0.SP1'],
    ['3.0.0', '<', '3.0.0.preview'],
    ['2.9.0-1', '>', '2.9.0.RC1'],
    ['1.0.0-RC16', '>', '1.0.0.RC8-beta'],
    ['1.0.0.RC1', '=', '1.0-RC1'],
    ['1.5.9.RC1', '>', '1.5.9-RC0'],
    ['5.4.2.Final', '=', '5.4.2'],
    ['15.0-rc-1', '<', '15.0'],
    ['2.9.10.8', '>', '2.9.10.7'],
    ['1-alpha', '<', '1'],
    ['1-1', '<', '1.1'],
    ['r09', '<', '10.0'],
    ['351.vdb_f83a_1c6a_9d', '<', '352.v1'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(maven, a, b)).toBe(expected);
  });

  it('orders builds for different Javas as Maven does', () => {
    expect(relation(maven, '42.2.0.jre6', '42.2.0.jre7')).toBe('<');
  });

  it.each([
    ['12.2.0.jre8', '12.2.0.jre11', 0],
    ['42.2.5', '42.2.5.jre7', 0],
    ['42.2.4.jre7', '42.2.5', -1],
    ['1.0.JDK17', '1.0', 0],
    ['32.0.0-jre', '32.0.0-android', 1],
  ])('leaves the Java of %s out against the bound %s', (installed, bound, expected) => {
    expect(Math.sign(compareToBound(maven, installed, bound) ?? Number.NaN)).toBe(expected);
  });

  it.each(['', '${project.version}', '[1.0,2.0)', '1.0 beta', '1.0é'])('rejects %j', (version) => {
    expect(maven.isValid(version)).toBe(false);
    expect(relation(maven, version, '1.0')).toBe('not comparable');
  });
});
