import type { ImageReport } from '../../report/index.ts';
import type { ObjectStore, StateStore } from '../../store/index.ts';
import type { Question } from '../../vulnerabilities/index.ts';
import { type ReportOptions, reportOf } from '../image-report.ts';
import { type AdvisorySources, matchInventory } from '../match-inventory.ts';
import { readInventory, storeReport } from './documents.ts';
import { listedImage, summaryOf } from './image-summary.ts';
import {
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

/** `unknown`: not scanned, or its inventory is gone. `changed-meanwhile`: somebody scanned it, with these advisories or newer ones. */
export type RematchOutcome =
  | 'matched'
  | 'unknown'
  | 'changed-meanwhile'
  | { readonly outcome: 'failed'; readonly code: string; readonly detail: string };

/** Matches a scanned image with the advisories of today: what is in it is known, so nothing is pulled. Keeps the new report. */
export async function rematchImage(digest: string, options: RematchOptions): Promise<RematchOutcome> {
  const { state, objects, now } = options;
  const partition = imagePartition(digest);
  const { value, version } = await readRecord(state, partition, SORT.image, imageRecordSchema);
  const inventory = value?.status === 'scanned' ? await readInventory(objects, digest) : undefined;
  if (value === undefined || inventory === undefined) return 'unknown';
  const reports: ImageReport[] = [];
  const questions: Question[] = [];
  let revision: string | undefined;
  for (const platform of inventory.platforms) {
    if ('report' in platform) {
      reports.push(platform.report);
      continue;
    }
    const { image, analysis } = platform;
    const matched = await matchInventory(analysis, options.advisories, quietly(now));
    // Nothing was read for this report: the numbers of the scan before would say otherwise.
    const read = { ...analysis, bytesPulled: 0, layersReused: image.layers.length };
    reports.push(reportOf(inventory.name, image, read, matched, { ...matched.timings }, options));
    questions.push(...matched.questions);
    revision = matched.revision ?? revision;
  }
  const at = now().toISOString();
  const record: ImageRecord = {
    ...value,
    matchedAt: at,
    platforms: reports.map(summaryOf),
    ...(revision === undefined ? {} : { advisories: revision }),
  };
  if (!(await putIfSame(state, partition, SORT.image, record, version))) return 'changed-meanwhile';
  await storeReport(objects, digest, reports);
  await state.put(listPartition(digest), digest, listedImage(questions, reports));
  return 'matched';
}

function quietly(now: () => Date) {
  return { now, onProgress: () => undefined, onMatching: () => undefined };
}
