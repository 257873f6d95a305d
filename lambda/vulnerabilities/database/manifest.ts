import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../shared/errors.ts';
import { AdvisoryError } from '../errors.ts';

/** Rises when records are normalised otherwise: an older database is then built anew by the next update. */
export const SCHEMA_VERSION = 2;
export const MANIFEST_FILE = 'manifest.json';

/** A name below the database's folder, never a path. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/);

const storedFileSchema = z.strictObject({
  file: fileName,
  /** Hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int(),
});
export type StoredFile = z.infer<typeof storedFileSchema>;

const sourceSchema = z.strictObject({
  /** `osv:Debian`, `amazon:2`, `epss`, `kev`. */
  id: z.string(),
  /** Where it was read, without credentials. */
  url: z.string(),
  /** When it was last compared with its feed, and when that last brought something new. ISO 8601. */
  checkedAt: z.string(),
  changedAt: z.string(),
  /** Date of the newest thing in it, as the source writes it: a record's `modified`, the day of the scores. */
  newest: z.string().optional(),
  records: z.int(),
  /** What tells an unchanged feed from a new one: HTTP entity tag; SHA-256 of what was read. */
  etag: z.string().optional(),
  sha256: z.string().optional(),
  /** OSV: record ids with the state that was applied. */
  index: storedFileSchema.optional(),
  /** Records that could not be taken, or not wholly. `examples` are the first of them by id. */
  problems: z.strictObject({
    count: z.int(),
    examples: z.array(z.strictObject({ record: z.string(), detail: z.string() })),
  }),
});
export type SourceState = z.infer<typeof sourceSchema>;

const shardSchema = z.strictObject({
  name: z.string(),
  ...storedFileSchema.shape,
  source: z.string(),
  ecosystems: z.array(z.string()),
  records: z.int(),
  packages: z.int(),
  /** Pairs of record and package. */
  advisories: z.int(),
  newest: z.string().optional(),
});
export type ShardState = z.infer<typeof shardSchema>;

export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** When the content last changed. ISO 8601. */
  builtAt: z.string(),
  sources: z.array(sourceSchema),
  shards: z.array(shardSchema),
});
/** What an advisory database holds. Everything but the dates follows from the feeds. */
export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest of a database folder; undefined when there is none. Fails with `database-invalid` when unreadable. */
export function readManifest(directory: string): Manifest | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, MANIFEST_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw invalid(messageOf(error), error);
  }
  return parseManifest(text);
}

/** A manifest's text, checked. Fails with `database-invalid`. */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.join('.')}: ${issue?.message}`, parsed.error);
}

function invalid(why: string, cause: unknown): AdvisoryError {
  return new AdvisoryError(
    'database-invalid',
    `the manifest of the advisory database cannot be used: ${why}`,
    {
      cause,
    },
  );
}
