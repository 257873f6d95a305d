import type { ImageReport } from '../../report/index.ts';
import { AppError } from '../../shared/errors.ts';
import { type ObjectStore, type StateStore, StoreError } from '../../store/index.ts';
import type { Question } from '../../vulnerabilities/index.ts';
import { type ReportOptions, reportOf } from '../image-report.ts';
import { type AdvisorySources, matchInventory } from '../match-inventory.ts';
import { readInventory, reportKey, type StoredInventory, storeReport } from './documents.ts';
import { listedImage, summaryOf } from './image-summary.ts';
import { reopen } from './places.ts';
import {
  type ImageReason,
  type ImageRecord,
  imagePartition,
  imageRecordSchema,
  listPartition,
  putIfSame,
  readRecord,
  SORT,
} from './records.ts';

export type RematchOptions = ReportOptions & {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly advisories: AdvisorySources;
};

export type RematchOutcome =
  | 'matched'
  /** Nothing was ever read of it. */
  | 'unknown'
  /** Somebody scanned it, with these advisories or newer ones. */
  | 'changed-meanwhile'
  /** No retry would help. The reason is stored with the image, and the next look asks for a scan. */
  | { readonly outcome: 'failed'; readonly code: string; readonly detail: string };

/**
 * Matches an image with the advisories of today: what is in it is known, so nothing is pulled. Keeps the new report. Throws what may
 * pass by itself.
 */
export async function rematchImage(digest: string, options: RematchOptions): Promise<RematchOutcome> {
  const { state } = options;
  const { value, version } = await readRecord(state, imagePartition(digest), SORT.image, imageRecordSchema);
  if (value?.platforms === undefined) return 'unknown';
  try {
    return await matchStored(digest, { value, version }, options);
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    return await failed(digest, { code: error.code, detail: error.message }, { value, version }, state);
  }
}

type Found = { readonly value: ImageRecord; readonly version: number };

async function matchStored(
  digest: string,
  { value, version }: Found,
  options: RematchOptions,
): Promise<RematchOutcome> {
  const { state, objects, now } = options;
  const before = await objects.get(reportKey(digest));
  const listed = await state.get(listPartition(digest), digest);
  const inventory = await readInventory(objects, digest);
  if (inventory === undefined || before === undefined) {
    const reason = { code: 'inventory-missing', detail: 'what was read of the image is not kept any more' };
    return await failed(digest, reason, { value, version }, state);
  }
  const { reports, questions, revision } = await matchAgain(inventory, options);
  const record: ImageRecord = {
    ...value,
    matchedAt: now().toISOString(),
    platforms: reports.map(summaryOf),
    ...(revision === undefined ? {} : { advisories: revision }),
  };
  // A scan writes them in another order, report first: whatever it wrote meanwhile stays.
  if (!(await putIfSame(state, imagePartition(digest), SORT.image, record, version)))
    return 'changed-meanwhile';
  try {
    await storeReport(objects, digest, reports, { revision: before.revision });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'object-changed') return 'changed-meanwhile';
    throw error;
  }
  // Not there: no tag points to it any more.
  if (listed !== undefined) {
    await putIfSame(state, listPartition(digest), digest, listedImage(questions, reports), listed.version);
  }
  return 'matched';
}

export type MatchedAgain = {
  /** One a platform, in order. */
  readonly reports: readonly ImageReport[];
  readonly questions: readonly Question[];
  readonly revision?: string;
};

/** Matches what was read of an image; platforms that were not read keep the report that says so. */
export async function matchAgain(
  inventory: StoredInventory,
  options: ReportOptions & { readonly advisories: AdvisorySources },
): Promise<MatchedAgain> {
  const reports: ImageReport[] = [];
  const questions: Question[] = [];
  let revision: string | undefined;
  for (const platform of inventory.platforms) {
    if ('report' in platform) {
      reports.push(platform.report);
      continue;
    }
    const { image, analysis } = platform;
    const matched = await matchInventory(analysis, options.advisories, quietly(options.now));
    // Nothing was read for this report: the numbers of the scan before would say otherwise.
    const read = { ...analysis, bytesPulled: 0, layersReused: image.layers.length };
    reports.push(reportOf(inventory.name, image, read, matched, { ...matched.timings }, options));
    questions.push(...matched.questions);
    revision = matched.revision ?? revision;
  }
  return { reports, questions, ...(revision === undefined ? {} : { revision }) };
}

async function failed(
  digest: string,
  reason: ImageReason,
  { value, version }: Found,
  state: StateStore,
): Promise<RematchOutcome> {
  if (!(await putIfSame(state, imagePartition(digest), SORT.image, { ...value, reason }, version))) {
    return 'changed-meanwhile';
  }
  await reopen(state, digest);
  return { outcome: 'failed', ...reason };
}

function quietly(now: () => Date) {
  return { now, onProgress: () => undefined, onMatching: () => undefined };
}
