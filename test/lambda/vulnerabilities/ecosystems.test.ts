import { describe, expect, it } from '@jest/globals';
import type { Distro, PackageType } from '../../../lambda/packages/index.ts';
import { DISTRIBUTION_FEEDS, feedOf } from '../../../lambda/vulnerabilities/distributions/index.ts';
import { ecosystemsFor, neededEcosystems } from '../../../lambda/vulnerabilities/ecosystems.ts';
import { distro, installed } from '../../doubles/installed.ts';

function needed(type: PackageType, release: Distro): readonly string[] {
  return neededEcosystems([installed(type, 'x', '1')], release);
}

function consulted(type: PackageType, release: Distro): readonly string[] {
  return ecosystemsFor(installed(type, 'x', '1'), release);
}

describe('vulnerabilities/ecosystems', () => {
  it.each<[PackageType, string]>([
    ['npm', 'npm'],
    ['pypi', 'PyPI'],
    ['maven', 'Maven'],
    ['golang', 'Go'],
    ['cargo', 'crates.io'],
    ['nuget', 'NuGet'],
    ['composer', 'Packagist'],
    ['gem', 'RubyGems'],
  ])('looks for %s packages in %s whatever the distribution', (type, ecosystem) => {
    expect(ecosystemsFor(installed(type, 'x', '1'), undefined)).toEqual([ecosystem]);
    expect(consulted(type, distro('fedora', '40'))).toEqual([ecosystem]);
  });

  it.each<[string, string, PackageType, string]>([
    ['debian', '12', 'deb', 'Debian:12'],
    ['debian', '12.5', 'deb', 'Debian:12'],
    ['ubuntu', '22.04', 'deb', 'Ubuntu:22.04:LTS'],
    ['ubuntu', '24.04', 'deb', 'Ubuntu:24.04:LTS'],
    ['ubuntu', '23.10', 'deb', 'Ubuntu:23.10'],
    ['ubuntu', '23.04', 'deb', 'Ubuntu:23.04'],
    ['ubuntu', '24.10', 'deb', 'Ubuntu:24.10'],
    ['alpine', '3.19.1', 'apk', 'Alpine:v3.19'],
    ['alpine', 'edge', 'apk', 'Alpine:edge'],
    ['wolfi', '', 'apk', 'Wolfi'],
    ['chainguard', '', 'apk', 'Chainguard'],
    ['almalinux', '9.3', 'rpm', 'AlmaLinux:9'],
    ['rocky', '8.9', 'rpm', 'Rocky Linux:8'],
    ['amzn', '2', 'rpm', 'Amazon Linux:2'],
    ['amzn', '2018.03', 'rpm', 'Amazon Linux:1'],
    ['amzn', '2017.09', 'rpm', 'Amazon Linux:1'],
    ['amzn', '2023', 'rpm', 'Amazon Linux:2023'],
    ['amzn', '2023.5.20240805', 'rpm', 'Amazon Linux:2023'],
    ['azurelinux', '3.0', 'rpm', 'Azure Linux:3'],
    ['mariner', '2.0', 'rpm', 'Azure Linux:2'],
    ['mariner', '1.0.20230101', 'rpm', 'Azure Linux:1'],
    ['photon', '5.0', 'rpm', 'Photon OS:5.0'],
    ['opensuse-leap', '15.6', 'rpm', 'openSUSE:Leap 15.6'],
    ['opensuse-tumbleweed', '', 'rpm', 'openSUSE:Tumbleweed'],
    ['sles', '15.5', 'rpm', 'SUSE:Linux Enterprise Module for Basesystem 15 SP5'],
    ['sles', '15', 'rpm', 'SUSE:Linux Enterprise Module for Basesystem 15'],
    ['sles', '12.5', 'rpm', 'SUSE:Linux Enterprise Server 12 SP5'],
    ['sles', '16.0', 'rpm', 'SUSE:Linux Enterprise Server 16.0'],
    ['rhel', '9.4', 'rpm', 'Red Hat:enterprise_linux:9::baseos'],
    ['rhel', '8', 'rpm', 'Red Hat:enterprise_linux:8::baseos'],
    ['rhel', '7.9', 'rpm', 'Red Hat:enterprise_linux:7::server'],
    ['rhel', '10.1', 'rpm', 'Red Hat:enterprise_linux:10.1'],
    ['centos', '7', 'rpm', 'Red Hat:enterprise_linux:7::server'],
    ['centos', '8', 'rpm', 'Red Hat:enterprise_linux:8::baseos'],
    ['centos-stream', '9', 'rpm', 'Red Hat:enterprise_linux:9::baseos'],
    ['centos-stream', '10', 'rpm', 'Red Hat:enterprise_linux:10.0'],
  ])('needs for %s %s (%s) %s', (id, version, type, ecosystem) => {
    expect(needed(type, distro(id, version))).toEqual([ecosystem]);
  });

  it.each<[string, string, PackageType]>([
    ['fedora', '40', 'rpm'],
    ['ol', '9.3', 'rpm'],
    ['arch', '', 'rpm'],
    ['raspbian', '12', 'deb'],
    ['amzn', '2022', 'rpm'],
    ['debian', '', 'deb'],
    ['ubuntu', '', 'deb'],
    ['alpine', '', 'apk'],
    ['almalinux', '', 'rpm'],
    ['photon', '', 'rpm'],
    ['sles', '', 'rpm'],
    ['opensuse-leap', '', 'rpm'],
    ['rhel', '', 'rpm'],
    ['centos', '', 'rpm'],
    // packages of another format than the distribution's own
    ['debian', '12', 'apk'],
    ['alpine', '3.19', 'deb'],
  ])('has no advisories for %s %s (%s)', (id, version, type) => {
    expect(consulted(type, distro(id, version))).toEqual([]);
  });

  it.each([
    ['trixie', 'Debian:13'],
    ['bookworm', 'Debian:12'],
    ['buster', 'Debian:10'],
    ['forky', 'Debian:14'],
    ['sid', 'Debian:sid'],
  ])('tells the Debian release from its codename %s', (codename, ecosystem) => {
    expect(needed('deb', distro('debian', '', { codename }))).toEqual([ecosystem]);
  });

  it('does not guess the release of an unknown codename', () => {
    expect(needed('deb', distro('debian', '', { codename: 'constructor' }))).toEqual([]);
  });

  it.each([
    [['v3.18'], '3.19.1', 'Alpine:v3.18'],
    [['v3.19'], '3.19.1', 'Alpine:v3.19'],
    [['v3.9', 'v3.10'], '3.19.1', 'Alpine:v3.10'],
    [['edge'], '3.19.1', 'Alpine:edge'],
    [['edge', 'v3.19'], '3.19.1', 'Alpine:v3.19'],
    [['latest-stable', 'nonsense'], '3.19.1', 'Alpine:v3.19'],
    [['v3.19'], '', 'Alpine:v3.19'],
  ])('follows the Alpine repositories %j of release %s', (repositories, version, ecosystem) => {
    expect(needed('apk', distro('alpine', version, { repositories }))).toEqual([ecosystem]);
  });

  it('says when Alpine streams are mixed', () => {
    const mixed = distro('alpine', '3.19.1', { repositories: ['v3.19', 'edge'] });

    expect(feedOf(mixed)?.release(mixed)?.gap?.reason).toBe('mixed-releases');
  });

  it('consults Ubuntu Pro beside an LTS release, but none of its other tiers', () => {
    expect(consulted('deb', distro('ubuntu', '22.04'))).toEqual(['Ubuntu:22.04:LTS', 'Ubuntu:Pro:22.04:LTS']);
    expect(consulted('deb', distro('ubuntu', '23.10'))).toEqual(['Ubuntu:23.10']);
  });

  it('consults the modules of a SUSE service pack and what long-term support mends', () => {
    expect(consulted('rpm', distro('sles', '15.5'))).toEqual(
      expect.arrayContaining([
        'SUSE:Linux Enterprise Module for Basesystem 15 SP5',
        'SUSE:Linux Enterprise Module for Server Applications 15 SP5',
        'SUSE:Linux Enterprise Server 15 SP5',
        'SUSE:Linux Enterprise Server 15 SP5-LTSS',
      ]),
    );
  });

  it('consults the default repositories of Red Hat releases', () => {
    expect(consulted('rpm', distro('rhel', '9.4'))).toEqual([
      'Red Hat:enterprise_linux:9::baseos',
      'Red Hat:enterprise_linux:9::appstream',
      'Red Hat:enterprise_linux:9::crb',
    ]);
    expect(consulted('rpm', distro('rhel', '7.9'))).toEqual([
      'Red Hat:enterprise_linux:7::server',
      'Red Hat:enterprise_linux:7::client',
      'Red Hat:enterprise_linux:7::workstation',
      'Red Hat:enterprise_linux:7::computenode',
    ]);
    expect(consulted('rpm', distro('rhel', '10.0'))).toEqual(
      expect.arrayContaining(['Red Hat:enterprise_linux:10.0', 'Red Hat:enterprise_linux:10.1']),
    );
  });

  it('says that CentOS is matched with another distribution', () => {
    const centos = distro('centos', '8');
    const stream = distro('centos-stream', '9');

    expect(feedOf(centos)?.release(centos)).toMatchObject({ note: "matched with Red Hat's advisories" });
    expect(feedOf(stream)?.release(stream)?.gap?.reason).toBe('stand-in-feed');
  });

  it('names each needed ecosystem once, sorted', () => {
    const packages = [
      installed('npm', 'b', '1'),
      installed('deb', 'a', '1'),
      installed('npm', 'c', '1'),
      installed('deb', 'd', '1'),
    ];

    expect(neededEcosystems(packages, distro('debian', '12'))).toEqual(['Debian:12', 'npm']);
    expect(neededEcosystems(packages, undefined)).toEqual(['npm']);
    expect(neededEcosystems([], distro('debian', '12'))).toEqual([]);
  });

  it('gives every distribution id to one feed', () => {
    const ids = DISTRIBUTION_FEEDS.flatMap((feed): readonly string[] => feed.ids);

    expect(new Set(ids).size).toBe(ids.length);
  });
});
