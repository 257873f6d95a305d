import { z } from 'zod';

/**
 * The fields of an OSV record that are used; the rest is not looked at.
 * https://ossf.github.io/osv-schema/ ; `ecosystem_specific` and `database_specific` belong to whoever wrote the record,
 * so that an unexpected type there means "not said" and never costs the record.
 */
const word = z.string().optional().catch(undefined);

const severitySchema = z.object({ type: z.string(), score: z.string() });

const eventSchema = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
  limit: z.string().optional(),
});

const rangeSchema = z.object({ type: z.string(), events: z.array(eventSchema) });

const importSchema = z.object({ path: z.string(), symbols: z.array(z.string()).nullish() });

const ecosystemSpecificSchema = z.object({
  /** Debian: https://security-tracker.debian.org/tracker/data/json */
  urgency: word,
  /** Ubuntu: https://documentation.ubuntu.com/security/security-updates/osv/ */
  ubuntu_priority: word,
  status: word,
  status_note: word,
  /** Go: https://go.dev/doc/security/vuln/database#schema */
  imports: z.array(importSchema).optional().catch(undefined),
  custom_ranges: z.array(rangeSchema).optional().catch(undefined),
  /** SUSE: binary package name to fixed version. */
  binaries: z.array(z.record(z.string(), z.string())).optional().catch(undefined),
});

const affectedDatabaseSpecificSchema = z.object({
  /** Azure Linux. */
  severity: word,
  patchable: word,
  /** GitHub. */
  last_known_affected_version_range: word,
  /** RustSec: `unmaintained`, `unsound`, `notice`. */
  informational: word,
});

const affectedSchema = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
  severity: z.array(severitySchema).nullish(),
  ranges: z.array(rangeSchema).nullish(),
  versions: z.array(z.string()).nullish(),
  ecosystem_specific: ecosystemSpecificSchema.nullish().catch(undefined),
  database_specific: affectedDatabaseSpecificSchema.nullish().catch(undefined),
});
export type OsvAffected = z.infer<typeof affectedSchema>;

export const osvRecordSchema = z.object({
  id: z.string(),
  modified: z.string(),
  published: z.string().nullish(),
  withdrawn: z.string().nullish(),
  aliases: z.array(z.string()).nullish(),
  upstream: z.array(z.string()).nullish(),
  related: z.array(z.string()).nullish(),
  summary: z.string().nullish(),
  severity: z.array(severitySchema).nullish(),
  affected: z.array(affectedSchema).nullish(),
  database_specific: z
    .object({ severity: word, cwe_ids: z.array(z.string()).optional().catch(undefined) })
    .nullish()
    .catch(undefined),
});
export type OsvRecord = z.infer<typeof osvRecordSchema>;
