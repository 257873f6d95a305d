import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RegistryRepository } from '../../registry/index.ts';
import { type StateRecord, type StateStore, type StateValue, StoreError } from '../../store/index.ts';

/**
 * What is known of the images of connected registries. One partition a repository (its tags and their history), one an image, and
 * lists of all images, in parts.
 */

export const repositorySchema = z.strictObject({
  host: z.string(),
  name: z.string(),
  region: z.string().exactOptional(),
});

/** Where an image is. */
export const placeSchema = z.looseObject({ integration: z.string(), repository: repositorySchema });

/** A tag as it was seen last. */
export const tagSchema = z.strictObject({
  digest: z.string(),
  /** When it was pushed, by the registry's clock; absent when it was listed. ISO 8601. */
  pushedAt: z.string().optional(),
  /** When it was first seen at this digest. ISO 8601. */
  since: z.string(),
  /** The set of catalogers with which a scan of the digest was asked for. */
  requested: z.string(),
});
export type TagRecord = z.infer<typeof tagSchema>;

const summarySchema = z.strictObject({
  /** `linux/arm64/v8` */
  platform: z.string(),
  manifestDigest: z.string(),
  outcome: z.enum(['complete', 'partial', 'none']),
  clean: z.boolean(),
  vulnerabilities: z.int(),
  byLevel: z.record(z.string(), z.int()),
  fixable: z.int(),
  kev: z.int(),
  malware: z.int(),
});

/** An image or index, by digest. */
export const imageRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /**
   * - `queued`: a scan was asked for, or is to be tried again for the reason in `reason`;
   * - `scanning`: somebody is at it, until `claim.until`;
   * - `scanned`: there is a report;
   * - `skipped`: no container image: charts, signatures;
   * - `failed`: could not be scanned. What an earlier scan found stays.
   */
  status: z.enum(['queued', 'scanning', 'scanned', 'skipped', 'failed']),
  /** The catalogers it was, or is to be, scanned with. */
  catalogers: z.string(),
  /** Since when it has this status. ISO 8601. */
  since: z.string(),
  claim: z
    .strictObject({
      /** The message that asked for the scan. */
      by: z.string(),
      until: z.string(),
      /** How many calls with this message ended without a word before. */
      died: z.int(),
    })
    .optional(),
  /** Why it failed or was skipped, is queued again, or is to be scanned again although there is a report. */
  reason: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
  /** Layers of the report for which there was no time. */
  unread: z.int().optional(),
  /** Names the advisories of the report. */
  advisories: z.string().optional(),
  scannedAt: z.string().optional(),
  matchedAt: z.string().optional(),
  platforms: z.array(summarySchema).optional(),
});
export type ImageRecord = z.infer<typeof imageRecordSchema>;
export type ImageReason = NonNullable<ImageRecord['reason']>;

/** What is kept for looking through all images: what it asked the advisories (base64), and whether anything was found. */
export const listedImageSchema = z.strictObject({ fingerprint: z.string(), hasFindings: z.boolean() });
export type ListedImageRecord = z.infer<typeof listedImageSchema>;

export const SORT = {
  image: 'image',
  tag: (tag: string): string => `${TAG_PREFIX}${tag}`,
  /** Times as text sort by time. */
  history: (tag: string, at: string): string => `history#${tag}#${at}`,
  /**
   * A digest that the next look at the repository comes back to: its scan was asked for and not yet seen to end, or no tag may
   * point to it any more.
   */
  open: (digest: string): string => `${OPEN_PREFIX}${digest}`,
  /** A scan that was asked for where no queue keeps it. */
  pending: (digest: string): string => `${PENDING_PREFIX}${digest}`,
  place: (integration: string, { host, name }: RegistryRepository): string =>
    `${PLACE_PREFIX}${integration}#${host}/${name}`,
  /** A repository that an integration has. */
  repository: ({ host, name }: RegistryRepository): string => `${REPOSITORY_PREFIX}${host}/${name}`,
} as const;
export const TAG_PREFIX = 'tag#';
export const OPEN_PREFIX = 'open#';
export const PLACE_PREFIX = 'place#';
export const REPOSITORY_PREFIX = 'repository#';
export const PENDING_PREFIX = 'pending#';

export function repositoryPartition({ host, name }: RegistryRepository): string {
  return `repository#${host}/${name}`;
}
export function imagePartition(digest: string): string {
  return `image#${digest}`;
}

/** Parts of the list of all images: a partition bears some 1,000 writes a second. */
const LIST_PARTS = 16;
export const LIST_PARTITIONS: readonly string[] = Array.from(
  { length: LIST_PARTS },
  (_, part) => `images#${part}`,
);
export function listPartition(digest: string): string {
  const part = createHash('sha256').update(digest).digest().readUInt8(0) % LIST_PARTS;
  return LIST_PARTITIONS[part] as string;
}

/** A record; no value when there is none, or one of another form, which is made anew. `version` is 0 when there is none. */
export async function readRecord<Value>(
  state: StateStore,
  partition: string,
  sort: string,
  schema: z.ZodType<Value>,
): Promise<{ readonly value?: Value; readonly version: number }> {
  const record = await state.get(partition, sort);
  if (record === undefined) return { version: 0 };
  const parsed = schema.safeParse(record.value);
  return { version: record.version, ...(parsed.success ? { value: parsed.data } : {}) };
}

/** All records of a partition whose sort keys begin so. */
export async function* allRecords(
  state: StateStore,
  partition: string,
  prefix?: string,
): AsyncGenerator<StateRecord> {
  let after: string | undefined;
  do {
    const page = await state.query(partition, {
      limit: PAGE,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    });
    yield* page.records;
    after = page.next;
  } while (after !== undefined);
}

const PAGE = 1000;

/** Writes unless somebody else did since it was read; false then. */
export async function putIfSame(
  state: StateStore,
  partition: string,
  sort: string,
  value: StateValue,
  expected: number,
): Promise<boolean> {
  try {
    await state.put(partition, sort, value, { expected });
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'state-conflict') return false;
    throw error;
  }
}
