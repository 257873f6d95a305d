import { describe, expect, it } from '@jest/globals';
import type { Distro, Package } from '../../../../lambda/packages/index.ts';
import { type Coverage, coverageSchema } from '../../../../lambda/shared/coverage.ts';
import type { Advisory } from '../../../../lambda/vulnerabilities/advisory.ts';
import { matchPackages } from '../../../../lambda/vulnerabilities/match/index.ts';
import { advisory, advisoryLookup } from '../../../doubles/advisories.ts';
import { distro, installed } from '../../../doubles/installed.ts';

const BOOKWORM = distro('debian', '12');

function coverage(
  packages: readonly Package[],
  release: Distro | undefined,
  ecosystems: readonly string[],
  advisories: readonly Advisory[] = [],
): readonly Coverage[] {
  const lookup = advisoryLookup(advisories, { ecosystems });
  const found = matchPackages({ packages, distro: release, lookup }).coverage;
  for (const entry of found) coverageSchema.parse(entry);
  return found;
}

describe('vulnerabilities/match/coverage', () => {
  it('says what was matched with what', () => {
    const packages = [
      installed('deb', 'x', '1'),
      installed('npm', 'y', '1.0.0'),
      installed('pypi', 'z', '1.0'),
    ];

    expect(coverage(packages, BOOKWORM, ['Debian:12', 'npm', 'PyPI'])).toEqual([
      { subject: 'os', name: 'debian 12', outcome: 'complete', detail: 'matched with Debian:12' },
      { subject: 'feed', name: 'npm', outcome: 'complete' },
      { subject: 'feed', name: 'PyPI', outcome: 'complete' },
    ]);
  });

  it('says nothing of a distribution without packages', () => {
    expect(coverage([], BOOKWORM, ['Debian:12'])).toEqual([]);
  });

  it('says when a feed lists fixed issues only, without calling it partial', () => {
    const [entry] = coverage([installed('apk', 'x', '1-r0')], distro('alpine', '3.19.1'), ['Alpine:v3.19']);

    expect(entry).toEqual({
      subject: 'os',
      name: 'alpine 3.19.1',
      outcome: 'complete',
      detail: 'matched with Alpine:v3.19; this feed lists fixed issues only',
    });
  });

  it('says with whose advisories CentOS is matched', () => {
    const [entry] = coverage([installed('rpm', 'x', '1-1')], distro('centos', '8'), [
      'Red Hat:enterprise_linux:8::baseos',
    ]);

    expect(entry?.outcome).toBe('complete');
    expect(entry?.detail).toContain("matched with Red Hat's advisories");
  });

  it('names every ecosystem that the database has', () => {
    const known = ['Red Hat:enterprise_linux:9::baseos', 'Red Hat:enterprise_linux:9::crb'];

    expect(coverage([installed('rpm', 'x', '1-1')], distro('rhel', '9.4'), known)[0]?.detail).toContain(
      'matched with Red Hat:enterprise_linux:9::baseos, Red Hat:enterprise_linux:9::crb',
    );
  });

  it('reports CentOS Stream and mixed releases as partial', () => {
    const stream = coverage([installed('rpm', 'x', '1-1')], distro('centos-stream', '9'), [
      'Red Hat:enterprise_linux:9::baseos',
    ]);
    const mixed = coverage(
      [installed('apk', 'x', '1-r0')],
      distro('alpine', '3.19.1', { repositories: ['v3.19', 'edge'] }),
      ['Alpine:v3.19'],
    );

    expect(stream).toMatchObject([{ subject: 'os', outcome: 'partial', reason: 'stand-in-feed' }]);
    expect(mixed).toMatchObject([{ subject: 'os', outcome: 'partial', reason: 'mixed-releases' }]);
  });

  it('reports OS packages of an unknown distribution', () => {
    expect(coverage([installed('deb', 'x', '1')], undefined, ['Debian:12'])).toEqual([
      {
        subject: 'os',
        name: 'unknown',
        outcome: 'none',
        reason: 'distro-unknown',
        detail: 'the distribution is unknown, these packages were not matched: 1 package (x)',
      },
    ]);
  });

  it.each(['ol', 'fedora', 'arch'])('reports that no feed speaks for %s', (id) => {
    expect(coverage([installed('rpm', 'x', '1-1')], distro(id, '9'), [])).toMatchObject([
      { subject: 'os', name: `${id} 9`, outcome: 'none', reason: 'no-advisory-feed' },
    ]);
  });

  it('reports packages of another format than the distribution has', () => {
    const packages = [installed('apk', 'x', '1-r0'), installed('deb', 'y', '1')];

    expect(coverage(packages, BOOKWORM, ['Debian:12'])).toMatchObject([
      { subject: 'os', outcome: 'complete' },
      {
        subject: 'os',
        outcome: 'none',
        reason: 'no-advisory-feed',
        detail: expect.stringContaining('1 package (x)'),
      },
    ]);
  });

  it('reports a feed that the database lacks', () => {
    const packages = [installed('deb', 'x', '1'), installed('npm', 'y', '1.0.0')];

    expect(coverage(packages, BOOKWORM, ['Debian:11'])).toEqual([
      {
        subject: 'feed',
        name: 'Debian:12',
        outcome: 'none',
        reason: 'feed-missing',
        detail: expect.stringContaining('1 package (x)'),
      },
      {
        subject: 'feed',
        name: 'npm',
        outcome: 'none',
        reason: 'feed-missing',
        detail: expect.stringContaining('1 package (y)'),
      },
    ]);
  });

  it('does not miss what is consulted beside a release', () => {
    expect(
      coverage([installed('deb', 'x', '1')], distro('ubuntu', '22.04'), ['Ubuntu:22.04:LTS']),
    ).toMatchObject([{ outcome: 'complete', detail: 'matched with Ubuntu:22.04:LTS' }]);
  });

  it('reports packages by third parties, whose rpms are not matched', () => {
    const epel = installed('rpm', 'htop', '3.2-1.el9', { vendor: 'Fedora Project' });
    const record = advisory({ id: 'ALSA-2024:1', ecosystem: 'AlmaLinux:9', name: 'htop', fixed: '4-1.el9' });
    const lookup = advisoryLookup([record]);

    const output = matchPackages({ packages: [epel], distro: distro('almalinux', '9.3'), lookup });

    expect(output.findings).toEqual([]);
    expect(output.coverage).toMatchObject([
      { subject: 'os', outcome: 'complete' },
      {
        subject: 'os',
        outcome: 'partial',
        reason: 'third-party-packages',
        detail: expect.stringContaining('htop'),
      },
    ]);
  });

  it('reports a foreign .deb and matches it all the same', () => {
    const node = installed('deb', 'nodejs', '18.0.0-1nodesource1', { vendor: 'Somebody <x@nodesource.com>' });
    const record = advisory({ id: 'DEBIAN-CVE-2024-1111', ecosystem: 'Debian:12', name: 'nodejs' });

    const output = matchPackages({ packages: [node], distro: BOOKWORM, lookup: advisoryLookup([record]) });

    expect(output.findings.map(({ id }) => id)).toEqual(['CVE-2024-1111']);
    expect(output.coverage.map(({ reason }) => reason)).toEqual([undefined, 'third-party-packages']);
  });

  it.each([
    ['', 'version-missing'],
    ['latest', 'version-not-comparable'],
  ])('reports the version %j as %s when an advisory asks for it', (version, reason) => {
    const packages = [installed('npm', 'pkg', version), installed('npm', 'harmless', version)];

    expect(coverage(packages, undefined, [], [advisory({ fixed: '2.0.0' })])).toMatchObject([
      { subject: 'feed', name: 'npm', outcome: 'complete' },
      {
        subject: 'ecosystem',
        name: 'npm',
        outcome: 'partial',
        reason,
        detail: expect.stringContaining('1 package (pkg)'),
      },
    ]);
  });

  it('reports a working copy of a Go module as without version', () => {
    const main = installed('golang', 'example.org/app', '(devel)');
    const record = advisory({ ecosystem: 'Go', name: 'example.org/app', fixed: '1.0.0' });

    expect(coverage([main], undefined, [], [record])).toMatchObject([
      { name: 'Go', outcome: 'complete' },
      { subject: 'ecosystem', name: 'golang', reason: 'version-missing' },
    ]);
  });

  it('reports a module whose stream is unknown', () => {
    const packages = [installed('rpm', 'nodejs', '18.1-1.module+el8.5.0+1+2')];
    const record = advisory({
      id: 'RHSA-2024:1',
      ecosystem: 'Red Hat:enterprise_linux:8::baseos',
      name: 'nodejs',
      module: 'nodejs:18',
      fixed: '0:19-1.module+el8',
    });

    expect(coverage(packages, distro('rhel', '8.9'), [], [record])).toMatchObject([
      { outcome: 'complete' },
      { subject: 'os', outcome: 'partial', reason: 'module-unknown' },
    ]);
  });

  it('lists ten names and counts the rest', () => {
    const packages = Array.from({ length: 12 }, (_, index) => installed('rpm', `p${index}`, '1-1'));

    const [entry] = coverage(packages, undefined, []);

    expect(entry?.detail).toContain('12 packages (p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 2 more)');
  });

  it('does not count keys and debug symbols among the packages', () => {
    expect(coverage([installed('rpm', 'gpg-pubkey', '1-1')], undefined, [])).toEqual([]);
  });

  it('asks the database once for the packages of one source', () => {
    const source = { name: 'curl', version: '1' };
    const lookup = advisoryLookup([], { ecosystems: ['Debian:12'] });

    matchPackages({
      packages: [installed('deb', 'curl', '1', { source }), installed('deb', 'libcurl4', '1', { source })],
      distro: BOOKWORM,
      lookup,
    });

    expect(lookup.questions).toEqual(['Debian:12 curl']);
  });
});
