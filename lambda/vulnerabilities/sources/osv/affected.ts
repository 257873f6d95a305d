import type { AdvisoryRange, AffectedPackage, RangeEvent } from '../../advisory.ts';
import { usefulCustomRanges } from './custom-ranges.ts';
import { isModular, streamsOf } from './module.ts';
import { ecosystemFamily, lookupEcosystem, lookupName } from './names.ts';
import type { OsvAffected } from './schema.ts';

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
  const ranges = usableRanges(affected.ranges);
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
  const state = stateOf(affected);
  const lastKnown = affected.database_specific?.last_known_affected_version_range;
  const imports = affected.ecosystem_specific?.imports?.map(({ path, symbols }) => ({
    path,
    ...(symbols && symbols.length > 0 && { symbols }),
  }));
  const customRanges = usefulCustomRanges(usableRanges(affected.ecosystem_specific?.custom_ranges), ranges);
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
function stateOf(affected: OsvAffected): string | undefined {
  const { status, status_note: note, urgency } = affected.ecosystem_specific ?? {};
  if (status === 'ignored' && note?.startsWith('end of ') === true) return 'end-of-life';
  if (status !== undefined && status !== 'released') return status;
  if (urgency === 'unimportant' || urgency === 'end-of-life') return urgency;
  const { patchable, informational } = affected.database_specific ?? {};
  return patchable === NOT_APPLICABLE && fixedVersions(usableRanges(affected.ranges)).length === 0
    ? patchable
    : informational;
}

function usableRanges(ranges: OsvAffected['ranges']): readonly AdvisoryRange[] {
  return (ranges ?? []).flatMap(({ type, events }): AdvisoryRange[] => {
    if (type !== 'SEMVER' && type !== 'ECOSYSTEM') return [];
    const kept = events.flatMap(rangeEvents);
    return kept.length === 0 ? [] : [{ type, events: kept }];
  });
}

type OsvEvent = NonNullable<OsvAffected['ranges']>[number]['events'][number];

function rangeEvents(event: OsvEvent): RangeEvent[] {
  const found: RangeEvent[] = [];
  if (event.introduced !== undefined) found.push({ introduced: event.introduced });
  if (event.fixed !== undefined) found.push({ fixed: event.fixed });
  if (event.last_affected !== undefined) found.push({ lastAffected: event.last_affected });
  if (event.limit !== undefined) found.push({ limit: event.limit });
  return found;
}

function fixedVersions(ranges: readonly AdvisoryRange[]): readonly string[] {
  return ranges.flatMap((range) => range.events.flatMap((event) => ('fixed' in event ? [event.fixed] : [])));
}
