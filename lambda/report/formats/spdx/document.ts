import { safeText } from '../../../shared/text.ts';
import { gapsOf, gapText, hiddenText } from '../../coverage-text.ts';
import { documentUuid, shortHash } from '../../identity.ts';
import { inOrder } from '../../order.ts';
import { outcome } from '../../outcome.ts';
import type { ImageReport } from '../../report.ts';
import { extractedLicenses } from './license.ts';
import type { SpdxDocument, SpdxPackage, SpdxRelationship } from './model.ts';
import { distroPackage, imagePackage, softwarePackage } from './package.ts';

const DOCUMENT_ID = 'SPDXRef-DOCUMENT';
const DESCRIBES_NOTHING: SpdxRelationship = {
  spdxElementId: DOCUMENT_ID,
  relationshipType: 'DESCRIBES',
  relatedSpdxElement: 'NONE',
};
/** SPDX dates have no fraction of a second: https://spdx.github.io/spdx-spec/v2.3/document-creation-information/#69-created-field */
const FRACTION = /\.\d+Z$/;
/** When a report does not say when it was made. */
const NO_DATE = '1970-01-01T00:00:00Z';

/** The document for some reports; it describes each image, which contains its packages. */
export function documentOf(reports: readonly ImageReport[]): SpdxDocument {
  const parts = reports.map(partOf);
  const [first] = reports;
  const licenses = extractedLicenses(
    reports.flatMap(({ packages }) => packages.flatMap((pkg) => pkg.licenses)),
  );
  const tool = first === undefined ? 'backline' : `${first.tool.name}-${first.tool.version}`;
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT_ID,
    name: first?.image.reference ?? first?.image.name ?? 'no image',
    documentNamespace: `urn:uuid:${documentUuid('spdx', reports)}`,
    creationInfo: { created: dateOf(first?.scannedAt), creators: [`Tool: ${tool}`] },
    comment: reports.flatMap(commentOf).join('\n'),
    documentDescribes: parts.map(({ image }) => image.SPDXID),
    packages: parts.flatMap(({ image, contents }) => [image, ...contents]),
    ...(licenses.length === 0 ? {} : { hasExtractedLicensingInfos: licenses }),
    relationships: parts.length === 0 ? [DESCRIBES_NOTHING] : parts.flatMap(relationshipsOf),
  };
}

type Part = {
  readonly image: SpdxPackage;
  readonly contents: readonly SpdxPackage[];
  readonly owned: readonly SpdxRelationship[];
};

/** What one report adds. Ids are hashes: names of an image may hold anything, ids only letters, digits, dot and dash. */
function partOf(report: ImageReport, index: number): Part {
  const scope = `${index} ${report.image.manifestDigest}`;
  const idOf = (purl: string): string => `SPDXRef-Package-${shortHash(scope, purl)}`;
  const findings = Map.groupBy(inOrder(report.findings), (finding) => finding.package);
  const packages = new Map(
    report.packages.map((pkg) => [
      pkg.purl,
      softwarePackage(pkg, findings.get(pkg.purl) ?? [], idOf(pkg.purl)),
    ]),
  );
  const distro = distroPackage(report, `SPDXRef-Distribution-${shortHash(scope)}`);
  const owned = report.packages.flatMap(({ purl, ownedBy }): SpdxRelationship[] =>
    ownedBy === undefined || !packages.has(ownedBy) || ownedBy === purl
      ? []
      : [contains(idOf(ownedBy), idOf(purl))],
  );
  return {
    image: imagePackage(report, `SPDXRef-Image-${shortHash(scope)}`),
    contents: [...(distro === undefined ? [] : [distro]), ...packages.values()],
    owned,
  };
}

function relationshipsOf({ image, contents, owned }: Part): SpdxRelationship[] {
  return [
    { spdxElementId: DOCUMENT_ID, relationshipType: 'DESCRIBES', relatedSpdxElement: image.SPDXID },
    ...contents.map(({ SPDXID }) => contains(image.SPDXID, SPDXID)),
    ...owned,
  ];
}

function contains(container: string, content: string): SpdxRelationship {
  return { spdxElementId: container, relationshipType: 'CONTAINS', relatedSpdxElement: content };
}

/** What was not covered, so that a bill without findings is not taken for a clean image. */
function commentOf(report: ImageReport): string[] {
  const hidden = hiddenText(report);
  return [
    `coverage of ${report.image.manifestDigest}: ${outcome(report)}`,
    ...gapsOf(report).map((gap) => safeText(gapText(gap))),
    ...(hidden === undefined ? [] : [hidden]),
  ];
}

function dateOf(iso: string | undefined): string {
  const date = new Date(iso ?? '');
  return Number.isNaN(date.getTime()) ? NO_DATE : date.toISOString().replace(FRACTION, 'Z');
}
