import { z } from 'zod';

/**
 * What the snapshot keeps of an OSV record: ids, packages, ranges, CVSS vectors, words of a scale, dates. The schema takes every other
 * field away, and with it all prose. https://ossf.github.io/osv-schema/
 */
const severities = z
  .array(z.object({ type: z.string(), score: z.string() }))
  .nullish()
  .transform(absentWhenEmpty);

const ids = z.array(z.string()).nullish().transform(absentWhenEmpty);

const event = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
  limit: z.string().optional(),
});

const range = z.object({ type: z.enum(['SEMVER', 'ECOSYSTEM', 'GIT']), events: z.array(event) });

const affected = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }),
  severity: severities,
  ranges: z.array(range).nullish().transform(absentWhenEmpty),
  versions: ids,
  ecosystem_specific: z.object({ urgency: z.string().optional() }).optional(),
  database_specific: z.object({ last_known_affected_version_range: z.string().optional() }).optional(),
});

export const snapshotRecordSchema = z.object({
  id: z.string(),
  modified: z.string(),
  published: z.string().optional(),
  withdrawn: z.string().optional(),
  aliases: ids,
  upstream: ids,
  related: ids,
  severity: severities,
  affected: z.array(affected),
  database_specific: z.object({ severity: z.string().optional(), cwe_ids: ids }).optional(),
});
