import type { Distro } from '../packages/distro.ts';
import type { Package, PackageType } from '../packages/package.ts';
import { feedOf } from './distributions/index.ts';

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

/**
 * The OSV ecosystems whose advisories speak of a package, with the release for distributions: `Debian:12`,
 * `Ubuntu:22.04:LTS`, `npm`. Empty when no feed does: an unknown distribution, or a package of another format than its own.
 * The list may name ecosystems that a database lacks.
 */
export function ecosystemsFor(pkg: Package, distro: Distro | undefined): readonly string[] {
  const language = LANGUAGE_ECOSYSTEMS[pkg.type];
  if (language !== undefined) return [language];
  const feed = distro === undefined ? undefined : feedOf(distro);
  if (distro === undefined || feed?.packageType !== pkg.type) return [];
  return (feed.release(distro)?.ecosystems ?? []).map(({ name }) => name);
}

/** Every ecosystem that matching these packages consults, each once, in a stable order. */
export function neededEcosystems(
  packages: readonly Package[],
  distro: Distro | undefined,
): readonly string[] {
  const oneOfEach = new Map(packages.map((pkg) => [pkg.type, pkg]));
  return [...new Set([...oneOfEach.values()].flatMap((pkg) => ecosystemsFor(pkg, distro)))].toSorted();
}
