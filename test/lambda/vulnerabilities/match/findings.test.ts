import { describe, expect, it } from '@jest/globals';
import type { Distro, Package } from '../../../../lambda/packages/index.ts';
import type { Advisory } from '../../../../lambda/vulnerabilities/advisory.ts';
import { type Finding, findingSchema } from '../../../../lambda/vulnerabilities/finding.ts';
import { matchPackages } from '../../../../lambda/vulnerabilities/match/index.ts';
import { advisory, advisoryLookup, events } from '../../../doubles/advisories.ts';
import { distro, installed } from '../../../doubles/installed.ts';

const BOOKWORM = distro('debian', '12');
const JAMMY = distro('ubuntu', '22.04');

function findings(pkg: Package, advisories: readonly Advisory[], release?: Distro): readonly Finding[] {
  return matchPackages({ packages: [pkg], distro: release, lookup: advisoryLookup(advisories) }).findings;
}

function ids(pkg: Package, advisories: readonly Advisory[], release?: Distro): string[] {
  return findings(pkg, advisories, release).map(({ id }) => id);
}

/** What the tests about fixes look at. */
function fixOf(pkg: Package, advisories: readonly Advisory[], release?: Distro) {
  const [finding] = findings(pkg, advisories, release);
  return finding && { status: finding.status, fixed: finding.fixedVersions, minimal: finding.minimalFix };
}

