import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../../../../lambda/vulnerabilities/match/evaluate.ts';
import { versionRules } from '../../../../lambda/vulnerabilities/match/version-rules.ts';
import { advisory, events } from '../../../doubles/advisories.ts';

/** Range, installed version, whether it is affected. The rules are those of matching.md 4.11. */
type Row = readonly [range: string, version: string, affected: boolean];

function verdict(ecosystem: string, range: string, version: string): string {
  const { affected } = advisory({ ecosystem, events: events(range) });
  return evaluate(affected, version, versionRules(ecosystem));
}

describe('vulnerabilities/match/evaluate: npm', () => {
  // Precedence: https://semver.org/#spec-item-11 ; pre-releases take part, build metadata does not.
  it.each<Row>([
    ['>=0 <1.0.0', '0.9.9', true],
    ['>=0 <1.0.0', '1.0.0', false],
    ['>=0 <1.0.0', '1.0.0-beta.2', true],
    ['>=0 <1.0.0', '1.0.0-0', true],
    ['>=0 <1.0.0', '1.0.0+build.5', false],
    ['>=0 <1.0.0', '1.0.0-rc.1+build.5', true],
    ['>=0 <1.0.0-rc.1', '1.0.0-rc.1', false],
    ['>=0 <1.0.0-rc.1', '1.0.0-beta.11', true],
    ['>=0 <1.0.0-rc.1', '1.0.0', false],
    ['>=1.0.0-beta.3 <1.0.0', '1.0.0-beta.2', false],
    ['>=1.0.0-beta.2 <1.0.0', '1.0.0-beta.11', true],
    ['>=1.0.0-beta <1.0.0-beta.2', '1.0.0-beta', true],
    ['>=1.0.0-alpha.beta <1.0.0', '1.0.0-alpha.1', false],
    ['>=0 <1.0.0-1', '1.0.0-alpha', false],
    ['>=0 <10.0.0', '9.10.11', true],
    ['>=0 <1.10.0', '1.9.0', true],
    ['>=0 <1.9.0', '1.10.0', false],
    ['>=2.0.0 <=2.1.3', '2.1.3', true],
    ['>=2.0.0 <=2.1.3', '2.1.4-0', false],
    ['>=2.0.0 <=2.1.3', '2.0.0-rc.1', false],
    ['>=0 <4.17.21', 'v4.17.20', true],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('npm', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});

describe('vulnerabilities/match/evaluate: PyPI', () => {
  // https://packaging.python.org/en/latest/specifications/version-specifiers/
  it.each<Row>([
    ['>=0 <2.31.0', '2.31.0+cgr.1', false],
    ['>=0 <2.31.0', '2.30.0+cgr.9', true],
    ['>=0 <2.31.0+cgr.2', '2.31.0+cgr.1', true],
    ['>=0 <2.31.0+cgr.2', '2.31.0+cgr.2', false],
    ['>=0 <=2.31.0', '2.31.0+cgr.1', true],
    ['>=0 <1.0', '1.0rc1', true],
    ['>=0 <1.0', '1.0.dev3', true],
    ['>=0 <1.0', '1.0.post1', false],
    ['>=0 <1.0', '1.0.0', false],
    ['>=1.0a1 <1.0', '1.0.dev0', false],
    ['>=1.0.dev0 <1.0', '1.0a1', true],
    ['>=1.0b1 <1.0rc1', '1.0a9', false],
    ['>=0 <1!1.0', '2.0', true],
    ['>=0 <2.0', '1!1.0', false],
    ['>=0 <2022.12.7', '2022.12.07', false],
    ['>=0 <1.0-1', '1.0', true],
    ['>=0 <1.0-1', '1.0.post1', false],
    ['>=0 <1.0.alpha2', '1.0a1', true],
    ['>=0 <1.0c1', '1.0rc1', false],
    ['>=0 <1.0-preview2', '1.0rc1', true],
    ['>=0 <1.0.rev2', '1.0.post1', true],
    ['>=0 <1.10', '1.9', true],
    ['>=0 <1.10', 'v1.10', false],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('PyPI', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});

describe('vulnerabilities/match/evaluate: Maven', () => {
  // https://maven.apache.org/pom.html#version-order-specification
  it.each<Row>([
    ['>=0 <2.17.1', '2.17', true],
    ['>=0 <2.17.1', '2.17.1', false],
    ['>=2.0-beta9 <2.15.0', '2.0-beta9', true],
    ['>=2.0-beta9 <2.15.0', '2.0-beta8', false],
    ['>=2.0-beta9 <2.15.0', '2.0-rc1', true],
    ['>=0 <10.2.4.jre8', '10.2.4.jre17', false],
    ['>=0 <10.2.4', '10.2.3.jre11', true],
    ['>=0 <10.2.4', '10.2.4.jre11', false],
    ['>=0 <=10.2.4', '10.2.4.jre11', true],
    ['>=0 <1.0', '1.0-SNAPSHOT', true],
    ['>=0 <1.0', '1.0.Final', false],
    ['>=0 <1.0', '1.0.RELEASE', false],
    ['>=0 <1.0', '1.0-ga', false],
    ['>=0 <1.0', '1.0.0', false],
    ['>=0 <1.0', '1.0-cr1', true],
    ['>=0 <1.0', '1.0-m2', true],
    ['>=0 <1.0', '1.0-a1', true],
    ['>=0 <1.0.1', '1.0-sp1', true],
    ['>=0 <1.0-sp1', '1.0', true],
    ['>=0 <1.0-1', '1.0-sp9', true],
    ['>=0 <32.0.0-android', '31.1-jre', true],
    ['>=0 <1.10', '1.9', true],
    ['>=0 <01.2', '1.2', false],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('Maven', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});

describe('vulnerabilities/match/evaluate: Go', () => {
  // https://go.dev/ref/mod#versions
  it.each<Row>([
    ['>=0 <0.17.0', 'v0.16.0', true],
    ['>=0 <0.17.0', 'v0.17.0', false],
    ['>=0 <0.17.0', '0.16.9', true],
    ['>=0 <0.0.0-20220314234659-1baeb1ce4c0b', 'v0.0.0-20210921155107-089bfa567519', true],
    ['>=0 <0.0.0-20220314234659-1baeb1ce4c0b', 'v0.0.0-20220314234659-1baeb1ce4c0b', false],
    ['>=0 <0.0.0-20220314234659-1baeb1ce4c0b', 'v0.1.0', false],
    ['>=0 <1.2.4', 'v1.2.4-0.20230101000000-abcdefabcdef', true],
    ['>=0 <1.2.4', 'v1.2.5-0.20230101000000-abcdefabcdef', false],
    ['>=0 <20.10.8', 'v20.10.7+incompatible', true],
    ['>=0 <20.10.8', 'v20.10.8+incompatible', false],
    ['>=0 <20.10.8', 'v20.10.8+incompatible.dirty', false],
    ['>=0 <20.10.8', 'v20.10.8+incompatible+dirty', false],
    ['>=0 <20.10.8', 'v20.10.7+dirty', true],
    ['>=1.22.0-0 <1.22.3', '1.22.0-rc.1', true],
    ['>=1.22.0-0 <1.22.3', '1.21.9', false],
    ['>=1.22.0-0 <1.22.3', '1.22.2', true],
    ['>=0 <1.21.9 >=1.22.0-0 <1.22.2', '1.21.10', false],
    ['>=0 <1.21.9 >=1.22.0-0 <1.22.2', '1.22.1', true],
    ['>=0 <1.21.0', '1.20.14', true],
    ['>=0 <1.21.0-rc.2', '1.21.0-rc.10', false],
    ['>=0 <2.0.0', 'v2.0.0-rc.1', true],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('Go', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});

describe('vulnerabilities/match/evaluate: RubyGems', () => {
  // https://docs.ruby-lang.org/en/3.3/Gem/Version.html
  it.each<Row>([
    ['>=0 <1.15.0', '1.15.0-x86_64-linux', false],
    ['>=0 <1.15.0', '1.14.5-x86_64-linux-gnu', true],
    ['>=0 <1.15.0', '1.15.0-arm64-darwin', false],
    ['>=0 <1.15.0', '1.14.5-java', true],
    ['>=0 <1.15.0', '1.15.0-java', false],
    ['>=0 <1.15.0', '1.15.0.rc1', true],
    ['>=0 <1.15.0', '1.15.0-rc1', true],
    ['>=0 <1.0', '1.0.0', false],
    ['>=0 <1.0.0', '1', false],
    ['>=0 <1.0.1', '1.0', true],
    ['>=0 <1.0.10', '1.0.9', true],
    ['>=0 <1.0.9', '1.0.10', false],
    ['>=1.0.a <1.0', '1.0.b', true],
    ['>=1.0.b <1.0', '1.0.a', false],
    ['>=0 <1.0.beta2', '1.0.beta1', true],
    ['>=0 <1.0.beta2', '1.0.beta10', false],
    ['>=0 <6.1.7.1', '6.1.7', true],
    ['>=0 <6.1.7.1', '6.1.7.1', false],
    ['>=7.0.0 <7.0.4.1', '7.0.4', true],
    ['>=7.0.0 <7.0.4.1', '7.0.0.alpha', false],
    ['>=0 <=2.2.6.2', '2.2.6.2', true],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('RubyGems', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});

describe('vulnerabilities/match/evaluate: NuGet', () => {
  // https://learn.microsoft.com/en-us/nuget/concepts/package-versioning
  it.each<Row>([
    ['>=0 <6.0.0', '6.0', false],
    ['>=0 <6.0.0', '5.0.17', true],
    ['>=0 <6.0.0', '6.0.0-preview.1', true],
    ['>=0 <4.3.1.1', '4.3.1', true],
    ['>=0 <4.3.1.1', '4.3.1.1', false],
    ['>=0 <4.3.1', '4.3.1.0', false],
    ['>=0 <4.3.1.10', '4.3.1.9', true],
    ['>=0 <1.0.0-RC1', '1.0.0-rc1', false],
    ['>=0 <1.0.0-RC2', '1.0.0-rc1', true],
    ['>=0 <1.0.0-beta.10', '1.0.0-BETA.9', true],
    ['>=0 <1.02.0', '1.2.0', false],
    ['>=0 <1.2.0', '1.01.9', true],
    ['>=0 <13.0.1', '12.0.3', true],
    ['>=0 <13.0.1', '13.0.1+metadata', false],
    ['>=0 <1.0.0', '1.0.0-alpha+metadata', true],
    ['>=1.0.0-alpha.1 <1.0.0', '1.0.0-alpha', false],
    ['>=1.0.0-1 <1.0.0-alpha', '1.0.0-2', true],
    ['>=6.0.0 <=6.0.10', '6.0.10', true],
    ['>=6.0.0 <=6.0.10', '6.0.11', false],
    ['>=0 <2', '1.9.9.9', true],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('NuGet', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});

describe('vulnerabilities/match/evaluate: Packagist', () => {
  // https://www.php.net/manual/en/function.version-compare.php
  it.each<Row>([
    ['>=0 <5.4.20', 'v5.4.19', true],
    ['>=0 <5.4.20', 'v5.4.20', false],
    ['>=0 <v5.4.20', '5.4.19', true],
    ['>=0 <1.0.0', '1.0.0-beta2', true],
    ['>=0 <1.0.0', '1.0.0-alpha', true],
    ['>=0 <1.0.0', '1.0.0-a1', true],
    ['>=0 <1.0.0', '1.0.0-RC3', true],
    ['>=0 <1.0.0', '1.0.0-dev', true],
    ['>=0 <1.0.0', '1.0.0-p1', false],
    ['>=0 <1.0.0', '1.0.0-patch1', false],
    ['>=0 <1.0.0', '1.0', false],
    ['>=1.0.0-beta1 <1.0.0', '1.0.0-alpha9', false],
    ['>=1.0.0-beta1 <1.0.0', '1.0.0-RC1', true],
    ['>=0 <1.0.0-RC2', '1.0.0_rc1', true],
    ['>=0 <1.10.0', '1.9.0', true],
    ['>=0 <1.9.0', '1.10.0', false],
    ['>=0 <2.0.0', '2.0.0+build.1', false],
    ['>=8.0.0 <8.9.19', '8.9.18', true],
    ['>=8.0.0 <=8.9.18', '8.9.18', true],
    ['>=8.0.0 <=8.9.18', '8.9.18.1', false],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('Packagist', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});

describe('vulnerabilities/match/evaluate: crates.io', () => {
  // Strict SemVer; RustSec writes `0.0.0-0` for "from the beginning", pre-releases included.
  it.each<Row>([
    ['>=0.0.0-0 <0.2.23', '0.2.22', true],
    ['>=0.0.0-0 <0.2.23', '0.2.23', false],
    ['>=0.0.0-0 <1.0.0', '1.0.0-alpha.1', true],
    ['>=0.0.0-0 <1.0.0-alpha.1', '1.0.0-alpha.1', false],
    ['>=0.0.0-0 <1.0.0-alpha.2', '1.0.0-alpha.1', true],
    ['>=0.0.0-0', '0.0.0', true],
    ['>=0.0.0-0', '0.0.0-1', true],
    ['>=0.0.0-0', '0.0.0-0', true],
    ['>=0.0.0-0 <0.4.20', '0.4.19', true],
    ['>=0.0.0-0 <0.4.20', '0.4.20+deprecated', false],
    ['>=0.5.0-0 <0.5.3', '0.4.99', false],
    ['>=0.5.0-0 <0.5.3', '0.5.0-beta.1', true],
    ['>=0.5.0-0 <0.5.3', '0.5.2', true],
    ['>=0.0.0-0 <1.8.4 >=1.9.0 <1.16.1', '1.8.4', false],
    ['>=0.0.0-0 <1.8.4 >=1.9.0 <1.16.1', '1.9.0', true],
    ['>=0.0.0-0 <1.8.4 >=1.9.0 <1.16.1', '1.16.0', true],
    ['>=0.0.0-0 <1.8.4 >=1.9.0 <1.16.1', '1.16.1', false],
    ['>=0.0.0-0 <0.10.0', '0.9.24', true],
    ['>=0.0.0-0 <0.9.0', '0.10.1', false],
    ['>=1.0.0 <=1.2.3', '1.2.3', true],
  ])('judges %s for %s: %s', (range, version, affected) => {
    expect(verdict('crates.io', range, version)).toBe(affected ? 'affected' : 'unaffected');
  });
});
