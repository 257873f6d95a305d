import { describe, expect, it } from '@jest/globals';
import { advisory, events } from '../../../doubles/advisories.ts';
import { distro, installed } from '../../../doubles/installed.ts';
import { fixOf } from '../../../doubles/matched.ts';

describe('vulnerabilities/match/fixes', () => {
  const pkg = installed('npm', 'pkg', '1.1.0');

  it('lists one fix per release line, ascending, above the installed version', () => {
    const record = advisory({
      events: events('>=0.1.0 <0.9.1 >=1.0.0 <1.2.10 >=2.0.0 <2.0.3 >=3.0.0-0 <3.0.0'),
    });

    expect(fixOf(pkg, [record])).toEqual({
      status: 'fixed',
      fixed: ['1.2.10', '2.0.3', '3.0.0'],
      minimal: '1.2.10',
    });
  });

  it('takes the higher of two fixes that disagree', () => {
    const records = [
      advisory({ id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111'], fixed: '1.2.0' }),
      advisory({ id: 'CVE-2024-1111', fixed: '1.3.0' }),
    ];

    expect(fixOf(pkg, records)).toMatchObject({ fixed: ['1.3.0'], minimal: '1.3.0' });
  });

  it('does not offer a fix that is itself affected', () => {
    const ranges = [
      { type: 'SEMVER', events: events('>=0 <1.2.0') },
      { type: 'SEMVER', events: events('>=1.2.0 <1.4.0') },
    ] as const;

    expect(fixOf(pkg, [advisory({ ranges })])).toMatchObject({ fixed: ['1.4.0'], minimal: '1.4.0' });
  });

  it('believes the record that knows a fix over one that knows none', () => {
    const records = [
      advisory({ id: 'GO-2024-1', aliases: ['CVE-2024-1111'] }),
      advisory({ id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111'], fixed: '1.9.0' }),
    ];

    expect(fixOf(pkg, records)).toEqual({ status: 'fixed', fixed: ['1.9.0'], minimal: '1.9.0' });
  });

  it('does not offer what a record without a fix lists as affected, as long as another fix is left', () => {
    const records = [
      advisory({ id: 'PYSEC-2024-1', aliases: ['CVE-2024-1111'], versions: ['1.1.0', '1.2.0'] }),
      advisory({
        id: 'GHSA-aaaa-aaaa-aaaa',
        aliases: ['CVE-2024-1111'],
        events: events('>=0 <1.2.0 >=2.0.0 <2.1.0'),
      }),
    ];

    expect(fixOf(pkg, records)).toMatchObject({ fixed: ['2.1.0'], minimal: '2.1.0' });
  });

  it('offers a fix although another record cannot be compared with it', () => {
    const records = [
      advisory({ id: 'PYSEC-2024-1', aliases: ['CVE-2024-1111'], versions: ['1.1.0'], fixed: 'soon' }),
      advisory({ id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111'], fixed: '1.2.0' }),
    ];

    expect(fixOf(pkg, records)).toMatchObject({ fixed: ['1.2.0'], minimal: '1.2.0' });
  });

  it('names the same version once, however it is spelled', () => {
    const records = [
      advisory({ id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111'], ecosystem: 'PyPI', fixed: '2.0' }),
      advisory({ id: 'PYSEC-2024-1', aliases: ['CVE-2024-1111'], ecosystem: 'PyPI', fixed: '2.0.0' }),
    ];

    expect(fixOf(installed('pypi', 'pkg', '1.0'), records)?.fixed).toEqual(['2.0']);
  });

  it('has no fix when none is known', () => {
    expect(fixOf(pkg, [advisory({})])).toEqual({ status: 'affected', fixed: [], minimal: undefined });
    expect(fixOf(pkg, [advisory({ events: events('>=0 <=1.5.0') })])).toEqual({
      status: 'affected',
      fixed: [],
      minimal: undefined,
    });
    expect(fixOf(pkg, [advisory({ versions: ['1.1.0'] })])).toEqual({
      status: 'affected',
      fixed: [],
      minimal: undefined,
    });
  });

  it('keeps one boundary per stream of an rpm', () => {
    const facts = { ecosystem: 'Red Hat:enterprise_linux:9::baseos', name: 'x', upstream: ['CVE-2024-1111'] };
    const records = [
      advisory({ ...facts, id: 'RHSA-2024:1', fixed: '0:1.0-5.el9_2' }),
      advisory({ ...facts, id: 'RHSA-2024:2', fixed: '0:1.0-7.el9_3' }),
    ];

    expect(fixOf(installed('rpm', 'x', '1.0-1.el9'), records, distro('rhel', '9.3'))?.fixed).toEqual([
      '0:1.0-7.el9_3',
    ]);
    expect(fixOf(installed('rpm', 'x', '1.0-6.el9'), records, distro('rhel', '9.3'))?.fixed).toEqual([
      '0:1.0-7.el9_3',
    ]);
  });
});
