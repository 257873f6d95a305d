import { describe, expect, it } from '@jest/globals';
import { matchPackages } from '../../../../lambda/vulnerabilities/index.ts';
import { advisory, advisoryLookup } from '../../../doubles/advisories.ts';
import { distro, installed } from '../../../doubles/installed.ts';
import { findingsOf, fixOf, idsOf } from '../../../doubles/matched.ts';

const BOOKWORM = distro('debian', '12');
const JAMMY = distro('ubuntu', '22.04');

describe('vulnerabilities/match: Debian', () => {
  const facts = { ecosystem: 'Debian:12', name: 'curl', id: 'DEBIAN-CVE-2024-1111' };
  const curl = (source: string) =>
    installed('deb', 'libcurl4', `${source}+b1`, { source: { name: 'curl', version: source } });

  it('compares the version of the source', () => {
    const record = advisory({ ...facts, fixed: '7.88.1-10' });

    expect(idsOf(curl('7.88.1-9'), [record], BOOKWORM)).toEqual(['CVE-2024-1111']);
    expect(idsOf(curl('7.88.1-10'), [record], BOOKWORM)).toEqual([]);
  });

  it('asks for nothing but its own release', () => {
    const other = advisory({ ...facts, ecosystem: 'Debian:11' });

    expect(idsOf(curl('7.88.1-9'), [other], BOOKWORM)).toEqual([]);
  });

  it.each([
    [undefined, 'affected', 'unknown'],
    ['unimportant', 'affected', 'negligible'],
    ['end-of-life', 'end_of_life', 'unknown'],
    ['postponed', 'fix_deferred', 'unknown'],
    ['ignored', 'will_not_fix', 'unknown'],
  ])('reports an open issue in state %s as %s, severity %s', (state, status, level) => {
    const record = advisory({ ...facts, ...(state !== undefined && { state }) });

    const [finding] = findingsOf(curl('7.88.1-9'), [record], BOOKWORM);

    expect([finding?.status, finding?.severity.level]).toEqual([status, level]);
  });

  it('leaves out what is undetermined, and says that it did', () => {
    const { findings, coverage } = matchPackages({
      packages: [curl('7.88.1-9')],
      distro: BOOKWORM,
      lookup: advisoryLookup([advisory({ ...facts, state: 'undetermined' })]),
    });

    expect(findings).toEqual([]);
    expect(coverage).toContainEqual(
      expect.objectContaining({
        reason: 'source-undecided',
        outcome: 'complete',
        detail: expect.stringContaining('curl'),
      }),
    );
  });

  it('takes the higher fix of a DSA and the tracker', () => {
    const records = [
      advisory({ ...facts, fixed: '7.88.1-10+deb12u1' }),
      advisory({ ...facts, id: 'DSA-1-1', upstream: ['CVE-2024-1111'], fixed: '7.88.1-10+deb12u5' }),
    ];

    expect(fixOf(curl('7.88.1-9'), records, BOOKWORM)?.minimal).toBe('7.88.1-10+deb12u5');
  });
});

describe('vulnerabilities/match: Ubuntu', () => {
  const base = { ecosystem: 'Ubuntu:22.04:LTS', name: 'x', id: 'UBUNTU-CVE-2024-1111' };
  const pro = { ...base, ecosystem: 'Ubuntu:Pro:22.04:LTS' };
  const unfixed = advisory({ ...base, state: 'needed' });
  const proFix = advisory({ ...pro, fixed: '1.2-4ubuntu0.1~esm1' });
  const at = (version: string) => installed('deb', 'x', version);

  it.each([
    ['ignored', 'will_not_fix'],
    ['deferred', 'fix_deferred'],
    ['needed', 'affected'],
    ['pending', 'affected'],
    ['needs-triage', 'under_investigation'],
    ['end-of-life', 'end_of_life'],
  ])('reports the state %s as %s', (state, status) => {
    expect(fixOf(at('1.2-4'), [advisory({ ...base, state })], JAMMY)?.status).toBe(status);
  });

  it('tells a plain image what Ubuntu Pro would mend', () => {
    expect(fixOf(at('1.2-4'), [unfixed, proFix], JAMMY)).toEqual({
      status: 'fixed_with_subscription',
      fixed: ['1.2-4ubuntu0.1~esm1'],
      minimal: undefined,
    });
  });

  it('reports what only Ubuntu Pro lists', () => {
    expect(fixOf(at('1.2-4'), [proFix], JAMMY)?.status).toBe('fixed_with_subscription');
  });

  it('prefers the ordinary fix to the paid one', () => {
    const fixed = advisory({ ...base, fixed: '1.2-4ubuntu0.2' });

    expect(fixOf(at('1.2-4'), [fixed, proFix], JAMMY)).toEqual({
      status: 'fixed',
      fixed: ['1.2-4ubuntu0.2'],
      minimal: '1.2-4ubuntu0.2',
    });
  });

  it('does not count Pro against what the release has mended', () => {
    const fixed = advisory({ ...base, fixed: '1.2-4' });

    expect(idsOf(at('1.2-4'), [fixed, proFix], JAMMY)).toEqual([]);
    expect(idsOf(at('1.2-4'), [advisory({ ...pro, state: 'needed' })], JAMMY)).toEqual([]);
  });

  it.each([
    ['1.2-4ubuntu0.1~esm1', JAMMY],
    ['1.2-4ubuntu0.1~esm2', JAMMY],
    ['1.2-4ubuntu0.1~esm1', { ...JAMMY, pro: true }],
  ])('compares a build of Pro, %s, with the fix of Pro', (version, release) => {
    expect(idsOf(at(version), [unfixed, proFix], release)).toEqual([]);
  });

  it('offers the fix of Pro to an image that has Pro', () => {
    expect(fixOf(at('1.2-4'), [unfixed, proFix], { ...JAMMY, pro: true })).toEqual({
      status: 'fixed',
      fixed: ['1.2-4ubuntu0.1~esm1'],
      minimal: '1.2-4ubuntu0.1~esm1',
    });
  });

  it('uses the priority as severity', () => {
    const record = advisory({
      ...base,
      severities: [
        { type: 'CVSS_V3', value: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
        { type: 'vendor', value: 'low' },
      ],
    });

    expect(findingsOf(at('1'), [record], JAMMY)[0]?.severity.level).toBe('low');
  });
});
