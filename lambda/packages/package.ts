import { z } from 'zod';

/** purl types that catalogers produce. https://github.com/package-url/purl-spec */
export const PACKAGE_TYPES = [
  'deb',
  'apk',
  'rpm',
  'npm',
  'pypi',
  'maven',
  'golang',
  'cargo',
  'nuget',
  'composer',
  'gem',
] as const;
export type PackageType = (typeof PACKAGE_TYPES)[number];

export const OS_PACKAGE_TYPES: ReadonlySet<PackageType> = new Set(['deb', 'apk', 'rpm']);

/** Where a package was read: a path in the final view (`app.jar!/lib/inner.jar` for nested archives) and its layer. */
export const locationSchema = z.strictObject({
  path: z.string(),
  /** Index of the layer, 0 = base. */
  layer: z.int(),
});

/** One installed package of the final view of an image. */
export const packageSchema = z.strictObject({
  purl: z.string(),
  type: z.enum(PACKAGE_TYPES),
  /** As the ecosystem's advisories write it: `@scope/name`, `group:artifact`, a Go module path. */
  name: z.string(),
  /** As installed; dpkg and rpm with epoch (`1:2.3-4`). Empty when the package does not state one. */
  version: z.string(),
  /** OS packages: what it was built from; advisories of Debian, Ubuntu and Alpine are keyed by it. */
  source: z.strictObject({ name: z.string(), version: z.string() }).optional(),
  arch: z.string().optional(),
  /** rpm `MODULARITYLABEL` as `name:stream`. */
  module: z.string().optional(),
  /** rpm `Vendor` or dpkg `Maintainer`: tells a distribution's own package from a third party's. */
  vendor: z.string().optional(),
  locations: z.array(locationSchema),
  /** Layer index that brought this name, and the one that last changed its version (matching.md 4.13). */
  introducedIn: z.int(),
  lastChangedIn: z.int(),
  /** purl of the OS package that installed these files. */
  ownedBy: z.string().optional(),
  licenses: z.array(z.string()),
  /** `low` when the identity rests on a heuristic (file name, manifest title). */
  confidence: z.enum(['high', 'medium', 'low']),
});
export type Package = z.infer<typeof packageSchema>;

/** What a cataloger reads of one package in one file, before layers, distribution and ownership are known. */
export type FoundPackage = {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** `version` absent: the same as the package's own. */
  readonly source?: { readonly name: string; readonly version?: string };
  readonly arch?: string;
  readonly module?: string;
  readonly vendor?: string;
  readonly licenses?: readonly string[];
  readonly confidence?: 'high' | 'medium' | 'low';
  /** Path inside the archive for packages nested in one: `BOOT-INF/lib/x.jar`. */
  readonly innerPath?: string;
  /** OS packages: installed paths (no leading slash) that may hold language packages; see `mayHoldPackages`. */
  readonly files?: readonly string[];
};