describe('vulnerabilities/match: findings', () => {
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

    const found = findings(pkg, records);

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

    const found = findings(pkg, [both, one], distro('almalinux', '9.3'));

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

    const [finding] = findings(installed('deb', 'x', '1'), [dsa, own], BOOKWORM);

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

    expect(ids(installed('rpm', 'kernel', '4.18.0-1.el8'), [record], distro('almalinux', '8.9'))).toEqual([
      'ALSA-2024:3138',
    ]);
  });

  it('keeps malicious packages apart from vulnerabilities', () => {
    const malware = advisory({ id: 'MAL-2024-1', name: 'evil', aliases: ['GHSA-eeee-eeee-eeee'] });
    const hole = advisory({ id: 'GHSA-ffff-ffff-ffff', name: 'evil' });

    expect(
      findings(installed('npm', 'evil', '1.0.0'), [malware, hole]).map((each) => [each.id, each.class]),
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

    const [finding] = findings(
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

describe('vulnerabilities/match: fixes', () => {
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

describe('vulnerabilities/match: Debian', () => {
  const facts = { ecosystem: 'Debian:12', name: 'curl', id: 'DEBIAN-CVE-2024-1111' };
  const curl = (source: string) =>
    installed('deb', 'libcurl4', `${source}+b1`, { source: { name: 'curl', version: source } });

  it('compares the version of the source', () => {
    const record = advisory({ ...facts, fixed: '7.88.1-10' });

    expect(ids(curl('7.88.1-9'), [record], BOOKWORM)).toEqual(['CVE-2024-1111']);
    expect(ids(curl('7.88.1-10'), [record], BOOKWORM)).toEqual([]);
  });

  it('asks for nothing but its own release', () => {
    const other = advisory({ ...facts, ecosystem: 'Debian:11' });

    expect(ids(curl('7.88.1-9'), [other], BOOKWORM)).toEqual([]);
  });

  it.each([
    [undefined, 'affected', 'unknown'],
    ['unimportant', 'affected', 'negligible'],
    ['end-of-life', 'end_of_life', 'unknown'],
    ['postponed', 'fix_deferred', 'unknown'],
    ['ignored', 'will_not_fix', 'unknown'],
  ])('reports an open issue in state %s as %s, severity %s', (state, status, level) => {
    const record = advisory({ ...facts, ...(state !== undefined && { state }) });

    const [finding] = findings(curl('7.88.1-9'), [record], BOOKWORM);

    expect([finding?.status, finding?.severity.level]).toEqual([status, level]);
  });

  it('leaves out what is undetermined', () => {
    expect(ids(curl('7.88.1-9'), [advisory({ ...facts, state: 'undetermined' })], BOOKWORM)).toEqual([]);
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

    expect(ids(at('1.2-4'), [fixed, proFix], JAMMY)).toEqual([]);
    expect(ids(at('1.2-4'), [advisory({ ...pro, state: 'needed' })], JAMMY)).toEqual([]);
  });

  it.each([
    ['1.2-4ubuntu0.1~esm1', JAMMY],
    ['1.2-4ubuntu0.1~esm2', JAMMY],
    ['1.2-4ubuntu0.1~esm1', { ...JAMMY, pro: true }],
  ])('compares a build of Pro, %s, with the fix of Pro', (version, release) => {
    expect(ids(at(version), [unfixed, proFix], release)).toEqual([]);
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

    expect(findings(at('1'), [record], JAMMY)[0]?.severity.level).toBe('low');
  });
});

describe('vulnerabilities/match: other distributions', () => {
  it.each<[string, Distro, Package, Partial<Parameters<typeof advisory>[0]>, boolean]>([
    [
      'Alpine by origin',
      distro('alpine', '3.19.1'),
      installed('apk', 'libcrypto3', '3.1.4-r5', { source: { name: 'openssl', version: '3.1.4-r5' } }),
      { ecosystem: 'Alpine:v3.19', name: 'openssl', fixed: '3.1.4-r6' },
      true,
    ],
    [
      'Alpine, fixed',
      distro('alpine', '3.19.1'),
      installed('apk', 'openssl', '3.1.4-r6'),
      { ecosystem: 'Alpine:v3.19', name: 'openssl', fixed: '3.1.4-r6' },
      false,
    ],
    [
      'Wolfi',
      distro('wolfi', ''),
      installed('apk', 'go', '1.22.0-r0'),
      { ecosystem: 'Wolfi', name: 'go', fixed: '1.22.1-r0' },
      true,
    ],
    [
      'Rocky by source',
      distro('rocky', '8.9'),
      installed('rpm', 'openssl-libs', '1:1.1.1k-9.el8', {
        source: { name: 'openssl', version: '1.1.1k-9.el8' },
      }),
      { ecosystem: 'Rocky Linux:8', name: 'openssl', fixed: '1:1.1.1k-12.el8_9' },
      true,
    ],
    [
      'Rocky, source with unknown epoch',
      distro('rocky', '8.9'),
      installed('rpm', 'perl-Errno', '1.28-417.el8', { source: { name: 'perl', version: '5.26.3-417.el8' } }),
      { ecosystem: 'Rocky Linux:8', name: 'perl', fixed: '4:5.26.3-420.el8' },
      true,
    ],
    [
      'Azure Linux, last affected',
      distro('mariner', '2.0'),
      installed('rpm', 'vino', '3.22.0-20.cm2'),
      { ecosystem: 'Azure Linux:2', name: 'vino', events: events('>=0 <=3.22.0-20.cm2') },
      true,
    ],
    [
      'Azure Linux, not applicable',
      distro('mariner', '2.0'),
      installed('rpm', 'fish', '3.6.2-1.cm2'),
      {
        ecosystem: 'Azure Linux:2',
        name: 'fish',
        events: events('>=0 <=3.6.2-1.cm2'),
        state: 'Not Applicable',
      },
      false,
    ],
    [
      'Azure Linux, epoch of the package alone',
      distro('azurelinux', '3.0'),
      installed('rpm', 'bind', '1:9.20-2.azl3'),
      { ecosystem: 'Azure Linux:3', name: 'bind', fixed: '9.20-2.azl3' },
      false,
    ],
    [
      'SUSE module',
      distro('sles', '15.5'),
      installed('rpm', 'zlib', '1.2.11-1'),
      { ecosystem: 'SUSE:Linux Enterprise Module for Python 3 15 SP5', name: 'zlib', fixed: '1.2.13-1' },
      true,
    ],
    [
      'CentOS with Red Hat',
      distro('centos', '8'),
      installed('rpm', 'x', '1-1.el8', { vendor: 'CentOS' }),
      { ecosystem: 'Red Hat:enterprise_linux:8::appstream', name: 'x', fixed: '0:2-1.el8' },
      true,
    ],
    [
      'same module',
      distro('rhel', '8.9'),
      installed('rpm', 'nodejs', '18.1-1.module+el8', { module: 'nodejs:18' }),
      {
        ecosystem: 'Red Hat:enterprise_linux:8::appstream',
        name: 'nodejs',
        fixed: '1:18.2-1.module+el8',
        module: 'nodejs:18',
      },
      true,
    ],
    [
      'another module',
      distro('rhel', '8.9'),
      installed('rpm', 'nodejs', '16.1-1.module+el8', { module: 'nodejs:16' }),
      {
        ecosystem: 'Red Hat:enterprise_linux:8::appstream',
        name: 'nodejs',
        fixed: '1:18.2-1.module+el8',
        module: 'nodejs:18',
      },
      false,
    ],
    [
      'another repository of Amazon Linux',
      distro('amzn', '2'),
      installed('rpm', 'kernel', '4.14.88-88.73.amzn2'),
      {
        ecosystem: 'Amazon Linux:2',
        name: 'kernel',
        fixed: '0:5.10.102-99.473.amzn2',
        repository: 'kernel-5.10',
      },
      false,
    ],
    [
      'the repository of Amazon Linux',
      distro('amzn', '2'),
      installed('rpm', 'kernel', '5.10.50-44.131.amzn2'),
      {
        ecosystem: 'Amazon Linux:2',
        name: 'kernel',
        fixed: '0:5.10.102-99.473.amzn2',
        repository: 'kernel-5.10',
      },
      true,
    ],
    [
      'another architecture',
      distro('amzn', '2023'),
      installed('rpm', 'x', '1-1', { arch: 'aarch64' }),
      { ecosystem: 'Amazon Linux:2023', name: 'x', fixed: '0:2-1', arch: 'x86_64' },
      false,
    ],
    [
      'debug symbols',
      distro('almalinux', '9.3'),
      installed('rpm', 'x-debuginfo', '1-1'),
      { ecosystem: 'AlmaLinux:9', name: 'x-debuginfo', fixed: '2-1' },
      false,
    ],
  ])('matches %s', (_title, release, pkg, facts, expected) => {
    expect(ids(pkg, [advisory({ id: 'CVE-2024-1111', ...facts })], release)).toEqual(
      expected ? ['CVE-2024-1111'] : [],
    );
  });

  it('says what SUSE mends for paying customers only', () => {
    const record = advisory({
      id: 'SUSE-SU-2024:1-1',
      ecosystem: 'SUSE:Linux Enterprise Server 15 SP3-LTSS',
      name: 'x',
      upstream: ['CVE-2024-1111'],
      fixed: '2-1',
    });
    const lookup = advisoryLookup([record], {
      ecosystems: ['SUSE:Linux Enterprise Module for Basesystem 15 SP3'],
    });

    const output = matchPackages({
      packages: [installed('rpm', 'x', '1-1')],
      distro: distro('sles', '15.3'),
      lookup,
    });

    expect(output.findings.map(({ id, status }) => [id, status])).toEqual([
      ['CVE-2024-1111', 'fixed_with_subscription'],
    ]);
  });
});
