import type { Location, Result } from 'sarif';
import type { Package } from '../../../packages/index.ts';
import { safeText } from '../../../shared/text.ts';
import type { Finding, SeverityLevel } from '../../../vulnerabilities/index.ts';
import { shortHash } from '../../identity.ts';
import { layerAt } from '../../layers.ts';
import { effectiveLevel } from '../../order.ts';
import type { ImageReport } from '../../report.ts';
import { packagesByPurl } from '../../target.ts';

/** A severity that nobody has rated yet may be a grave one. */
const LEVELS: Readonly<Record<SeverityLevel, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'note',
  unknown: 'warning',
};

/** How many places of one package are listed. */
const MAX_LOCATIONS = 10;

/** One result for each finding, in their order; `ruleIndices` says where the run keeps the rule of an id. */
export function resultsOf(
  report: ImageReport,
  findings: readonly Finding[],
  ruleIndices: ReadonlyMap<string, number>,
): Result[] {
  const packages = packagesByPurl(report);
  const fingerprint = fingerprints();
  return findings.map((finding) => {
    const pkg = packages.get(finding.package);
    const print = fingerprint(finding, pkg);
    return {
      ruleId: finding.id,
      ruleIndex: ruleIndices.get(finding.id) ?? -1,
      level: LEVELS[effectiveLevel(finding)],
      message: { text: safeText(messageOf(finding)) },
      locations: locationsOf(finding, pkg),
      // The first name is the one that code scanning pages compare.
      partialFingerprints: { primaryLocationLineHash: `${print}:1`, 'backlineFinding/v1': print },
      ...(finding.suppressedBy === undefined
        ? {}
        : { suppressions: [{ kind: 'external', justification: safeText(finding.suppressedBy) }] }),
      properties: propertiesOf(finding, report),
    };
  });
}

function messageOf({ id, class: kind, packageName, installedVersion, minimalFix, status }: Finding): string {
  const version = installedVersion === '' ? '' : ` ${installedVersion}`;
  if (kind === 'malware') return `${packageName}${version} is malware (${id})`;
  const fix = minimalFix === undefined ? `no version mends it (${status})` : `mended in ${minimalFix}`;
  return `${packageName}${version} is affected by ${id}: ${fix}`;
}

function locationsOf(finding: Finding, pkg: Package | undefined): Location[] {
  const logicalLocations = [
    {
      name: safeText(finding.packageName),
      fullyQualifiedName: safeText(finding.package),
      kind: 'module',
    },
  ];
  const paths = pkg?.locations.slice(0, MAX_LOCATIONS) ?? [];
  if (paths.length === 0) return [{ logicalLocations }];
  return paths.map(({ path }) => ({
    physicalLocation: {
      artifactLocation: { uri: relativeUri(path), uriBaseId: 'IMAGE' },
      // Packages have no line; pages refuse results without one.
      region: { startLine: 1 },
    },
    logicalLocations,
  }));
}

/** A path as a relative URI reference that stays below its base: RFC 3986, section 4.2. */
function relativeUri(path: string): string {
  const segments = path.toWellFormed().split('/');
  return segments.map((segment) => (/^\.{1,2}$/.test(segment) ? '_' : encodeURIComponent(segment))).join('/');
}

/**
 * Names a finding across scans: the vulnerability, the package without its version, and where it lies. What would be the
 * same (two versions in one file) is numbered in order.
 */
function fingerprints(): (finding: Finding, pkg: Package | undefined) => string {
  const seen = new Map<string, number>();
  return (finding, pkg) => {
    const key = [finding.id, pkg?.type ?? '', finding.packageName, pkg?.locations[0]?.path ?? ''];
    const text = key.join('\0');
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    return shortHash(...key, ...(count === 0 ? [] : [String(count)]));
  };
}

function propertiesOf(finding: Finding, report: ImageReport): Record<string, unknown> {
  const { severity, status, fixedVersions, kev, epss, layer } = finding;
  return {
    purl: finding.package,
    installedVersion: finding.installedVersion,
    fixedVersions,
    status,
    severity: severity.level,
    ...(kev === undefined ? {} : { kev: true }),
    ...(epss === undefined ? {} : { epss: epss.score }),
    layer: { index: layer, digest: layerAt(report, layer)?.digest },
  };
}
