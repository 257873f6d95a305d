import type { Advisory, AffectedPackage, RangeEvent } from '../../lambda/vulnerabilities/advisory.ts';
import type { AdvisoryLookup, Exploitation } from '../../lambda/vulnerabilities/lookup.ts';

/** An advisory with what a test says of it; the rest is empty. `fixed` and `introduced` make the plain range. */
export type AdvisoryFacts = Partial<Omit<Advisory, 'affected'>> &
  Partial<Omit<AffectedPackage, 'ranges'>> & {
    readonly ranges?: AffectedPackage['ranges'];
    readonly events?: readonly RangeEvent[];
    readonly introduced?: string;
    /** Absent without `events`, `ranges` or `versions`: the range has no end. */
    readonly fixed?: string;
  };

export function advisory(facts: AdvisoryFacts): Advisory {
  const { ecosystem = 'npm', name = 'pkg', versions = [], fixed, introduced = '0' } = facts;
  const events = facts.events ?? [{ introduced }, ...(fixed === undefined ? [] : [{ fixed }])];
  const isListOnly = facts.versions !== undefined && facts.events === undefined && fixed === undefined;
  const plain = isListOnly ? [] : [{ type: 'ECOSYSTEM' as const, events }];
  return {
    id: 'CVE-2024-0001',
    aliases: [],
    upstream: [],
    related: [],
    modified: '2024-01-01T00:00:00Z',
    severities: [],
    cwes: [],
    source: `osv:${ecosystem.split(':')[0]}`,
    ...pick(facts, [
      'id',
      'aliases',
      'upstream',
      'related',
      'published',
      'modified',
      'summary',
      'severities',
      'cwes',
      'source',
    ]),
    affected: {
      ecosystem,
      name,
      versions,
      ranges: facts.ranges ?? plain,
      ...pick(facts, ['module', 'arch', 'state', 'lastKnownAffected', 'customRanges', 'repository']),
    },
  };
}

/** A lookup over a list, and how often it was asked. `ecosystems`: those that are known although nothing is in them. */
export function advisoryLookup(
  advisories: readonly Advisory[],
  options: {
    readonly ecosystems?: readonly string[];
    readonly exploitation?: Readonly<Record<string, Exploitation>>;
  } = {},
): AdvisoryLookup & { readonly questions: string[] } {
  const known = new Set([
    ...advisories.map(({ affected }) => affected.ecosystem),
    ...(options.ecosystems ?? []),
  ]);
  const questions: string[] = [];
  return {
    questions,
    ecosystems: () => [...known],
    advisories: (ecosystem, name) => {
      questions.push(`${ecosystem} ${name}`);
      if (!known.has(ecosystem)) return undefined;
      return advisories.filter(({ affected }) => affected.ecosystem === ecosystem && affected.name === name);
    },
    namesOf: (ecosystem, artifact) => [
      ...new Set(
        advisories
          .filter(
            ({ affected }) => affected.ecosystem === ecosystem && affected.name.endsWith(`:${artifact}`),
          )
          .map(({ affected }) => affected.name),
      ),
    ],
    exploitation: (cve) => options.exploitation?.[cve] ?? {},
  };
}

function pick<T extends object, Key extends keyof T>(from: T, keys: readonly Key[]): Pick<T, Key> {
  return Object.fromEntries(
    keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]),
  ) as Pick<T, Key>;
}

/** Events in short: `>=1 <2 >=3` is introduced 1, fixed 2, introduced 3; `<=1` is last_affected, `limit:1` a limit. */
export function events(text: string): RangeEvent[] {
  return text.split(' ').map((event): RangeEvent => {
    if (event.startsWith('>=')) return { introduced: event.slice(2) };
    if (event.startsWith('<=')) return { lastAffected: event.slice(2) };
    return event.startsWith('<') ? { fixed: event.slice(1) } : { limit: event.slice('limit:'.length) };
  });
}
