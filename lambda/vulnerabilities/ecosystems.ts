import type { Distro } from '../packages/distro.ts';
import { OS_PACKAGE_TYPES, type Package, type PackageType } from '../packages/package.ts';
import { feedName, feedOf } from './distributions/index.ts';

/** OSV's names of the language ecosystems. https://ossf.github.io/osv-schema/#affectedpackage-field */
const LANGUAGE_ECOSYSTEMS: Readonly<Partial<Record<PackageType, string>>> = {
  npm: 'npm',
  pypi: 'PyPI',
  maven: 'Maven',
  golang: 'Go',
  cargo: 'crates.io',
  nuget: 'NuGet',
  composer: 'Packagist',
  gem: 'RubyGems',
};

/** Drupal's projects are published by its own Composer repository, which OSV names behind a colon. */
const DRUPAL = 'Packagist:https://packages.drupal.org/8';

/**
 * The OSV ecosystems whose advisories speak of a package, with the release for distributions: `Debian:12`,
 * `Ubuntu:22.04:LTS`, `npm`. Empty when no feed does: an unknown distribution, or a package of another format than its own.
 * The list may name ecosystems that a database lacks.
 */
export function ecosystemsFor(pkg: Package, distro: Distro | undefined): readonly string[] {
  if (!OS_PACKAGE_TYPES.has(pkg.type)) return languageEcosystems(pkg);
  const feed = distro === undefined ? undefined : feedOf(distro);
  if (distro === undefined || feed?.packageType !== pkg.type) return [];
  return (feed.release(distro)?.ecosystems ?? []).map(({ name }) => name);
}

/** Every ecosystem that matching these packages consults, each once, in a stable order. */
export function neededEcosystems(packages: readonly Package[], distro: Distro | undefined): readonly string[] {
  const oneOfEach = new Map(packages.map((pkg) => [`${pkg.type} ${isDrupal(pkg)}`, pkg]));
  return [...new Set([...oneOfEach.values()].flatMap((pkg) => ecosystemsFor(pkg, distro)))].toSorted();
}

const PYPI_SEPARATORS = /[-_.]+/g;

/**
 * A package name as its ecosystem compares it, for storing and for looking up: PyPI by PEP 503
 * (https://peps.python.org/pep-0503/#normalized-names), NuGet and Packagist without regard to case, others as written.
 */
export function advisoryName(ecosystem: string, name: string): string {
  switch (feedName(ecosystem)) {
    case 'PyPI':
      return name.replaceAll(PYPI_SEPARATORS, '-').toLowerCase();
    case 'NuGet':
    case 'Packagist':
      return name.toLowerCase();
    default:
      return name;
  }
}

function languageEcosystems(pkg: Package): readonly string[] {
  const ecosystem = LANGUAGE_ECOSYSTEMS[pkg.type];
  if (ecosystem === undefined) return [];
  return isDrupal(pkg) ? [ecosystem, DRUPAL] : [ecosystem];
}

function isDrupal(pkg: Package): boolean {
  return pkg.type === 'composer' && pkg.name.toLowerCase().startsWith('drupal/');
}
