import { z } from 'zod';
import { SAMPLE_NAMES } from './sample-image.ts';

const severities = z.array(z.object({ type: z.string(), score: z.string() })).nullish();
const words = z.array(z.string()).nullish();

const eventSchema = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
  limit: z.string().optional(),
});

const affectedSchema = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
  severity: severities,
  ranges: z.array(z.object({ type: z.string(), events: z.array(eventSchema) })).nullish(),
  versions: words,
  ecosystem_specific: z.object({ urgency: z.string().optional() }).nullish(),
  database_specific: z.object({ last_known_affected_version_range: z.string().optional() }).nullish(),
});

type Affected = z.infer<typeof affectedSchema>;

/**
 * What the snapshot keeps of an OSV record: ids, packages, ranges, CVSS vectors and words of a scale, dates. Parsing takes every
 * other field away, and with it all prose. https://ossf.github.io/osv-schema/
 */
const recordSchema = z.object({
  id: z.string(),
  modified: z.string(),
  published: z.string().nullish(),
  withdrawn: z.string().nullish(),
  aliases: words,
  upstream: words,
  related: words,
  severity: severities,
  affected: z.array(affectedSchema).nullish(),
  database_specific: z.object({ severity: z.string().nullish(), cwe_ids: words }).nullish(),
});
/** A record of the snapshot: an OSV record without its prose. */
export type SnapshotRecord = z.infer<typeof recordSchema>;

/**
 * The facts of an OSV record about packages of the sample image, whatever their versions; undefined when it has none, or was
 * withdrawn. Throws on what is no OSV record.
 */
export function factsOf(osvRecord: unknown): SnapshotRecord | undefined {
  const record = recordSchema.parse(osvRecord);
  const affected = (record.affected ?? []).filter(isOfSample).map(comparable);
  if (affected.length === 0 || record.withdrawn) return undefined;
  return { ...record, related: record.related?.filter(isCve), affected };
}

/** The CVEs that a record is, or is about: those with EPSS and KEV facts worth keeping. */
export function cvesOf({ id, aliases, upstream, related }: SnapshotRecord): readonly string[] {
  return [id, ...(aliases ?? []), ...(upstream ?? []), ...(related ?? [])].filter(isCve);
}

/** Without commits, which no installed package is compared with, and without Debian's word for saying nothing. */
function comparable(entry: Affected): Affected {
  const { ranges, ecosystem_specific: specific, ...rest } = entry;
  return {
    ...rest,
    ranges: ranges?.filter(({ type }) => type !== 'GIT'),
    ecosystem_specific: specific?.urgency === 'not yet assigned' ? null : specific,
  };
}

function isOfSample({ package: affected }: Affected): boolean {
  if (affected === undefined) return false;
  const { ecosystem, name } = affected;
  return SAMPLE_NAMES.get(ecosystem)?.includes(ecosystem === 'PyPI' ? name.toLowerCase() : name) === true;
}

function isCve(id: string): boolean {
  return id.startsWith('CVE-');
}
