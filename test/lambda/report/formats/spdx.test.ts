import { describe, expect, it } from '@jest/globals';
import { spdx } from '../../../../lambda/report/formats/spdx/index.ts';
import { applyFilters, type ImageReport } from '../../../../lambda/report/index.ts';
import { hostileReport, largeReport } from '../../../support/hostile-report.ts';
import { cleanReport, fullReport, samplePackage } from '../../../support/sample-report.ts';
import { spdxErrors } from '../../../support/spdx-schema.ts';

type SpdxPackage = Readonly<Record<string, unknown>> & { readonly name: string; readonly SPDXID: string };
type SpdxDocument = {
  readonly documentNamespace: string;
  readonly comment: string;
  readonly documentDescribes: readonly string[];
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly Readonly<Record<string, string>>[];
  readonly hasExtractedLicensingInfos?: readonly {
    readonly licenseId: string;
    readonly extractedText: string;
  }[];
};

function documentOf(...reports: readonly ImageReport[]): SpdxDocument {
  return JSON.parse(spdx.render(reports)) as SpdxDocument;
}

function named(document: SpdxDocument, name: string): SpdxPackage | undefined {
  return document.packages.find((one) => one.name === name);
}

describe('report/formats/spdx', () => {
  it.each([
    ['a full report', [fullReport()]],
    ['a clean report', [cleanReport()]],
    ['a filtered report', [applyFilters(fullReport(), { severities: [] })]],
    ['two platforms with the same packages', [fullReport(), fullReport()]],
    ['hostile text', [hostileReport()]],
    ['many findings', [largeReport(500)]],
    ['no report', []],
  ])('is a document as the specification has it: %s', (_, reports) => {
    expect(spdxErrors(JSON.parse(spdx.render(reports)))).toEqual([]);
  });

  it('describes the image, which contains the packages', () => {
    const document = documentOf(fullReport());
    const image = named(document, 'registry.example.com:5000/team/app:1.4');

    expect(document.documentDescribes).toEqual([image?.SPDXID]);
    expect(image).toMatchObject({
      versionInfo: fullReport().image.manifestDigest,
      primaryPackagePurpose: 'CONTAINER',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'a1'.repeat(32) }],
    });
    const contained = document.relationships.filter((one) => one['spdxElementId'] === image?.SPDXID);
    expect(contained.map((one) => one['relatedSpdxElement'])).toEqual(
      document.packages.filter((one) => one !== image).map(({ SPDXID }) => SPDXID),
    );
  });

  it('says which OS package a library belongs to', () => {
    const document = documentOf(fullReport());

    expect(document.relationships).toContainEqual({
      spdxElementId: named(document, 'openssl')?.SPDXID,
      relationshipType: 'CONTAINS',
      relatedSpdxElement: named(document, 'org.apache.logging.log4j:log4j-core')?.SPDXID,
    });
  });

  it.each([
    [['MIT'], 'MIT'],
    [['MIT', 'MIT'], 'MIT'],
    [['MIT OR ISC', 'Zlib'], '(MIT OR ISC) AND Zlib'],
    [[], 'NOASSERTION'],
    [[' '], 'NOASSERTION'],
  ])('declares %j as %s', (licenses, expression) => {
    const document = documentOf(cleanReport({ packages: [samplePackage({ licenses })] }));

    expect(named(document, 'openssl')?.['licenseDeclared']).toBe(expression);
    expect(document.hasExtractedLicensingInfos).toBeUndefined();
  });

  it('declares other licences by a reference to what was found', () => {
    const document = documentOf(cleanReport({ packages: [samplePackage({ licenses: ['GPLv2+', 'MIT'] })] }));
    const [extracted] = document.hasExtractedLicensingInfos ?? [];

    expect(extracted?.extractedText).toBe('GPLv2+');
    expect(named(document, 'openssl')?.['licenseDeclared']).toBe(`${extracted?.licenseId} AND MIT`);
  });

  it('refers to the purl and to the advisory of each finding', () => {
    expect(named(documentOf(fullReport()), 'openssl')).toMatchObject({
      supplier: 'Organization: Debian OpenSSL Team',
      sourceInfo: 'read from var/lib/dpkg/status (layer 0)',
      externalRefs: [
        { referenceType: 'purl', referenceLocator: samplePackage().purl },
        {
          referenceCategory: 'SECURITY',
          referenceLocator: 'https://nvd.nist.gov/vuln/detail/CVE-2024-0727',
          comment: 'CVE-2024-0727: medium, fixed, mended in 3.0.13-1~deb12u1',
        },
        { referenceLocator: 'https://nvd.nist.gov/vuln/detail/CVE-2023-0001' },
      ],
    });
  });

  it('has one namespace for one scan', () => {
    const again = { ...fullReport(), scannedAt: '2026-11-24T10:00:00Z' };

    expect(documentOf(fullReport()).documentNamespace).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(documentOf(again).documentNamespace).not.toBe(documentOf(fullReport()).documentNamespace);
  });
});
