import { describe, expect, it } from '@jest/globals';
import { evaluate, type Verdict } from '../../../../lambda/vulnerabilities/match/evaluate.ts';
import { versionRules } from '../../../../lambda/vulnerabilities/match/version-rules.ts';
import { type AdvisoryFacts, advisory, events } from '../../../doubles/advisories.ts';

const VERDICT = { yes: 'affected', no: 'unaffected', '?': 'unknown' } as const;
type Answer = keyof typeof VERDICT;

function judge(ecosystem: string, version: string, facts: AdvisoryFacts): Verdict {
  return evaluate(advisory({ ecosystem, ...facts }).affected, version, versionRules(ecosystem));
}

// https://ossf.github.io/osv-schema/#evaluation
describe('vulnerabilities/match/evaluate', () => {
  it.each<[string, string, Answer]>([
    ['>=0 <2.0.0', '1.9.9', 'yes'],
    ['>=0 <2.0.0', '2.0.0', 'no'],
    ['>=0 <2.0.0', '2.0.0-rc.1', 'yes'],
    ['>=0', '999.0.0', 'yes'],
    ['>=0', '0.0.0-alpha', 'yes'],
    ['>=1.0.0 <2.0.0', '0.9.0', 'no'],
    ['>=1.0.0 <2.0.0', '1.0.0', 'yes'],
    ['>=1.0.0 <2.0.0', '1.0.0-rc.1', 'no'],
    ['>=1.0.0 <=1.5.0', '1.5.0', 'yes'],
    ['>=1.0.0 <=1.5.0', '1.5.1', 'no'],
    ['>=1.0.0 <1.2.0 >=2.0.0 <2.3.0', '1.1.0', 'yes'],
    ['>=1.0.0 <1.2.0 >=2.0.0 <2.3.0', '1.2.0', 'no'],
    ['>=1.0.0 <1.2.0 >=2.0.0 <2.3.0', '2.2.9', 'yes'],
    ['>=1.0.0 <1.2.0 >=2.0.0 <2.3.0', '2.3.0', 'no'],
    // unsorted: the order is the version's, not the text's
    ['<1.2.0 >=2.0.0 >=1.0.0 <2.3.0', '1.5.0', 'no'],
    ['<1.2.0 >=2.0.0 >=1.0.0 <2.3.0', '1.1.0', 'yes'],
    ['>=2.0.0 >=0 <1.2.0', '1.1.0', 'yes'],
    ['>=2.0.0 >=0 <1.2.0', '1.3.0', 'no'],
    // equal ones: as written
    ['>=0 <2.0.0 >=2.0.0 <3.0.0', '2.0.0', 'yes'],
    ['>=2.0.0 <2.0.0', '2.0.0', 'no'],
    ['>=0 limit:1.5.0', '1.4.0', 'yes'],
    ['>=0 limit:1.5.0', '1.5.0', 'no'],
    ['>=0 limit:1.5.0 limit:3.0.0', '2.0.0', 'yes'],
    ['>=0 limit:1.5.0 limit:*', '99.0.0', 'yes'],
    ['>=1.0.0 <2.0.0 limit:1.2.0', '1.3.0', 'no'],
    ['<2.0.0', '1.0.0', 'no'],
  ])('reads the range %s for %s as %s', (range, version, expected) => {
    expect(judge('npm', version, { events: events(range) })).toBe(VERDICT[expected]);
  });

  it('ors the ranges', () => {
    const ranges = [
      { type: 'SEMVER', events: events('>=0 <1.0.0') },
      { type: 'SEMVER', events: events('>=2.0.0 <2.1.0') },
    ] as const;

    expect(judge('npm', '2.0.5', { ranges })).toBe('affected');
    expect(judge('npm', '1.5.0', { ranges })).toBe('unaffected');
  });

  it.each<[string, string[], Answer]>([
    ['1.2.3', ['1.2.2', '1.2.3'], 'yes'],
    ['1.2.4', ['1.2.2', '1.2.3'], 'no'],
    ['not a version', ['not a version'], 'yes'],
    ['not a version', ['1.2.3'], '?'],
  ])('reads %s against the list %j as %s', (version, versions, expected) => {
    expect(judge('npm', version, { versions })).toBe(VERDICT[expected]);
  });

  it('takes a listed version although no range has it', () => {
    expect(judge('npm', '3.0.0', { versions: ['3.0.0'], fixed: '2.0.0' })).toBe('affected');
  });

  it('finds a listed version under another spelling', () => {
    expect(judge('PyPI', '2022.12.07', { versions: ['2022.12.7'] })).toBe('affected');
  });

  it.each([
    ['npm', 'latest'],
    ['npm', ''],
    ['PyPI', 'not-pep-440'],
    ['Debian:12', 'no digits: here'],
    ['Alpine:v3.20', '1.0-broken_suffix1'],
    ['Packagist', 'dev-main'],
    ['Go', '(devel)'],
  ])('reports for %s that %j cannot be compared', (ecosystem, version) => {
    expect(judge(ecosystem, version, { fixed: '99' })).toBe('unknown');
  });

  it('reports a bound that cannot be compared, unless another range decides', () => {
    const broken = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: 'soon' }] } as const;
    const sound = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] } as const;

    expect(judge('npm', '1.0.0', { ranges: [broken] })).toBe('unknown');
    expect(judge('npm', '1.0.0', { ranges: [broken, sound] })).toBe('affected');
    expect(judge('npm', '3.0.0', { ranges: [broken, sound] })).toBe('unknown');
    expect(judge('npm', '1.0.0', { events: events('>=0 <=soon') })).toBe('unknown');
    expect(judge('npm', '1.0.0', { events: events('>=0 <*') })).toBe('affected');
    expect(judge('npm', '1.0.0', { events: events('>=0 limit:soon') })).toBe('unaffected');
    expect(
      judge('npm', '1.0.0', { events: [{ introduced: 'x' }, { fixed: 'y' }, { introduced: 'z' }] }),
    ).toBe('unknown');
  });

  it('reports that an ecosystem without a known order cannot be compared', () => {
    expect(judge('Unheard Of', '1.0', { fixed: '2.0' })).toBe('unknown');
    expect(judge('Unheard Of', '1.0', { versions: ['1.0'] })).toBe('affected');
    expect(judge('Unheard Of', '1.1', { versions: ['1.0'] })).toBe('unknown');
  });

  // GHSA-p979-4mfw-53vg and the like: open-ended, with GitHub's last known version beside them
  it.each<[string, string, string, Answer]>([
    ['>=0', '< 4.0.0', '3.9.9', 'yes'],
    ['>=0', '< 4.0.0', '4.0.0', 'no'],
    ['>=0', '<= 1.7.2', '1.7.2', 'yes'],
    ['>=0', '<= 1.7.2', '1.7.3', 'no'],
    ['>=0', '= 0.3.0', '0.3.0', 'yes'],
    ['>=0', '= 0.3.0', '0.3.1', 'no'],
    ['>=0', '0.3.0', '0.3.1', 'no'],
    ['>=0', '>= 1.0.0, < 2.0.0', '0.9.0', 'no'],
    ['>=0', '>= 1.0.0, < 2.0.0', '1.9.0', 'yes'],
    ['>=0', '> 1.0.0, <= 2.0.0', '1.0.0', 'no'],
    ['>=0', '> 1.0.0, <= 2.0.0', '2.0.0', 'yes'],
    // a range with an end says it better
    ['>=0 <5.0.0', '< 4.0.0', '4.5.0', 'yes'],
    ['>=0 <=5.0.0', '< 4.0.0', '5.0.0', 'yes'],
    ['>=0 <1.0.0 >=2.0.0', '< 4.0.0', '0.5.0', 'yes'],
    ['>=0 <1.0.0 >=2.0.0', '< 4.0.0', '4.5.0', 'no'],
    // unreadable: no restriction
    ['>=0', 'all of them', '9.0.0', 'yes'],
  ])('limits the range %s by "%s": %s is affected: %s', (range, lastKnownAffected, version, expected) => {
    expect(judge('npm', version, { events: events(range), lastKnownAffected })).toBe(VERDICT[expected]);
  });

  it('limits a list that enumerates an open-ended range', () => {
    const facts = { events: events('>=0'), versions: ['3.0.0', '4.0.0'], lastKnownAffected: '< 4.0.0' };

    expect(judge('npm', '3.0.0', facts)).toBe('affected');
    expect(judge('npm', '4.0.0', facts)).toBe('unaffected');
  });

  // Each row: ecosystem, range, installed version, affected. matching.md 4.2 to 4.9.
  it.each<[string, string, string, Answer]>([
    // dpkg
    ['Debian:12', '>=0 <2.36-9+deb12u4', '2.36-9+deb12u3', 'yes'],
    ['Debian:12', '>=0 <2.36-9+deb12u4', '2.36-9+deb12u10', 'no'],
    ['Debian:12', '>=0 <1:1.2.13.dfsg-1', '1.3', 'yes'],
    ['Debian:12', '>=0 <1.0-1', '1.0-1~bpo12+1', 'yes'],
    ['Ubuntu:22.04:LTS', '>=0 <7.81.0-1ubuntu1.15', '7.81.0-1ubuntu1.14', 'yes'],
    ['Ubuntu:Pro:22.04:LTS', '>=0 <1.2-4ubuntu0.1~esm1', '1.2-4', 'yes'],
    // apk
    ['Alpine:v3.20', '>=0 <1.36.1-r29', '1.36.1-r28', 'yes'],
    ['Alpine:v3.20', '>=0 <1.36.1-r29', '1.36.1-r100', 'no'],
    ['Alpine:v3.20', '>=0 <3.1.0_rc1-r0', '3.1.0_alpha2-r5', 'yes'],
    ['Wolfi', '>=0 <1.25.1-r1', '1.25.1-r0', 'yes'],
    // rpm
    ['AlmaLinux:9', '>=0 <1:3.0.7-25.el9_3', '1:3.0.7-24.el9', 'yes'],
    ['AlmaLinux:9', '>=0 <1:3.0.7-25.el9_3', '3.0.7-99.el9', 'yes'],
    ['AlmaLinux:9', '>=0 <3.0.7-25.el9_3', '1:3.0.7-24.el9', 'no'],
    ['Red Hat:enterprise_linux:8::baseos', '>=0 <0:1.0^20200101-1.el8', '1.0-9.el8', 'yes'],
    ['Red Hat:enterprise_linux:8::baseos', '>=0 <0:1.0.1-1.el8', '1.0^20200101-1.el8', 'yes'],
    ['Rocky Linux:8', '>=0 <0:4.18.0-553.el8_10', '4.18.0-513.el8_9', 'yes'],
    ['Amazon Linux:2', '>=0 <0:4.14.200-155.322.amzn2', '4.14.200-155.322.amzn2', 'no'],
    // a bound without a release holds for all of its version
    ['Photon OS:5.0', '>=0 <3.0.7', '3.0.7-1.ph5', 'no'],
    ['Photon OS:5.0', '>=0 <=3.0.7', '3.0.7-9.ph5', 'yes'],
    ['Photon OS:5.0', '>=3.0.7 <3.0.8', '3.0.7-1.ph5', 'yes'],
    ['SUSE:Linux Enterprise Server 12 SP5', '>=0 <3.0.7', '3.0.7-1', 'no'],
    // feeds that omit epochs
    ['Azure Linux:3', '>=0 <2.44-1.azl3', '1:2.44-1.azl3', 'no'],
    ['Azure Linux:3', '>=0 <2.44-1.azl3', '1:2.43-1.azl3', 'yes'],
    ['Azure Linux:3', '>=0 <=3.22.0-20.cm2', '3.22.0-20.cm2', 'yes'],
    ['SUSE:Linux Enterprise Module for Basesystem 15 SP5', '>=0 <1.2.13-150500.4.3.1', '1:1.2.11-1', 'yes'],
    ['openSUSE:Leap 15.6', '>=0 <2.0-lp156.1', '1:2.0-lp156.1', 'no'],
  ])('judges %s %s for %s as %s', (ecosystem, range, version, expected) => {
    expect(judge(ecosystem, version, { events: events(range) })).toBe(VERDICT[expected]);
  });
});
