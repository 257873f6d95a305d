import type { AffectedPackage } from '../../advisory.ts';
import type { AdvisoryRecord } from '../../record.ts';

/** One `<update>` as it is read. */
export type Update = {
  id: string;
  title: string;
  severity: string;
  /** `2018-01-11 21:05:00`, in newer advisories without seconds. UTC. */
  issued: string;
  updated: string;
  readonly cves: Set<string>;
  readonly packages: RpmBuild[];
};
export type RpmBuild = {
  readonly name: string;
  readonly arch: string;
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
};

const DATE = /^(?<day>\d{4}-\d\d-\d\d)(?:[ T](?<time>\d\d:\d\d)(?<seconds>:\d\d)?)?/;

/**
 * The record of an update; undefined when it has no id or fixes no package. Binary names; one entry per name and fixed
 * version, `arch` the architectures it was built for, sorted and joined by commas.
 */
export function recordOf(
  update: Update,
  repository: { readonly release: string; readonly name: string },
): AdvisoryRecord | undefined {
  const affected = affectedPackages(update, repository);
  if (update.id === '' || affected.length === 0) return undefined;
  const published = isoDate(update.issued);
  return {
    id: update.id,
    aliases: [],
    upstream: [...update.cves].sort(),
    related: [],
    ...(published !== undefined && { published }),
    modified: isoDate(update.updated) ?? published ?? '1970-01-01T00:00:00Z',
    ...(update.title !== '' && { summary: update.title }),
    severities: update.severity === '' ? [] : [{ type: 'vendor', value: update.severity }],
    cwes: [],
    source: `amazon:${repository.release}/${repository.name}`,
    affected: affected.map((found) => ({ package: found, severities: [] })),
  };
}

function affectedPackages(
  update: Update,
  repository: { readonly release: string; readonly name: string },
): readonly AffectedPackage[] {
  const builds = new Map<string, { name: string; fixed: string; arches: Set<string> }>();
  for (const { name, arch, epoch, version, release } of update.packages) {
    if (name === '' || version === '') continue;
    const fixed = `${epoch}:${version}${release === '' ? '' : `-${release}`}`;
    const key = `${name} ${fixed}`;
    let build = builds.get(key);
    if (build === undefined) builds.set(key, (build = { name, fixed, arches: new Set() }));
    if (arch !== '') build.arches.add(arch);
  }
  return [...builds.values()].map((build) => packageOf(build, repository));
}

function packageOf(
  {
    name,
    fixed,
    arches,
  }: { readonly name: string; readonly fixed: string; readonly arches: ReadonlySet<string> },
  repository: { readonly release: string; readonly name: string },
): AffectedPackage {
  return {
    ecosystem: `Amazon Linux:${repository.release}`,
    name,
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    versions: [],
    ...(arches.size > 0 && { arch: [...arches].sort().join(',') }),
    repository: repository.name,
  };
}

function isoDate(text: string): string | undefined {
  const { day, time, seconds } = DATE.exec(text)?.groups ?? {};
  return day === undefined ? undefined : `${day}T${time ?? '00:00'}${seconds ?? ':00'}Z`;
}
