import { describe, expect, it } from '@jest/globals';
import { findingSchema, matchPackages } from '../../../../lambda/vulnerabilities/index.ts';
import { advisory, advisoryLookup } from '../../../doubles/advisories.ts';
import { distro, installed } from '../../../doubles/installed.ts';
import { findingsOf, idsOf } from '../../../doubles/matched.ts';

const BOOKWORM = distro('debian', '12');

describe('vulnerabilities/match/finding', () => {
  it('says everything that is known of a vulnerability', () => {
    const pkg = installed('npm', 'lodash', '4.17.20', { introducedIn: 3 });
    const record = advisory({
      id: 'GHSA-35jh-r3h4-6jhm',
      name: 'lodash',
      aliases: ['CVE-2021-23337'],
      summary: 'Command Injection in lodash',
      severities: [
        { type: 'CVSS_V3', value: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H' },
        { type: 'vendor', value: 'HIGH' },
      ],
      cwes: ['CWE-94', 'CWE-77'],
      published: '2021-05-06T16:05:51Z',
      fixed: '4.17.21',
    });
    const epss = { score: 0.01, percentile: 0.8, date: '2026-08-16' };
    const kev = { dateAdded: '2024-01-01', ransomware: false };
    const lookup = advisoryLookup([record], { exploitation: { 'CVE-2021-23337': { epss, kev } } });

    const [finding] = matchPackages({ packages: [pkg], distro: undefined, lookup }).findings;

    expect(findingSchema.parse(finding)).toEqual({
      id: 'CVE-2021-23337',
      class: 'vulnerability',
      aliases: ['GHSA-35jh-r3h4-6jhm'],
      title: 'Command Injection in lodash',
      package: 'pkg:npm/lodash@4.17.20',
      packageName: 'lodash',
      installedVersion: '4.17.20',
      fixedVersions: ['4.17.21'],
      minimalFix: '4.17.21',
      status: 'fixed',
      severity: {
        source: 'osv:npm',
        level: 'high',
        score: 7.2,
        vector: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H',
        all: [
          { source: 'osv:npm', level: 'high' },
          {
            source: 'osv:npm',
            level: 'high',
            score: 7.2,
            vector: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H',
          },
        ],
      },
      epss,
      kev,
      cwes: ['CWE-77', 'CWE-94'],
      published: '2021-05-06T16:05:51Z',
      layer: 3,
      advisories: [
        {
          id: 'GHSA-35jh-r3h4-6jhm',
          source: 'osv:npm',
          url: 'https://osv.dev/vulnerability/GHSA-35jh-r3h4-6jhm',
        },
      ],
    });
  });

  it('makes one finding of all records about one vulnerability', () => {
    const pkg = installed('pypi', 'Django', '2.2.24');
    const records = [
      advisory({
        id: 'PYSEC-2022-1',
        ecosystem: 'PyPI',
        name: 'django',
        aliases: ['CVE-2022-1111'],
        fixed: '2.2.26',
        published: '2022-01-05',
      }),
      advisory({
        id: 'GHSA-aaaa-aaaa-aaaa',
        ecosystem: 'PyPI',
        name: 'django',
        aliases: ['CVE-2022-1111'],
        fixed: '2.2.26',
        published: '2022-01-08',
        summary: 'title',
      }),
      advisory({ id: 'GHSA-bbbb-bbbb-bbbb', ecosystem: 'PyPI', name: 'django', fixed: '2.2.25' }),
    ];

    const found = findingsOf(pkg, records);

    expect(found.map(({ id, aliases }) => [id, aliases])).toEqual([
      ['CVE-2022-1111', ['GHSA-aaaa-aaaa-aaaa', 'PYSEC-2022-1']],
      ['GHSA-bbbb-bbbb-bbbb', []],
    ]);
    expect(found[0]).toMatchObject({ title: 'title', published: '2022-01-05', fixedVersions: ['2.2.26'] });
    expect(found[0]?.advisories.map(({ id }) => id)).toEqual(['GHSA-aaaa-aaaa-aaaa', 'PYSEC-2022-1']);
  });

  it('makes a finding of each CVE that an advisory covers', () => {
    const pkg = installed('rpm', 'openssl-libs', '1:3.0.7-24.el9', { vendor: 'AlmaLinux' });
    const both = advisory({
      id: 'ALSA-2024:1',
      ecosystem: 'AlmaLinux:9',
      name: 'openssl-libs',
      upstream: ['CVE-2024-1111', 'CVE-2024-2222'],
      fixed: '1:3.0.7-25.el9',
    });
    const one = advisory({
      id: 'ALSA-2024:2',
      ecosystem: 'AlmaLinux:9',
      name: 'openssl-libs',
      related: ['CVE-2024-2222'],
      fixed: '1:3.0.7-27.el9',
    });

    const found = findingsOf(pkg, [both, one], distro('almalinux', '9.3'));

    expect(
      found.map(({ id, minimalFix, advisories }) => [id, minimalFix, advisories.map((each) => each.id)]),
    ).toEqual([
      ['CVE-2024-1111', '1:3.0.7-25.el9', ['ALSA-2024:1']],
      ['CVE-2024-2222', '1:3.0.7-27.el9', ['ALSA-2024:1', 'ALSA-2024:2']],
    ]);
  });

  it('rates a CVE by its own record before the update that mends many', () => {
    const facts = { ecosystem: 'Debian:12', name: 'x', fixed: '2' };
    const dsa = advisory({
      ...facts,
      id: 'DSA-1-1',
      upstream: ['CVE-2024-1111'],
      severities: [{ type: 'vendor', value: 'critical' }],
      summary: 'x - security update',
    });
    const own = advisory({
      ...facts,
      id: 'DEBIAN-CVE-2024-1111',
      severities: [{ type: 'vendor', value: 'low' }],
    });

    const [finding] = findingsOf(installed('deb', 'x', '1'), [dsa, own], BOOKWORM);

    expect(finding?.severity.level).toBe('low');
    expect(finding?.advisories.map(({ id }) => id)).toEqual(['DEBIAN-CVE-2024-1111', 'DSA-1-1']);
    expect(finding?.title).toBe('x - security update');
  });

  it('stands an advisory that names no vulnerability for itself', () => {
    const record = advisory({
      id: 'ALSA-2024:3138',
      ecosystem: 'AlmaLinux:8',
      name: 'kernel',
      fixed: '4.18.0-553.el8_10',
    });

    expect(idsOf(installed('rpm', 'kernel', '4.18.0-1.el8'), [record], distro('almalinux', '8.9'))).toEqual([
      'ALSA-2024:3138',
    ]);
  });

  it('keeps malicious packages apart from vulnerabilities', () => {
    const malware = advisory({ id: 'MAL-2024-1', name: 'evil', aliases: ['GHSA-eeee-eeee-eeee'] });
    const hole = advisory({ id: 'GHSA-ffff-ffff-ffff', name: 'evil' });

    expect(
      findingsOf(installed('npm', 'evil', '1.0.0'), [malware, hole]).map((each) => [each.id, each.class]),
    ).toEqual([
      ['GHSA-eeee-eeee-eeee', 'malware'],
      ['GHSA-ffff-ffff-ffff', 'vulnerability'],
    ]);
  });

  it('joins exploitation facts by CVE after grouping', () => {
    const record = advisory({ id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111', 'CVE-2024-2222'] });
    const epss = (score: number) => ({ score, percentile: score, date: '2026-08-16' });
    const lookup = advisoryLookup([record], {
      exploitation: {
        'CVE-2024-1111': { epss: epss(0.1) },
        'CVE-2024-2222': { epss: epss(0.7), kev: { dateAdded: '2024-02-02', ransomware: true } },
        'GHSA-aaaa-aaaa-aaaa': { epss: epss(0.9) },
      },
    });

    const [finding] = matchPackages({
      packages: [installed('npm', 'pkg', '1.0.0')],
      distro: undefined,
      lookup,
    }).findings;

    expect(finding).toMatchObject({ epss: epss(0.7), kev: { dateAdded: '2024-02-02', ransomware: true } });
  });

  it('links no page for sources that OSV does not show', () => {
    const record = advisory({
      id: 'ALAS2-2024-1',
      ecosystem: 'Amazon Linux:2',
      name: 'curl',
      source: 'amazon:2/core',
      upstream: ['CVE-2024-1111'],
      fixed: '0:9-1',
    });

    const [finding] = findingsOf(
      installed('rpm', 'curl', '8-1', { vendor: 'Amazon Linux' }),
      [record],
      distro('amzn', '2'),
    );

    expect(finding?.advisories).toEqual([{ id: 'ALAS2-2024-1', source: 'amazon:2/core' }]);
  });

  it('counts a package found at two paths once', () => {
    const packages = [
      installed('npm', 'pkg', '1.0.0', { introducedIn: 2 }),
      installed('npm', 'pkg', '1.0.0', { introducedIn: 5 }),
    ];

    const output = matchPackages({ packages, distro: undefined, lookup: advisoryLookup([advisory({})]) });

    expect(output.findings.map(({ layer }) => layer)).toEqual([2]);
  });

  it('answers in the order of the packages, then by id', () => {
    const packages = [
      installed('npm', 'pkg', '1.0.0'),
      installed('deb', 'x', '1'),
      installed('npm', 'alpha', '1.0.0'),
    ];
    const lookup = advisoryLookup([
      advisory({ id: 'CVE-2024-10000' }),
      advisory({ id: 'CVE-2024-9999' }),
      advisory({ id: 'CVE-2024-0002', name: 'alpha' }),
      advisory({ id: 'CVE-2024-0003', ecosystem: 'Debian:12', name: 'x' }),
    ]);

    const output = matchPackages({ packages, distro: BOOKWORM, lookup });

    expect(output.findings.map(({ id }) => id)).toEqual([
      'CVE-2024-9999',
      'CVE-2024-10000',
      'CVE-2024-0003',
      'CVE-2024-0002',
    ]);
  });
});
