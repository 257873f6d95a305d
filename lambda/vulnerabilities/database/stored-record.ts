import type { Advisory, AdvisoryRange, AdvisorySeverity, AffectedPackage, RangeEvent } from '../advisory.ts';
import type { AdvisoryRecord, AffectedEntry } from '../record.ts';

/**
 * A record as a shard keeps it: its facts once, and per affected package a short text. Both are JSON with one spelling
 * for one content, so that equal records are equal texts and a shard's bytes follow from its records.
 */
export type StoredRecord = {
  /** Unique in the shard: the record's id, for Amazon Linux with its repository before it. */
  readonly key: string;
  readonly facts: string;
  readonly entries: readonly StoredEntry[];
};

export type StoredEntry = {
  readonly ecosystem: string;
  readonly name: string;
  /** Ranges and, after a comma, further details: two elements of a JSON array without its brackets. */
  readonly body: string;
};

export type RecordFacts = Omit<Advisory, 'affected'>;

/** `E` or `S` for the range's type, then its events: kind in the first letter, version after it. */
type RangeCode = readonly string[];
/** Rare details under one letter each: absent means what it means in `AffectedPackage`. */
type DetailCode = {
  readonly v?: readonly string[];
  readonly m?: string;
  readonly a?: string;
  readonly s?: string;
  readonly k?: string;
  readonly c?: readonly RangeCode[];
  readonly i?: AffectedPackage['imports'];
  readonly r?: string;
  readonly w?: readonly AdvisorySeverity[];
};
/** Row number of the record in the shard, ranges, details. */
export type EntryCode = readonly [record: number, ranges: readonly RangeCode[], details?: DetailCode];

export function storeRecord(record: AdvisoryRecord, key: string): StoredRecord {
  const shared = sharedSeverities(record.affected);
  const severities = shared === undefined ? record.severities : [...shared, ...record.severities];
  return {
    key,
    facts: encodeFacts({ ...record, severities: uniqueSeverities(severities) }),
    entries: record.affected.map((entry) => ({
      ecosystem: entry.package.ecosystem,
      name: entry.package.name,
      body: encodeBody(entry.package, shared === undefined ? entry.severities : []),
    })),
  };
}

function encodeFacts(record: RecordFacts): string {
  const { id, aliases, upstream, related, published, modified, summary, severities, cwes, source } = record;
  return JSON.stringify({
    id,
    ...(aliases.length > 0 && { aliases }),
    ...(upstream.length > 0 && { upstream }),
    ...(related.length > 0 && { related }),
    ...(published !== undefined && { published }),
    modified,
    ...(summary !== undefined && { summary }),
    ...(severities.length > 0 && { severities }),
    ...(cwes.length > 0 && { cwes }),
    source,
  });
}

export function decodeFacts(text: string): RecordFacts {
  const facts = JSON.parse(text) as Partial<RecordFacts> & Pick<RecordFacts, 'id' | 'modified' | 'source'>;
  return {
    ...facts,
    aliases: facts.aliases ?? [],
    upstream: facts.upstream ?? [],
    related: facts.related ?? [],
    severities: facts.severities ?? [],
    cwes: facts.cwes ?? [],
  };
}

function encodeBody(found: AffectedPackage, severities: readonly AdvisorySeverity[]): string {
  const { versions, module, arch, state, lastKnownAffected, customRanges, imports, repository } = found;
  const details: DetailCode = {
    ...(versions.length > 0 && { v: versions }),
    ...(module !== undefined && { m: module }),
    ...(arch !== undefined && { a: arch }),
    ...(state !== undefined && { s: state }),
    ...(lastKnownAffected !== undefined && { k: lastKnownAffected }),
    ...(customRanges !== undefined && { c: customRanges.map(encodeRange) }),
    ...(imports !== undefined && { i: imports }),
    ...(repository !== undefined && { r: repository }),
    ...(severities.length > 0 && { w: severities }),
  };
  const ranges = JSON.stringify(found.ranges.map(encodeRange));
  return Object.keys(details).length === 0 ? ranges : `${ranges},${JSON.stringify(details)}`;
}

/** What nearly every entry has is shared: a scan decodes thousands. */
const NONE: readonly never[] = [];
const BEGINNING: RangeEvent = { introduced: '0' };

/** The package an entry speaks of, and the severities that hold for it alone. */
export function decodeEntry(ecosystem: string, name: string, code: EntryCode): AffectedEntry {
  const [, ranges, details] = code;
  if (details === undefined) {
    return {
      package: { ecosystem, name, ranges: ranges.map(decodeRange), versions: NONE },
      severities: NONE,
    };
  }
  return {
    package: {
      ecosystem,
      name,
      ranges: ranges.map(decodeRange),
      versions: details.v ?? NONE,
      ...(details.m !== undefined && { module: details.m }),
      ...(details.a !== undefined && { arch: details.a }),
      ...(details.s !== undefined && { state: details.s }),
      ...(details.k !== undefined && { lastKnownAffected: details.k }),
      ...(details.c !== undefined && { customRanges: details.c.map(decodeRange) }),
      ...(details.i !== undefined && { imports: details.i }),
      ...(details.r !== undefined && { repository: details.r }),
    },
    severities: details.w ?? NONE,
  };
}

function encodeRange(range: AdvisoryRange): RangeCode {
  return [range.type === 'SEMVER' ? 'S' : 'E', ...range.events.map(encodeEvent)];
}

function encodeEvent(event: RangeEvent): string {
  if ('introduced' in event) return `i${event.introduced}`;
  if ('fixed' in event) return `f${event.fixed}`;
  if ('lastAffected' in event) return `a${event.lastAffected}`;
  return `l${event.limit}`;
}

function decodeRange(code: RangeCode): AdvisoryRange {
  return { type: code[0] === 'S' ? 'SEMVER' : 'ECOSYSTEM', events: code.slice(1).map(decodeEvent) };
}

function decodeEvent(code: string): RangeEvent {
  const version = code.slice(1);
  switch (code.charAt(0)) {
    case 'i':
      return version === '0' ? BEGINNING : { introduced: version };
    case 'f':
      return { fixed: version };
    case 'a':
      return { lastAffected: version };
    default:
      return { limit: version };
  }
}

/** What every package of the record shares (Ubuntu's priority): it is kept once, with the facts. */
function sharedSeverities(affected: readonly AffectedEntry[]): readonly AdvisorySeverity[] | undefined {
  const [first, ...rest] = affected;
  if (first === undefined) return undefined;
  const text = JSON.stringify(first.severities);
  return rest.every((entry) => JSON.stringify(entry.severities) === text) ? first.severities : undefined;
}

function uniqueSeverities(list: readonly AdvisorySeverity[]): readonly AdvisorySeverity[] {
  return list.filter(
    (item, at) => list.findIndex((other) => other.type === item.type && other.value === item.value) === at,
  );
}
