import type { Distro, Package, PackageType } from '../packages/index.ts';
import { type FeedEcosystem, feedOf } from './distributions/index.ts';

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
 * Beside those that must be there it names what is consulted if the database has it (modules, paid support).
 */
export function ecosystemsFor(pkg: Package, distro: Distro | undefined): readonly string[] {
  return feedEcosystems(pkg.type, distro).map(({ name }) => name);
}

/**
 * The ecosystems that a database must have to match these packages, each once, in a stable order. What is consulted
 * beside them comes from the same feeds, so that fetching these fetches those.
 */
export function neededEcosystems(
  packages: readonly Package[],
  distro: Distro | undefined,
): readonly string[] {
  const types = new Set(packages.map(({ type }) => type));
  const feeds = [...types].flatMap((type) => feedEcosystems(type, distro));
  return [...new Set(feeds.filter(({ role }) => role === 'main').map(({ name }) => name))].toSorted();
}

/** Everything that is consulted about these packages: what is needed, and what the same feeds have beside it. */
export function consultedEcosystems(
  packages: readonly Package[],
  distro: Distro | undefined,
): readonly string[] {
  const types = new Set(packages.map(({ type }) => type));
  return [
    ...new Set([...types].flatMap((type) => feedEcosystems(type, distro)).map(({ name }) => name)),
  ].toSorted();
}

function feedEcosystems(type: PackageType, distro: Distro | undefined): readonly FeedEcosystem[] {
  const language = LANGUAGE_ECOSYSTEMS[type];
  if (language !== undefined) return [{ name: language, role: 'main' }];
  const feed = distro === undefined ? undefined : feedOf(distro);
  if (distro === undefined || feed?.packageType !== type) return [];
  return feed.release(distro)?.ecosystems ?? [];
}
