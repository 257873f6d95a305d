import { z } from 'zod';
import { distroSchema, packageSchema } from '../packages/index.ts';
import { coverageSchema } from '../shared/coverage.ts';
import { findingSchema } from '../vulnerabilities/index.ts';

/** Rises when a field changes its meaning or goes away; new optional fields leave it. */
export const REPORT_SCHEMA_VERSION = 1;

const platformSchema = z.strictObject({
  /** As in the image config, Go's words: `linux`, `amd64`. */
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  osVersion: z.string().optional(),
});

const imageSchema = z.strictObject({
  /** What was read, for people: a reference, or a file's path. */
  name: z.string(),
  /** `registry/repository:tag` when it came from a registry or the archive names one. */
  reference: z.string().optional(),
  /** Digest of this platform's manifest: the image's identity. */
  manifestDigest: z.string(),
  mediaType: z.string(),
  configDigest: z.string().optional(),
  /** As the image config says: ISO 8601 when well formed, otherwise whatever its builder wrote. */
  created: z.string().optional(),
  platform: platformSchema,
});

const layerSchema = z.strictObject({
  /** 0 = base. */
  index: z.int(),
  digest: z.string(),
  diffId: z.string().optional(),
  mediaType: z.string(),
  /** Compressed, as stored. */
  bytes: z.number(),
  /** Entries of the tar archive. */
  entries: z.number().optional(),
  /** The history line that made the layer, with its date and comment. */
  createdBy: z.string().optional(),
  createdAt: z.string().optional(),
  comment: z.string().optional(),
});

const feedSchema = z.strictObject({
  /** `osv:Debian`, `amazon:2/core`, `epss`. */
  name: z.string(),
  /** Newest date among its records, ISO 8601. */
  newest: z.string().optional(),
  /** When Backline fetched it, ISO 8601. */
  fetchedAt: z.string().optional(),
});

/** Everything one run says of one image on one platform. Formats only render it; they look nothing up. */
export const imageReportSchema = z.strictObject({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  /** ISO 8601. */
  scannedAt: z.string(),
  image: imageSchema,
  distro: distroSchema.optional(),
  layers: z.array(layerSchema),
  packages: z.array(packageSchema),
  findings: z.array(findingSchema),
  /** How many findings `applyFilters` took out, by the filter that did; absent when no filter was applied. */
  hidden: z.strictObject({ severity: z.int(), unfixed: z.int() }).optional(),
  coverage: z.array(coverageSchema),
  advisories: z.strictObject({
    /** When the database was built, ISO 8601; absent without a database. */
    builtAt: z.string().optional(),
    feeds: z.array(feedSchema),
  }),
  /** Milliseconds by stage. */
  timings: z.record(z.string(), z.number()),
  /** Compressed layer bytes that this run pulled. */
  bytesPulled: z.number(),
  /** Layers whose analysis was known already. */
  layersReused: z.int(),
});
export type ImageReport = z.infer<typeof imageReportSchema>;
export type ReportLayer = z.infer<typeof layerSchema>;
