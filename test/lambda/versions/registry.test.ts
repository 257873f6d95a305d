import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  MAX_VERSION_LENGTH,
  schemeById,
  schemeForEcosystem,
  type VersionScheme,
  versionSchemes,
} from '../../../lambda/versions/index.ts';

const FOLDER = path.join(import.meta.dirname, '../../../lambda/versions');
const schemes: readonly VersionScheme[] = versionSchemes;

describe('versions/registry', () => {
  it('lists every folder, and nothing else', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);

    expect(schemes.map(({ id }) => id).toSorted()).toEqual(folders.toSorted());
  });

  it.each(schemes.map((scheme) => [scheme.id, scheme] as const))('finds %s by its id', (id, scheme) => {
    expect(schemeById(id)).toBe(scheme);
    expect(scheme.title).not.toBe('');
    expect(scheme.urls.every((url) => URL.canParse(url))).toBe(true);
    expect(scheme.urls).not.toEqual([]);
  });

  it('gives no ecosystem to two schemes', () => {
    const all = schemes.flatMap((scheme) => scheme.ecosystems);

    expect(new Set(all).size).toBe(all.length);
  });

  it.each([
    ['Debian:12', 'deb'],
    ['Ubuntu:22.04:LTS', 'deb'],
    ['Echo', 'deb'],
    ['Alpine:v3.20', 'apk'],
    ['Wolfi', 'apk'],
    ['Chainguard', 'apk'],
    ['MinimOS', 'apk'],
    ['Red Hat:enterprise_linux:9::baseos', 'rpm'],
    ['AlmaLinux:9', 'rpm'],
    ['Rocky Linux:9', 'rpm'],
    ['SUSE:Linux Enterprise Server 15 SP4', 'rpm'],
    ['openSUSE:Leap 15.6', 'rpm'],
    ['Azure Linux:3', 'rpm'],
    ['Photon OS:5.0', 'rpm'],
    ['Mageia:9', 'rpm'],
    ['openEuler:24.03-LTS', 'rpm'],
    ['Amazon Linux:2023', 'rpm'],
    ['Oracle Linux', 'rpm'],
    ['Fedora', 'rpm'],
    ['npm', 'semver'],
    ['crates.io', 'semver'],
    ['Hex', 'semver'],
    ['Julia', 'semver'],
    ['SwiftURL', 'semver'],
    ['Bitnami', 'bitnami'],
    ['Pub', 'pub'],
    ['PyPI', 'pep440'],
    ['Maven:https://repo1.maven.org/maven2', 'maven'],
    ['RubyGems', 'rubygems'],
    ['NuGet', 'nuget'],
    ['Packagist', 'composer'],
    ['Go', 'go'],
    ['CRAN', 'cran'],
    ['Hackage', 'hackage'],
    ['Root:Alpine:3.18', 'apk'],
    ['TuxCare:npm', 'semver'],
    ['Echo:PyPI', 'pep440'],
  ])('gives %s the scheme %s', (ecosystem, id) => {
    expect(schemeForEcosystem(ecosystem)?.id).toBe(id);
  });

  it.each([
    '',
    'debian',
    'OSS-Fuzz',
    'Linux',
    'GIT',
    'Root',
    'TuxCare:TuxCare:npm',
    '__proto__',
    'constructor',
  ])('knows no scheme for %j', (ecosystem) => {
    expect(schemeForEcosystem(ecosystem)).toBeUndefined();
    expect(schemeById(ecosystem)).toBeUndefined();
  });

  it.each(schemes.map((scheme) => [scheme.id, scheme] as const))(
    'rejects versions over the limit: %s',
    (_, scheme) => {
      const longest = '1'.repeat(MAX_VERSION_LENGTH);
      const tooLong = `${longest}1`;

      expect(scheme.compare(longest, longest)).toBe(0);
      expect(scheme.isValid(tooLong)).toBe(false);
      expect(scheme.compare(tooLong, tooLong)).toBeUndefined();
      expect(scheme.compare('1', tooLong)).toBeUndefined();
      expect(scheme.compareToBound?.(tooLong, tooLong)).toBeUndefined();
      expect(scheme.compareLoosely?.(tooLong, tooLong)).toBeUndefined();
    },
  );

  it.each(schemes.map((scheme) => [scheme.id, scheme] as const))(
    'spends no time on hostile versions: %s',
    (_, scheme) => {
      const hostile = [
        '.'.repeat(10_000_000),
        '1'.repeat(10_000_000),
        ...['1.', '1-', '1a', '1~', '1_p', '-', '1!'].map((text) =>
          `1${text.repeat(MAX_VERSION_LENGTH)}`.slice(0, MAX_VERSION_LENGTH),
        ),
      ];
      const start = performance.now();

      for (const version of hostile) {
        scheme.isValid(`${version.slice(0, -1)}!`);
        scheme.compare(version, version);
        scheme.compareToBound?.(version, version);
        scheme.compareLoosely?.(version, version);
      }

      // Linear work takes a few milliseconds; quadratic would take minutes.
      expect(performance.now() - start).toBeLessThan(5_000);
    },
  );
});
