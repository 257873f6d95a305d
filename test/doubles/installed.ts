import type { Distro, Package, PackageType } from '../../lambda/packages/index.ts';

/** An installed package with what a test says of it. */
export function installed(
  type: PackageType,
  name: string,
  version: string,
  facts: Partial<Package> = {},
): Package {
  return {
    purl: `pkg:${type}/${name}@${version}`,
    type,
    name,
    version,
    locations: [],
    introducedIn: 0,
    lastChangedIn: 0,
    licenses: [],
    confidence: 'high',
    ...facts,
  };
}

/** A distribution as os-release tells it: `distro('debian', '12')`. */
export function distro(id: string, version: string, facts: Partial<Distro> = {}): Distro {
  return { id, version, prettyName: `${id} ${version}`, idLike: [], repositories: [], ...facts };
}
