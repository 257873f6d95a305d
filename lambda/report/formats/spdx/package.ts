import type { Package } from '../../../packages/index.ts';
import { safeText } from '../../../shared/text.ts';
import type { Finding } from '../../../vulnerabilities/index.ts';
import { imagePurl } from '../../image-name.ts';
import { findingUrl } from '../../links.ts';
import type { ImageReport } from '../../report.ts';
import { declaredLicense } from './license.ts';
import type { ExternalRef, SpdxPackage } from './model.ts';

/** What Backline asserts of no package: it reads metadata, not licences or copyright notices in files. */
const UNASSERTED = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
} as const;

const DIGEST = /^(?<algorithm>sha256|sha512):(?<hex>[0-9a-f]+)$/;

/** The image itself. */
export function imagePackage({ image }: ImageReport, spdxId: string): SpdxPackage {
  const purl = imagePurl(image);
  const digest = DIGEST.exec(image.manifestDigest)?.groups;
  return {
    SPDXID: spdxId,
    name: image.reference ?? image.name,
    versionInfo: image.manifestDigest,
    ...UNASSERTED,
    primaryPackagePurpose: 'CONTAINER',
    ...(digest === undefined
      ? {}
      : {
          checksums: [
            {
              algorithm: digest['algorithm'] === 'sha512' ? 'SHA512' : 'SHA256',
              checksumValue: digest['hex'] ?? '',
            },
          ],
        }),
    licenseDeclared: 'NOASSERTION',
    ...(purl === undefined ? {} : { externalRefs: [purlRef(purl)] }),
  };
}

/** The distribution; undefined when there is none. */
export function distroPackage({ distro }: ImageReport, spdxId: string): SpdxPackage | undefined {
  if (distro === undefined) return undefined;
  return {
    SPDXID: spdxId,
    name: distro.id,
    ...(distro.version === '' ? {} : { versionInfo: distro.version }),
    ...UNASSERTED,
    primaryPackagePurpose: 'OPERATING_SYSTEM',
    licenseDeclared: 'NOASSERTION',
  };
}

/** One installed package with what was found in it. */
export function softwarePackage(pkg: Package, findings: readonly Finding[], spdxId: string): SpdxPackage {
  const supplier = supplierOf(pkg.vendor);
  const places = pkg.locations.map(({ path, layer }) => `${path} (layer ${layer})`);
  return {
    SPDXID: spdxId,
    name: pkg.name,
    ...(pkg.version === '' ? {} : { versionInfo: pkg.version }),
    ...(supplier === undefined ? {} : { supplier }),
    ...UNASSERTED,
    primaryPackagePurpose: 'LIBRARY',
    ...(places.length === 0 ? {} : { sourceInfo: safeText(`read from ${places.join(', ')}`) }),
    licenseDeclared: declaredLicense(pkg.licenses),
    externalRefs: [purlRef(pkg.purl), ...findings.map(securityRef)],
  };
}

function purlRef(purl: string): ExternalRef {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl };
}

function securityRef(finding: Finding): ExternalRef {
  const { id, severity, minimalFix, status, suppressedBy } = finding;
  const facts = [
    `${id}: ${severity.level}, ${status}`,
    ...(minimalFix === undefined ? [] : [`mended in ${minimalFix}`]),
    ...(suppressedBy === undefined ? [] : [`does not count: ${suppressedBy}`]),
  ];
  return {
    referenceCategory: 'SECURITY',
    referenceType: 'advisory',
    referenceLocator: findingUrl(finding),
    comment: safeText(facts.join(', ')),
  };
}

/** `Organization: name`, the form SPDX asks for, without the address that dpkg's Maintainer ends with; brackets would be one. */
function supplierOf(vendor: string | undefined): string | undefined {
  if (vendor === undefined) return undefined;
  const [named = ''] = vendor.split('<');
  const name = safeText(named.replaceAll(/[()]/g, '').trim());
  return name === '' ? undefined : `Organization: ${name}`;
}
