import { describe, expect, it } from '@jest/globals';
import { rubygems } from '../../../lambda/versions/rubygems/index.ts';
import { relation } from './relation.ts';

describe('versions/rubygems', () => {
  // RubyGems' own vectors: test/rubygems/test_gem_version.rb.
  it.each([
    ['1.0', '=', '1.0.0'],
    ['1.0', '>', '1.0.a'],
    ['1.8.2', '>', '0.0.0'],
    ['1.8.2', '>', '1.8.2.a'],
    ['1.8.2.b', '>', '1.8.2.a'],
    ['1.8.2.a10', '>', '1.8.2.a9'],
    ['1.8.2.a', '<', '1.8.2'],
    ['0.beta.1', '=', '0.0.beta.1'],
    ['0.0.beta', '<', '0.0.beta.1'],
    ['0.0.beta', '<', '0.beta.1'],
    ['5.a', '<', '5.0.0.rc2'],
    ['5.x', '>', '5.0.0.rc2'],
    ['1.9.3', '=', '1.9.3'],
    ['1.9.3', '>', '1.9.2.99'],
    ['1.9.3', '<', '1.9.3.1'],
    ['1.0.0-alpha.1', '=', '1.0.0.pre.alpha.1'],
    ['1.0.0-1', '=', '1.0.0.pre.1'],
    ['1.2.b1', '=', '1.2.b.1'],
    ['9.8.7', '>', '9.8.7.pre'],
    ['1', '>', '1beta'], // a letter without its dot
    ['1.0.A', '<', '1.0.a'],
    ['1.0.a.0.0', '=', '1.0.a'],
    ['3.10', '>', '3.2'],
    ['4.25.14p12', '<', '4.25.14'],
    ['999999999999999999999999999991', '<', '999999999999999999999999999999'],
  ])('agrees with RubyGems that %s %s %s', (a, expected, b) => {
    expect(relation(rubygems, a, b)).toBe(expected);
  });

  // Platforms of gems on rubygems.org.
  it.each([
    '1.15.4-x86_64-linux',
    '1.15.4-x86_64-linux-gnu',
    '1.15.4-aarch64-linux-musl',
    '1.15.4-arm-linux-gnueabihf',
    '1.15.4-arm64-darwin',
    '1.15.4-x86_64-darwin-19',
    '1.15.4-universal-darwin-8',
    '1.15.4-x64-mingw-ucrt',
    '1.15.4-x64-mingw32',
    '1.15.4-x86-mswin32-60',
    '1.15.4-java',
    '1.15.4-universal-java-1.8',
  ])('reads %s as 1.15.4', (version) => {
    expect(relation(rubygems, version, '1.15.4')).toBe('=');
  });

  it('keeps a pre-release in front of a platform', () => {
    expect(relation(rubygems, '1.16.0.rc1-x86_64-linux', '1.16.0.rc1')).toBe('=');
  });

  it.each([
    '',
    'junk',
    '1.0\n2.0',
    '1..2',
    '1.2 3.4',
    '2.3422222.222.222222222.22222.ads0as.dasd0.ddd2222.2.qd3e.',
    '1.0_1',
    '>= 1',
  ])('rejects %j', (version) => {
    expect(rubygems.isValid(version)).toBe(false);
    expect(relation(rubygems, version, '1.0')).toBe('not comparable');
  });
});
