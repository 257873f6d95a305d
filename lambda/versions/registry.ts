import { apk } from './apk/index.ts';
import { bitnami } from './bitnami/index.ts';
import { composer } from './composer/index.ts';
import { cran } from './cran/index.ts';
import { deb } from './deb/index.ts';
import { generic } from './generic/index.ts';
import { go } from './go/index.ts';
import { hackage } from './hackage/index.ts';
import { maven } from './maven/index.ts';
import { nuget } from './nuget/index.ts';
import { pep440 } from './pep440/index.ts';
import { pub } from './pub/index.ts';
import { rpm } from './rpm/index.ts';
import { rubygems } from './rubygems/index.ts';
import type { VersionScheme } from './scheme.ts';
import { semver } from './semver/index.ts';

/** Every scheme; a new one is added here and nowhere else. */
export const versionSchemes = [
  apk,
  bitnami,
  composer,
  cran,
  deb,
  generic,
  go,
  hackage,
  maven,
  nuget,
  pep440,
  pub,
  rpm,
  rubygems,
  semver,
] as const satisfies readonly VersionScheme[];

export type VersionSchemeId = (typeof versionSchemes)[number]['id'];

const byId = new Map<string, VersionScheme>(versionSchemes.map((scheme) => [scheme.id, scheme]));
const byEcosystem = new Map<string, VersionScheme>(
  versionSchemes.flatMap((scheme) => scheme.ecosystems.map((ecosystem) => [ecosystem, scheme] as const)),
);

/**
 * Vendors that rebuild other ecosystems and name them second (`TuxCare:npm`, `Root:Alpine:3.18`, `Echo:PyPI`).
 * https://github.com/google/osv.dev/tree/7e6c189879195a8aad33ccbf27fe9344f3479632/osv/ecosystems
 */
const VENDORS = new Set(['Echo', 'Root', 'TuxCare']);

/** The scheme of that id; undefined for an unknown one. */
export function schemeById(id: string): VersionScheme | undefined {
  return byId.get(id);
}

/** The scheme of an OSV ecosystem, with or without its suffix (`Alpine`, `Alpine:v3.20`); undefined for an unknown one. */
export function schemeForEcosystem(osvEcosystem: string): VersionScheme | undefined {
  const [name, suffix] = osvEcosystem.split(':') as [string, ...string[]];
  if (VENDORS.has(name) && suffix !== undefined) return byEcosystem.get(suffix);
  return byEcosystem.get(name);
}
