import { describe, expect, it } from '@jest/globals';
import { generic } from '../../../lambda/versions/generic/index.ts';
import { relation } from './relation.ts';

describe('versions/generic', () => {
  // Releases in the order in which their projects made them: OpenSSL, CPython, Node.js, OpenJDK, Redis, sudo, nginx.
  it.each([
    ['1.1.1', '<', '1.1.1a'],
    ['1.1.1a', '<', '1.1.1k'],
    ['1.1.1w', '<', '3.0.0'],
    ['1.0.2-beta1', '<', '1.0.2'],
    ['3.0.0-alpha17', '<', '3.0.0-beta1'],
    ['3.11.0a7', '<', '3.11.0b1'],
    ['3.11.0b5', '<', '3.11.0rc1'],
    ['3.11.0rc2', '<', '3.11.0'],
    ['v18.0.0-nightly20220401', '<', 'v18.0.0'],
    ['18.9.0', '<', 'v18.10.0'],
    ['17.0.1+11', '<', '17.0.1+12'],
    ['1.8.0_292-b10', '<', '1.8.0_302-b08'],
    ['19-ea+1', '<', '19'],
    ['7.0-rc3', '<', '7.0.0'],
    ['7.0.0', '<', '7.0.5'],
    ['1.9.5p1', '<', '1.9.5p2'],
    ['1.9.5', '<', '1.9.5p1'],
    ['1.9.5p2', '<', '1.9.6'],
    ['1.0', '=', '1.0.0'],
    ['01.0', '=', '1'],
    ['2.0-final', '=', '2.0'],
    ['2.0-m2', '<', '2.0-rc1'],
    ['2.0-SNAPSHOT', '<', '2.0-alpha'],
    ['2.0-preview', '=', '2.0-pre'],
    ['1.99999999999999999999', '<', '1.100000000000000000000'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(generic, a, b)).toBe(expected);
  });

  it.each(['', 'unknown', 'HEAD', '(devel)', '1 2', 'v'])('rejects %j', (version) => {
    expect(generic.isValid(version)).toBe(false);
    expect(relation(generic, version, '1.0')).toBe('not comparable');
  });
});
