import type { AdvisoryRange, AffectedPackage, RangeEvent } from '../../advisory.ts';
import { azureLinuxBound, isAzureLinux } from './azure-linux.ts';
import { usefulCustomRanges } from './custom-ranges.ts';
import { isModular, streamsOf } from './module.ts';
import { ecosystemFamily, lookupEcosystem, lookupName } from './names.ts';
import type { OsvAffected } from './schema.ts';

const GO = 'Go';
/** https://github.com/microsoft/AzureLinuxVulnerabilityData : the package is not affected after all. */
const NOT_APPLICABLE = 'Not Applicable';
/**
 * SUSE's records are keyed by source and list the binary packages with their versions beside; what is installed are
 * those, often under other names and versions. (Ubuntu has a field of the same name, and is matched by source.)
 */
const KEYED_BY_BINARIES: ReadonlySet<string> = new Set(['SUSE', 'openSUSE']);
const MODULAR_FAMILIES: ReadonlySet<string> = new Set(['Red Hat', 'AlmaLinux', 'Rocky Linux']);

/** Whether the ranges of an affected package alone make this version affected. */
export type IsCovered = (
  affected: Pick<AffectedPackage, 'ranges' | 'lastKnownAffected' | 'customRanges'>,
  version: string,
) => boolean;
/** The order-aware test for an ecosystem; undefined when no order is known. */
export type CoverageFor = (ecosystem: string) => IsCovered | undefined;

/**
 * The packages one `affected` entry speaks of: none when it names only commits, several for SUSE (one per binary
 * package) and for modular rpm records that cover two streams.
 */
export function affectedPackages(
  affected: OsvAffected,
  summary: string | undefined,
  coverageFor: CoverageFor,
): readonly AffectedPackage[] {
  if (affected.package === undefined) return [];
  const ecosystem = lookupEcosystem(affected.package.ecosystem);
  const family = ecosystemFamily(ecosystem);
  const ranges = usableRanges(affected.ranges, ecosystem);
  const own = details(affected, ranges);
  const versions = uncovered(affected.versions ?? [], { ...own, ranges }, coverageFor(ecosystem));
  if (ranges.length === 0 && versions.length === 0) return [];
  const base = { ecosystem, name: lookupName(ecosystem, affected.package.name), ranges, versions, ...own };
  const binaries = KEYED_BY_BINARIES.has(family) ? binariesOf(affected) : [];
  if (binaries.length > 0) return binaries.map(([name, fixed]) => binaryPackage(base, name, fixed));
  const modular = MODULAR_FAMILIES.has(family) && fixedVersions(ranges).some(isModular);
  return modular ? streamsOf(summary).map((module) => modularPackage(base, module)) : [base];
}

function binariesOf(affected: OsvAffected): readonly (readonly [name: string, fixed: string])[] {
  return affected.ecosystem_specific?.binaries?.flatMap((group) => Object.entries(group)) ?? [];
}

function binaryPackage(source: AffectedPackage, name: string, fixed: string): AffectedPackage {
  return { ...source, name, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }] };
}

function modularPackage(source: AffectedPackage, module: string): AffectedPackage {
  return { ...source, module };
}

/**
 * The listed versions that no range covers. Records of Alpine, Debian and most language ecosystems enumerate every version
 * their range covers; a version is affected when listed *or* in a range, so that those need not be kept.
 * https://ossf.github.io/osv-schema/#evaluation
 */
function uncovered(
  versions: readonly string[],
  affected: Parameters<IsCovered>[0],
  isCovered: IsCovered | undefined,
): readonly string[] {
  if (isCovered === undefined || affected.ranges.length === 0) return versions;
  return versions.filter((version) => !isCovered(affected, version));
}

type Details = Pick<AffectedPackage, 'state' | 'lastKnownAffected' | 'customRanges' | 'imports'>;

function details(affected: OsvAffected, ranges: readonly AdvisoryRange[]): Details {
  const state = stateOf(affected, ranges);
  const lastKnown = affected.database_specific?.last_known_affected_version_range;
  const imports = affected.ecosystem_specific?.imports?.map(({ path, symbols }) => ({
    path,
    ...(symbols && symbols.length > 0 && { symbols }),
  }));
  const customRanges = usefulCustomRanges(
    usableRanges(affected.ecosystem_specific?.custom_ranges, GO),
    ranges,
  );
  return {
    ...(state !== undefined && { state }),
    ...(lastKnown !== undefined && { lastKnownAffected: lastKnown }),
    ...(customRanges.length > 0 && { customRanges }),
    ...(imports !== undefined && imports.length > 0 && { imports }),
  };
}

/**
 * Ubuntu's status but for `released`, which the fixed version says already; Debian's `unimportant` and `end-of-life`;
 * RustSec's informational kinds; Azure Linux's `Not Applicable` where no fix contradicts it. Ubuntu writes the end of support as a note on `ignored`: `end of kernel support`.
 */
function stateOf(affected: OsvAffected, ranges: readonly AdvisoryRange[]): string | undefined {
  const { status, status_note: note, urgency } = affected.ecosystem_specific ?? {};
  if (status === 'ignored' && note?.startsWith('end of ') === true) return 'end-of-life';
  if (status !== undefined && status !== 'released') return status;
  if (urgency === 'unimportant' || urgency === 'end-of-life') return urgency;
  const { patchable, informational } = affected.database_specific ?? {};
  return patchable === NOT_APPLICABLE && fixedVersions(ranges).length === 0 ? patchable : informational;
}

function usableRanges(ranges: OsvAffected['ranges'], ecosystem: string): readonly AdvisoryRange[] {
  const bound = isAzureLinux(ecosystem) ? azureLinuxBound : asWritten;
  return (ranges ?? []).flatMap(({ type, events }): AdvisoryRange[] => {
    if (type !== 'SEMVER' && type !== 'ECOSYSTEM') return [];
    const kept = events.flatMap((event) => rangeEvents(event, bound));
    return kept.length === 0 ? [] : [{ type, events: kept }];
  });
}

function asWritten(bound: string): string {
  return bound;
}

type OsvEvent = NonNullable<OsvAffected['ranges']>[number]['events'][number];

/** `bound` gives a version as it is meant, undefined when it is none: then nothing is said. */
function rangeEvents(event: OsvEvent, bound: (version: string) => string | undefined): RangeEvent[] {
  const read = (version: string | undefined): string | undefined =>
    version === undefined ? undefined : bound(version);
  const [introduced, fixed] = [read(event.introduced), read(event.fixed)];
  const [lastAffected, limit] = [read(event.last_affected), event.limit];
  return [
    ...(introduced === undefined ? [] : [{ introduced }]),
    ...(fixed === undefined ? [] : [{ fixed }]),
    ...(lastAffected === undefined ? [] : [{ lastAffected }]),
    ...(limit === undefined ? [] : [{ limit }]),
  ];
}

function fixedVersions(ranges: readonly AdvisoryRange[]): readonly string[] {
  return ranges.flatMap((range) => range.events.flatMap((event) => ('fixed' in event ? [event.fixed] : [])));
}
