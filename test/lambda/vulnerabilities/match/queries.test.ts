import { describe, expect, it } from '@jest/globals';
import { languageQuery, osQuery, type Query } from '../../../../lambda/vulnerabilities/match/queries.ts';
import { installed } from '../../../doubles/installed.ts';

function question({ name, version, role }: Query): string {
  return `${role} ${name} ${version}`;
}

describe('vulnerabilities/match/queries', () => {
  it.each([
    ['Debian:12', 'main curl 7.88.1-10'],
    ['Ubuntu:22.04:LTS', 'main curl 7.88.1-10'],
  ])('asks %s by the source, so that a rebuild does no harm', (name, expected) => {
    const pkg = installed('deb', 'libcurl4', '7.88.1-10+b1', {
      source: { name: 'curl', version: '7.88.1-10' },
    });

    expect(question(osQuery(pkg, { name, role: 'main' }, false))).toBe(expected);
  });

  // Binaries and sources of bookworm, bullseye and its backports, jammy, focal.
  it.each([
    ['Debian:12', 'linux-signed-amd64', '6.1.90+1', '6.1.90-1', 'linux 6.1.90-1'],
    ['Debian:12', 'linux-signed-arm64', '7.1.3+1~bpo13+1', '7.1.3-1~bpo13+1', 'linux 7.1.3-1~bpo13+1'],
    [
      'Debian:11',
      'linux-signed-6.1-amd64',
      '6.1.153+1~deb11u1',
      '6.1.153-1~deb11u1',
      'linux-6.1 6.1.153-1~deb11u1',
    ],
    ['Ubuntu:22.04:LTS', 'linux-signed', '5.15.0-100.110', '5.15.0-100.110', 'linux 5.15.0-100.110'],
    ['Ubuntu:22.04:LTS', 'linux-signed-aws', '5.15.0-1055.60', '5.15.0-1055.60', 'linux-aws 5.15.0-1055.60'],
    [
      'Ubuntu:20.04:LTS',
      'linux-signed-hwe-5.15',
      '5.15.0-9.9~20.04.1',
      '5.15.0-9.9~20.04.1',
      'linux-hwe-5.15 5.15.0-9.9~20.04.1',
    ],
    ['Debian:12', 'linux', '6.1.90-1', '6.1.90-1', 'linux 6.1.90-1'],
  ])('asks %s about a kernel of %s by what was signed', (name, source, version, own, asked) => {
    const pkg = installed('deb', 'linux-image-x', own, { source: { name: source, version } });

    expect(question(osQuery(pkg, { name, role: 'main' }, false))).toBe(`main ${asked}`);
  });

  it('asks Alpine by the origin', () => {
    const pkg = installed('apk', 'libcrypto3', '3.1.4-r5', {
      source: { name: 'openssl', version: '3.1.4-r5' },
    });

    expect(question(osQuery(pkg, { name: 'Alpine:v3.19', role: 'main' }, false))).toBe(
      'main openssl 3.1.4-r5',
    );
  });

  it('asks by the name itself when no source is known', () => {
    const pkg = installed('deb', 'tzdata', '2024a-0+deb12u1');

    expect(question(osQuery(pkg, { name: 'Debian:12', role: 'main' }, false))).toBe(
      'main tzdata 2024a-0+deb12u1',
    );
  });

  const perlErrno = installed('rpm', 'perl-Errno', '1.28-417.el8', {
    source: { name: 'perl', version: '5.26.3-417.el8' },
  });

  it.each([
    'Red Hat:enterprise_linux:8::baseos',
    'AlmaLinux:8',
    'Amazon Linux:2',
    'SUSE:x',
    'openSUSE:Leap 15.6',
    'Photon OS:5.0',
  ])('asks %s by the binary name', (name) => {
    expect(question(osQuery(perlErrno, { name, role: 'main' }, false))).toBe('main perl-Errno 1.28-417.el8');
  });

  it.each(['Rocky Linux:8', 'Azure Linux:3'])('asks %s by the source name', (name) => {
    expect(question(osQuery(perlErrno, { name, role: 'main' }, false))).toBe('main perl 5.26.3-417.el8');
  });

  it('leaves epochs out when the source has another version than the binary', () => {
    const { version, rules } = osQuery(perlErrno, { name: 'Rocky Linux:8', role: 'main' }, false);

    expect(rules?.compareInstalled(version, '4:5.26.3-417.el8')).toBe(0);
    expect(rules?.compareInstalled(version, '4:5.26.3-420.el8')).toBeLessThan(0);
  });

  it('takes the epoch of a binary with the version of its source', () => {
    const pkg = installed('rpm', 'openssl-libs', '1:1.1.1k-9.el8', {
      source: { name: 'openssl', version: '1.1.1k-9.el8' },
    });

    const { version, rules } = osQuery(pkg, { name: 'Rocky Linux:8', role: 'main' }, false);

    expect(version).toBe('1:1.1.1k-9.el8');
    expect(rules?.compareInstalled(version, '1:1.1.1k-12.el8')).toBeLessThan(0);
    expect(rules?.compareInstalled(version, '0:1.1.1k-12.el8')).toBeGreaterThan(0);
  });

  it.each([
    ['1.2-4', false, 'subscription'],
    ['1.2-4', true, 'entitled'],
    ['1.2-4ubuntu0.22.04.1~esm1', false, 'entitled'],
    ['3.3.25+dfsg-7ubuntu0.22.04.1+esm1', false, 'entitled'],
    ['1.2-4esmeralda', false, 'subscription'],
  ])('asks Ubuntu Pro about %s (attached: %s) as %s', (version, attached, role) => {
    const feed = { name: 'Ubuntu:Pro:22.04:LTS', role: 'subscription' } as const;

    expect(osQuery(installed('deb', 'x', version), feed, attached).role).toBe(role);
    expect(
      osQuery(installed('deb', 'x', version), { name: 'Ubuntu:22.04:LTS', role: 'main' }, attached).role,
    ).toBe('main');
  });

  it.each([
    ['PyPI', 'pypi', 'Foo__Bar.baz', 'foo-bar-baz'],
    ['NuGet', 'nuget', 'Newtonsoft.Json', 'newtonsoft.json'],
    ['Packagist', 'composer', 'Symfony/HTTP-Kernel', 'symfony/http-kernel'],
    ['npm', 'npm', '@Scope/Name', '@Scope/Name'],
    ['Go', 'golang', 'github.com/Azure/azure-sdk', 'github.com/Azure/azure-sdk'],
    ['Maven', 'maven', 'org.Example:Artifact', 'org.Example:Artifact'],
    ['crates.io', 'cargo', 'Inflector', 'Inflector'],
    ['RubyGems', 'gem', 'RedCloth', 'RedCloth'],
  ] as const)('asks %s for the %s package %s as %s', (ecosystem, type, name, asked) => {
    expect(languageQuery(installed(type, name, '1.0'), ecosystem).name).toBe(asked);
  });
});
