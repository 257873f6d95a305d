import type { ImageReport } from '../../report/index.ts';
import { AppError } from '../../shared/errors.ts';
import { type ObjectStore, type StateStore, StoreError } from '../../store/index.ts';
import type { Question } from '../../vulnerabilities/index.ts';
import { ScanError } from '../errors.ts';
import { type ReportOptions, reportOf } from '../image-report.ts';
import { type AdvisorySources, matchInventory } from '../match-inventory.ts';
import { readInventory, reportKey, type StoredInventory, storeReport } from './documents.ts';
import { imageBusy, isBeingScanned } from './image-state.ts';
import { listedImage, summaryOf } from './image-summary.ts';
import { isSomewhere, reopen } from './places.ts';
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
  /** Nothing was ever read of it, or no tag points to it. */
  | 'unknown'
  /** Somebody scanned it, with these advisories or newer ones. */
  | 'changed-meanwhile'
  /** No retry would help. The reason is stored with the image, and the next look asks for a scan. */
  | { readonly outcome: 'failed'; readonly code: string; readonly detail: string };

/** Times that others may write in between. */
const MAX_TURNS = 3;

/**
 * Matches an image with the advisories of today: what is in it is known, so nothing is pulled. Keeps the new report. Throws what may
 * pass by itself, `image-busy` among it: a scan is at the image, and may have looked for new advisories already.
 */
export async function rematchImage(digest: string, options: RematchOptions): Promise<RematchOutcome> {
  const { state } = options;
  // An entry in the list may be older than the last place of its image.
  if (!(await isSomewhere(state, digest))) return 'unknown';
  let scannedAt: string | undefined;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const { value, version } = await readRecord(state, imagePartition(digest), SORT.image, imageRecordSchema);
    if (value !== undefined && isBeingScanned(value, options.now())) break;
    if (value?.platforms === undefined) return 'unknown';
    if (turn > 0 && value.scannedAt !== scannedAt) return 'changed-meanwhile';
    scannedAt = value.scannedAt;
    try {
      if (await matchStored(digest, { value, version }, options)) return 'matched';
    } catch (error) {
      if (!(error instanceof AppError) || error.retryable) throw error;
      return await failed(digest, { code: error.code, detail: error.message }, { value, version }, state);
    }
  }
  throw imageBusy(digest);
}

type Found = { readonly value: ImageRecord; readonly version: number };

/** False when somebody else wrote in between: what was read is not the newest then. */
async function matchStored(
  digest: string,
  { value, version }: Found,
  options: RematchOptions,
): Promise<boolean> {
  const { state, objects, now } = options;
  const before = await objects.get(reportKey(digest));
  const listed = await state.get(listPartition(digest), digest);
  const inventory = await readInventory(objects, digest);
  if (inventory === undefined || before === undefined) {
    throw new ScanError('inventory-missing', 'what was read of the image is not kept any more');
  }
  const { reports, questions, revision } = await matchAgain(inventory, options);
  const record: ImageRecord = {
    ...value,
    matchedAt: now().toISOString(),
    platforms: reports.map(summaryOf),
    ...(revision === undefined ? {} : { advisories: revision }),
  };
  if (!(await putIfSame(state, imagePartition(digest), SORT.image, record, version))) return false;
  try {
    await storeReport(objects, digest, reports, { revision: before.revision });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'object-changed') return false;
    throw error;
  }
  // Not there: no tag points to it any more.
  if (listed === undefined) return true;
  return await putIfSame(
    state,
    listPartition(digest),
    digest,
    listedImage(questions, reports),
    listed.version,
  );
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

/** Somebody who writes in between has newer news of the image. */
async function failed(
  digest: string,
  reason: ImageReason,
  { value, version }: Found,
  state: StateStore,
): Promise<RematchOutcome> {
  if (!(await putIfSame(state, imagePartition(digest), SORT.image, { ...value, reason }, version))) {
    throw imageBusy(digest);
  }
  await reopen(state, digest);
  return { outcome: 'failed', ...reason };
}

function quietly(now: () => Date) {
  return { now, onProgress: () => undefined, onMatching: () => undefined };
}
