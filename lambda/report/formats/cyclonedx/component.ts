import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import type { Distro } from '../../../packages/index.ts';
import { OS_PACKAGE_TYPES, type Package } from '../../../packages/index.ts';
import { imagePurl, platformText } from '../../image-name.ts';
import { layerAt } from '../../layers.ts';
import { classifyLicenses } from '../../license.ts';
import type { ImageReport } from '../../report.ts';
import { properties } from './properties.ts';

/** The schema allows no more; the purl has all of it. Characters. */
const MAX_VERSION_LENGTH = 1024;

/** The image itself; its version is its digest. */
export function imageComponent(report: ImageReport, bomRef: string): Models.Component {
  const { image } = report;
  const purl = imagePurl(image);
  return new Models.Component(Enums.ComponentType.Container, image.reference ?? image.name, {
    bomRef,
    version: image.manifestDigest,
    ...(purl === undefined ? {} : { purl }),
    properties: properties([
      ['image:platform', platformText(image)],
      ['image:mediaType', image.mediaType],
      ['image:configDigest', image.configDigest],
      ['image:created', image.created],
      ...report.layers.map((layer) => ['image:layer', layer.digest] as const),
    ]),
  });
}

/** The distribution, by its os-release id. */
export function distroComponent(distro: Distro, bomRef: string): Models.Component {
  return new Models.Component(Enums.ComponentType.OperatingSystem, distro.id, {
    bomRef,
    version: distro.version.slice(0, MAX_VERSION_LENGTH),
    description: distro.prettyName,
  });
}

/** One installed package, with where it was found. */
export function packageComponent(pkg: Package, report: ImageReport, bomRef: string): Models.Component {
  const { group, name } = splitName(pkg);
  const layer = layerAt(report, pkg.introducedIn);
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef,
    ...(group === undefined ? {} : { group }),
    version: pkg.version.slice(0, MAX_VERSION_LENGTH),
    purl: pkg.purl,
    licenses: licensesOf(pkg),
    ...(pkg.vendor === undefined ? {} : { supplier: new Models.OrganizationalEntity({ name: pkg.vendor }) }),
    properties: properties([
      ['layer:index', pkg.introducedIn],
      ['layer:digest', layer?.digest],
      ['layer:diffId', layer?.diffId],
      ['layer:lastChangedIndex', pkg.lastChangedIn],
      ...pkg.locations.map(({ path }) => ['location', path] as const),
      ['source:name', pkg.source?.name],
      ['source:version', pkg.source?.version],
      ['module', pkg.module],
      ['ownedBy', pkg.ownedBy],
      ['confidence', pkg.confidence],
    ]),
  });
}

/** CycloneDX keeps a namespace apart: the scope of npm, the group of Maven, the vendor of Composer. */
function splitName({ type, name }: Package): { readonly group?: string; readonly name: string } {
  const separator = type === 'maven' ? ':' : '/';
  if (OS_PACKAGE_TYPES.has(type) || type === 'golang') return { name };
  const end = name.indexOf(separator);
  return end < 1 || end === name.length - 1
    ? { name }
    : { group: name.slice(0, end), name: name.slice(end + 1) };
}

/** Either one expression alone or any number of licences: the schema knows no mixture, so expressions become names in one. */
function licensesOf({ licenses }: Package): Models.LicenseRepository {
  const found = classifyLicenses(licenses);
  const repository = new Models.LicenseRepository();
  for (const { kind, text } of found) {
    if (kind === 'id') repository.add(new Models.SpdxLicense(text));
    else if (kind === 'expression' && found.length === 1) repository.add(new Models.LicenseExpression(text));
    else repository.add(new Models.NamedLicense(text));
  }
  return repository;
}
