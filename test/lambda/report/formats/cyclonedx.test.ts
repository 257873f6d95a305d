import { Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from '@jest/globals';
import { cyclonedx } from '../../../../lambda/report/formats/cyclonedx/index.ts';
import { applyFilters, type ImageReport } from '../../../../lambda/report/index.ts';
import { hostileReport, largeReport } from '../../../support/hostile-report.ts';
import { cleanReport, fullReport, samplePackage } from '../../../support/sample-report.ts';

type Component = {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly group?: string;
  readonly purl?: string;
  readonly version?: string;
  readonly licenses?: readonly unknown[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly components?: readonly Component[];
};
type Bom = {
  readonly serialNumber: string;
  readonly metadata: {
    readonly component?: Component;
    readonly properties: { name: string; value: string }[];
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly vulnerabilities: readonly Record<string, unknown>[];
};

const validator = new Validation.JsonStrictValidator('1.6' as never);
const arm64: ImageReport = {
  ...fullReport(),
  image: {
    ...fullReport().image,
    manifestDigest: `sha256:${'b2'.repeat(32)}`,
    platform: { os: 'linux', architecture: 'arm64' },
  },
};

function bomOf(...reports: readonly ImageReport[]): Bom {
  return JSON.parse(cyclonedx.render(reports)) as Bom;
}

function vulnerability(bom: Bom, id: string): Record<string, unknown> | undefined {
  return bom.vulnerabilities.find((one) => one['id'] === id);
}

describe('report/formats/cyclonedx', () => {
  it.each([
    ['a full report', [fullReport()]],
    ['a clean report', [cleanReport()]],
    ['a filtered report', [applyFilters(fullReport(), { severities: [] })]],
    ['two platforms', [fullReport(), arm64]],
    ['the same image twice', [fullReport(), fullReport()]],
    ['hostile text', [hostileReport()]],
    ['many findings', [largeReport(500)]],
    ['no report', []],
  ])('is valid by the schema of 1.6: %s', async (_, reports) => {
    expect(await validator.validate(cyclonedx.render(reports))).toBeNull();
  });

  it('makes the image the subject, with its digest for a version, and its packages what it depends on', () => {
    const bom = bomOf(fullReport());
    const { component } = bom.metadata;

    expect(component).toMatchObject({
      type: 'container',
      name: 'registry.example.com:5000/team/app:1.4',
      version: fullReport().image.manifestDigest,
    });
    expect(bom.dependencies.find(({ ref }) => ref === component?.['bom-ref'])?.dependsOn).toEqual(
      bom.components.map((one) => one['bom-ref']),
    );
    expect(bom.components.map(({ name }) => name)).toEqual([
      'debian',
      'openssl',
      'express',
      'evil-pkg',
      'log4j-core',
    ]);
  });

  it('says of each package its purl, its licences in the words of SPDX, and its layer', () => {
    const [, openssl, express, , log4j] = bomOf(fullReport()).components;

    expect(express).toMatchObject({
      group: '@scope',
      name: 'express',
      version: '4.17.1',
      purl: 'pkg:npm/%40scope/express@4.17.1',
      licenses: [{ license: { id: 'MIT' } }, { license: { name: 'see LICENSE.md' } }],
    });
    expect(log4j).toMatchObject({
      group: 'org.apache.logging.log4j',
      licenses: [{ expression: 'Apache-2.0 OR MIT' }],
    });
    expect(openssl?.properties).toContainEqual({
      name: 'backline:layer:digest',
      value: fullReport().layers[0]?.digest,
    });
  });

  it('keeps every licence where expressions and others stand together', () => {
    const pkg = samplePackage({ licenses: ['MIT OR ISC', 'Zlib', 'home-made'] });
    const [, component] = bomOf(cleanReport({ packages: [pkg] })).components;

    expect(component?.licenses).toEqual([
      { license: { name: 'MIT OR ISC' } },
      { license: { id: 'Zlib' } },
      { license: { name: 'home-made' } },
    ]);
  });

  it('rates and references vulnerabilities, and says what they affect and what mends them', () => {
    expect(vulnerability(bomOf(fullReport()), 'CVE-2021-44228')).toMatchObject({
      references: [{ id: 'GHSA-jfh8-c2jp-5v3q' }],
      ratings: [
        { source: { name: 'osv:Maven' }, score: 10, severity: 'critical', method: 'CVSSv31' },
        { score: 9.3, severity: 'critical', method: 'CVSSv4' },
      ],
      cwes: [20, 917],
      analysis: { response: ['update'] },
      affects: [
        {
          ref: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
          versions: [
            { version: '2.12.2', status: 'unaffected' },
            { version: '2.15.0', status: 'unaffected' },
            { version: '2.14.1', status: 'affected' },
          ],
        },
      ],
    });
  });

  it('says why a suppressed finding does not count, and that a vendor will not fix', () => {
    const bom = bomOf(fullReport());

    expect(vulnerability(bom, 'GHSA-2222-3333-4444')).toMatchObject({
      analysis: { state: 'not_affected', detail: 'vouched for by deb/express' },
      affects: [{ versions: [{ status: 'unaffected' }, { version: '4.17.1', status: 'unaffected' }] }],
    });
    expect(vulnerability(bom, 'CVE-2023-0001')).toMatchObject({ analysis: { response: ['will_not_fix'] } });
  });

  it('writes one vulnerability for all packages it affects', () => {
    const packages = ['libssl3', 'openssl'].map((name) => samplePackage({ name }));
    const [finding] = fullReport().findings;
    const findings = packages.flatMap((pkg) =>
      finding === undefined ? [] : [{ ...finding, package: pkg.purl }],
    );

    const bom = bomOf(cleanReport({ packages, findings }));

    expect(bom.vulnerabilities).toHaveLength(1);
    expect(bom.vulnerabilities[0]?.['affects']).toHaveLength(2);
  });

  it('keeps several platforms apart, each with its own packages', () => {
    const bom = bomOf(fullReport(), arm64);
    const [first, second] = bom.components;

    expect(bom.metadata.component).toBeUndefined();
    expect([first?.version, second?.version]).toEqual([
      fullReport().image.manifestDigest,
      arm64.image.manifestDigest,
    ]);
    expect(second?.components?.map(({ purl }) => purl)).toEqual(first?.components?.map(({ purl }) => purl));
    const refs = bom.components
      .flatMap((image) => [image, ...(image.components ?? [])])
      .map((one) => one['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
  });

  it('names another document for another scan', () => {
    const again = { ...fullReport(), scannedAt: '2026-11-24T10:00:00Z' };

    expect(bomOf(again).serialNumber).not.toBe(bomOf(fullReport()).serialNumber);
  });
});
