import type { ViewFile } from '../image/index.ts';
import type { Coverage } from '../shared/coverage.ts';
import { attributor } from './attribution.ts';
import type { CatalogerOutput } from './cataloger.ts';
import { detectDistro } from './detect-distro.ts';
import type { Distro } from './distro.ts';
import { inventoryCoverage } from './inventory-coverage.ts';
import { ownersOf } from './ownership.ts';
import { type FoundPackage, OS_PACKAGE_TYPES, type Package } from './package.ts';
import { packageUrl } from './purl.ts';
import { currentDatabases } from './rpm-databases.ts';

/** What is installed in the final view of an image. */
export type Inventory = {
  readonly distro?: Distro;
  /** Sorted by purl; one for each purl and owner, with all its locations. */
  readonly packages: readonly Package[];
  readonly coverage: readonly Coverage[];
};

/** Puts together what the catalogers read: distribution, packages with purl, owner and layers, and what was not readable. */
export function takeInventory(
  files: readonly ViewFile<CatalogerOutput>[],
  resolve: (path: string) => string | undefined,
): Inventory {
  const { distro, problems } = detectDistro(files);
  const current = currentDatabases(files);
  const owners = ownersOf(current, resolve);
  const merged = new Map<string, Package>();
  const purls = new Map<string, string>();
  for (const found of foundIn(current)) {
    const located = locate(found, distro);
    if (OS_PACKAGE_TYPES.has(found.found.type)) purls.set(found.found.name, located.purl);
    const owner = OS_PACKAGE_TYPES.has(found.found.type) ? undefined : owners.get(found.file.path);
    merge(merged, owner === undefined ? located : { ...located, ownedBy: owner });
  }
  const packages = [...merged.values()].map((each) => withOwnerPurl(each, purls)).sort(byPurl);
  return {
    ...(distro === undefined ? {} : { distro }),
    packages,
    coverage: inventoryCoverage({ files: current, packages, distro, problems, owners }),
  };
}

type Found = {
  readonly file: ViewFile<CatalogerOutput>;
  readonly found: FoundPackage;
  readonly introducedIn: number;
  readonly lastChangedIn: number;
};

function* foundIn(files: readonly ViewFile<CatalogerOutput>[]): Generator<Found> {
  for (const file of files) {
    if (!file.outputs.some((output) => output.kind === 'package')) continue;
    const attribute = attributor(file);
    for (const output of file.outputs) {
      if (output.kind === 'package') yield { file, found: output.package, ...attribute(output.package) };
    }
  }
}

function locate({ file, found, introducedIn, lastChangedIn }: Found, distro: Distro | undefined): Package {
  const path = found.innerPath === undefined ? file.path : `${file.path}!/${found.innerPath}`;
  return {
    purl: packageUrl(found, distro),
    type: found.type,
    name: found.name,
    version: found.version,
    ...(found.source === undefined
      ? {}
      : { source: { name: found.source.name, version: found.source.version ?? found.version } }),
    ...(found.arch === undefined ? {} : { arch: found.arch }),
    ...(found.module === undefined ? {} : { module: found.module }),
    ...(found.vendor === undefined ? {} : { vendor: found.vendor }),
    locations: [{ path, layer: lastChangedIn }],
    introducedIn,
    lastChangedIn,
    licenses: [...(found.licenses ?? [])],
    confidence: found.confidence ?? 'high',
  };
}

/** The same package in several places is one package; it came with the lowest of their layers. */
function merge(merged: Map<string, Package>, next: Package): void {
  const key = `${next.purl}\0${next.ownedBy ?? ''}`;
  const known = merged.get(key);
  if (known === undefined) {
    merged.set(key, next);
    return;
  }
  known.locations.push(...next.locations);
  known.introducedIn = Math.min(known.introducedIn, next.introducedIn);
  known.lastChangedIn = Math.max(known.lastChangedIn, next.lastChangedIn);
}

function withOwnerPurl(item: Package, purls: ReadonlyMap<string, string>): Package {
  if (item.ownedBy === undefined) return item;
  const { ownedBy, ...rest } = item;
  return { ...rest, ownedBy: purls.get(ownedBy) ?? ownedBy };
}

function byPurl(a: Package, b: Package): number {
  return a.purl < b.purl ? -1 : a.purl > b.purl ? 1 : 0;
}
