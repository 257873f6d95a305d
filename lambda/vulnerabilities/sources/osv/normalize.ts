import type { AdvisoryRecord, AffectedEntry } from '../../record.ts';
import { affectedPackages, type CoverageFor } from './affected.ts';
import { malformedBound } from './azure-linux.ts';
import { UNKNOWN_STREAM } from './module.ts';
import { ecosystemFamily } from './names.ts';
import { type OsvRecord, osvRecordSchema } from './schema.ts';
import { affectedSeverities, recordSeverities } from './severity.ts';

export type ParsedRecord =
  | { readonly outcome: 'record'; readonly record: AdvisoryRecord; readonly problem?: string }
  /** Withdrawn, or nothing in it that an installed package of the ecosystem could be compared with. */
  | { readonly outcome: 'nothing'; readonly modified: string }
  | { readonly outcome: 'problem'; readonly problem: string };

export type ParseOptions = {
  /** Folder of the mirror: only what the record says of this ecosystem is kept; the rest comes with its own folder. */
  readonly ecosystem: string;
  /** Id the file is named by. */
  readonly expectedId: string;
  readonly coverageFor: CoverageFor;
};

/** One OSV file turned into facts. Never throws: a file that is not a record is a `problem`. */
export function parseRecord(bytes: Uint8Array, options: ParseOptions): ParsedRecord {
  const parsed = osvRecordSchema.safeParse(parseJson(bytes));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { outcome: 'problem', problem: `not an OSV record: ${issue?.path.join('.')} ${issue?.message}` };
  }
  const record = parsed.data;
  if (record.id !== options.expectedId) {
    return { outcome: 'problem', problem: `holds ${JSON.stringify(record.id.slice(0, 80))}` };
  }
  const affected = isSet(record.withdrawn) ? [] : affectedEntries(record, options);
  if (affected.length === 0) return { outcome: 'nothing', modified: record.modified };
  const problem = problemOf(record, affected);
  return {
    outcome: 'record',
    record: { ...facts(record, options.ecosystem), affected },
    ...(problem !== undefined && { problem }),
  };
}

/** What is wrong with a record that is taken all the same. */
function problemOf(record: OsvRecord, affected: readonly AffectedEntry[]): string | undefined {
  if (affected.some((entry) => entry.package.module === UNKNOWN_STREAM))
    return 'a modular package without its stream: it will not match';
  const bound = malformedBound(record);
  return bound === undefined
    ? undefined
    : `${JSON.stringify(bound.slice(0, 80))} is no version: taken as if it were not there`;
}

function affectedEntries(record: OsvRecord, options: ParseOptions): readonly AffectedEntry[] {
  return (record.affected ?? []).flatMap((affected) => {
    if (ecosystemFamily(affected.package?.ecosystem ?? '') !== options.ecosystem) return [];
    const severities = affectedSeverities(affected);
    return affectedPackages(affected, record.summary ?? undefined, options.coverageFor).map((found) => ({
      package: found,
      severities,
    }));
  });
}

function facts(record: OsvRecord, ecosystem: string): Omit<AdvisoryRecord, 'affected'> {
  return {
    id: record.id,
    aliases: record.aliases ?? [],
    upstream: record.upstream ?? [],
    // Only CVEs: the rest (notices of other distributions) is not the same vulnerability and leads nowhere.
    related: (record.related ?? []).filter((id) => id.startsWith('CVE-')),
    ...(isSet(record.published) && { published: record.published }),
    modified: record.modified,
    ...(isSet(record.summary) && { summary: record.summary }),
    severities: recordSeverities(record),
    cwes: record.database_specific?.cwe_ids ?? [],
    source: `osv:${ecosystem}`,
  };
}

function isSet(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}
