import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import { gapsOf, gapText, hiddenText } from '../../coverage-text.ts';
import { documentUuid } from '../../identity.ts';
import { inOrder } from '../../order.ts';
import { outcome } from '../../outcome.ts';
import type { ImageReport } from '../../report.ts';
import { distroComponent, imageComponent, packageComponent } from './component.ts';
import { type PropertyEntry, properties } from './properties.ts';
import { groupFindings, vulnerabilityOf } from './vulnerability.ts';

/**
 * The bill of materials of some reports. One image is the subject of its bill, its packages are the bill's components.
 * Several become components of a bill without a subject, each with its packages inside.
 */
export function bomOf(reports: readonly ImageReport[]): Models.Bom {
  const parts = reports.map((report, index) =>
    partOf(report, reports.length === 1 ? '' : `image-${index + 1}/`),
  );
  const [only] = parts;
  const single = parts.length === 1 ? only : undefined;
  for (const { image, components } of single === undefined ? parts : [])
    image.components = repository(components);
  return new Models.Bom({
    serialNumber: `urn:uuid:${documentUuid('cyclonedx', reports)}`,
    metadata: metadataOf(reports, single?.image),
    components: repository(single === undefined ? parts.map(({ image }) => image) : single.components),
    vulnerabilities: new Models.Vulnerability.VulnerabilityRepository(
      parts.flatMap(({ vulnerabilities }) => vulnerabilities),
    ),
  });
}

type Part = {
  readonly image: Models.Component;
  readonly components: readonly Models.Component[];
  readonly vulnerabilities: readonly Models.Vulnerability.Vulnerability[];
};

/** What one report adds; `prefix` keeps its references apart from those of other reports. */
function partOf(report: ImageReport, prefix: string): Part {
  const components = new Map(
    report.packages.map((pkg) => [pkg.purl, packageComponent(pkg, report, `${prefix}${pkg.purl}`)]),
  );
  const image = imageComponent(report, `${prefix}image`);
  const all = [
    ...(report.distro === undefined ? [] : [distroComponent(report.distro, `${prefix}distribution`)]),
    ...components.values(),
  ];
  for (const component of all) image.dependencies.add(component.bomRef);
  const vulnerabilities = groupFindings(inOrder(report.findings)).map((group, index) =>
    vulnerabilityOf(group, `${prefix}finding-${index + 1}`, (purl) => components.get(purl)?.bomRef),
  );
  return { image, components: all, vulnerabilities };
}

function metadataOf(reports: readonly ImageReport[], image: Models.Component | undefined): Models.Metadata {
  const [first] = reports;
  const timestamp = new Date(first?.scannedAt ?? '');
  return new Models.Metadata({
    ...(Number.isNaN(timestamp.getTime()) ? {} : { timestamp }),
    ...(image === undefined ? {} : { component: image }),
    lifecycles: new Models.LifecycleRepository([Enums.LifecyclePhase.PostBuild]),
    tools: new Models.Tools({
      components: repository(first === undefined ? [] : [toolComponent(first)]),
    }),
    properties: properties(reports.flatMap(coverageFacts)),
  });
}

function toolComponent({ tool }: ImageReport): Models.Component {
  return new Models.Component(Enums.ComponentType.Application, tool.name, { version: tool.version });
}

/** What was not covered, so that a bill without findings is not taken for a clean image. */
function coverageFacts(report: ImageReport): PropertyEntry[] {
  const { manifestDigest } = report.image;
  return [
    ['coverage:outcome', `${manifestDigest} ${outcome(report)}`],
    ...gapsOf(report).map((gap) => ['coverage:gap', `${manifestDigest} ${gapText(gap)}`] as const),
    ['hidden', hiddenText(report)],
    ['advisories:builtAt', report.advisories.builtAt],
  ];
}

function repository(components: readonly Models.Component[]): Models.ComponentRepository {
  return new Models.ComponentRepository(components);
}
