import type { Image } from '../../image/index.ts';
import { isLayerType } from '../../registry/index.ts';
import type { Coverage } from '../../shared/coverage.ts';
import type { ObjectStore } from '../../store/index.ts';
import type { ReportOptions } from '../image-report.ts';
import type { AdvisorySources } from '../match-inventory.ts';
import type { ScannedImage } from '../scan-source.ts';
import { type Claim, type ClaimOptions, settle, statusRecord } from './claim-image.ts';
import { inventoryOf, storeInventory, storeReport } from './documents.ts';
import { listedImage, summaryOf } from './image-summary.ts';
import { isSomewhere } from './places.ts';
import { type ImageReason, type ImageRecord, listPartition } from './records.ts';
import { type MatchedAgain, matchAgain } from './rematch.ts';

export type KeepOptions = ClaimOptions &
  ReportOptions & { readonly objects: ObjectStore; readonly advisories: AdvisorySources };

export type KeptOutcome =
  | {
      readonly outcome: 'scanned';
      readonly bytesPulled: number;
      readonly layersReused: number;
      /** False when something of the image could not be read or matched. */
      readonly complete: boolean;
    }
  /** An artifact of another kind. */
  | { readonly outcome: 'no-image' };

/** Names the advisories there are, where somebody else keeps them up to date. */
export async function advisoriesNow({ advisories }: Pick<KeepOptions, 'advisories'>): Promise<string> {
  return 'storage' in advisories ? await advisories.storage.revision() : '';
}

/** Matches published meanwhile that an image may have missed: it is listed for them only once it is scanned. */
const MAX_CATCHING_UP = 3;

/** Keeps what a scan found: inventory, report, the entry in the list of all images, and last the record. */
export async function keepScan(
  digest: string,
  set: string,
  { name, images }: { readonly name: string; readonly images: readonly ScannedImage[] },
  before: string,
  claimed: Claim,
  options: KeepOptions,
): Promise<KeptOutcome> {
  const { state, objects, now } = options;
  if (images.every(({ image }) => isArtifact(image))) {
    const reason = { code: 'media-type-unsupported', detail: 'none of its layers holds files' };
    await settle(digest, statusRecord('skipped', set, reason, options), claimed, options);
    return { outcome: 'no-image' };
  }
  const inventory = inventoryOf(name, images);
  await storeInventory(objects, digest, inventory);
  let matched: MatchedAgain = matchedOf(images);
  let known = before;
  for (let turn = 0; ; turn += 1) {
    await storeReport(objects, digest, matched.reports);
    // An image that left every place meanwhile is of no interest to new advisories.
    if (await isSomewhere(state, digest)) {
      await state.put(listPartition(digest), digest, listedImage(matched.questions, matched.reports));
    }
    const published = await advisoriesNow(options);
    if (published === known || turn === MAX_CATCHING_UP) break;
    known = published;
    matched = withNumbersOf(images, await matchAgain(inventory, options));
  }
  const { reports, revision } = matched;
  const at = now().toISOString();
  const platforms = reports.map(summaryOf);
  const unread = reports.flatMap(({ coverage }) => coverage).filter(isOutOfTime).length;
  const reason = leftOver(
    images,
    unread,
    claimed.value?.catalogers === set ? claimed.value.unread : undefined,
  );
  const record: ImageRecord = {
    schemaVersion: 1,
    status: 'scanned',
    catalogers: set,
    since: at,
    scannedAt: at,
    matchedAt: at,
    platforms,
    ...(revision === undefined ? {} : { advisories: revision }),
    ...(reason === undefined ? {} : { reason }),
    ...(unread === 0 ? {} : { unread }),
  };
  await settle(digest, () => record, claimed, options);
  return {
    outcome: 'scanned',
    bytesPulled: reports.reduce((sum, { bytesPulled }) => sum + bytesPulled, 0),
    layersReused: reports.reduce((sum, { layersReused }) => sum + layersReused, 0),
    complete: platforms.every((platform) => platform.outcome === 'complete'),
  };
}

function isArtifact({ layers }: Image): boolean {
  return layers.length > 0 && !layers.some(({ mediaType }) => isLayerType(mediaType));
}

function matchedOf(images: readonly ScannedImage[]): MatchedAgain {
  const revision = images.find((image) => image.revision !== undefined)?.revision;
  return {
    reports: images.map(({ report }) => report),
    questions: images.flatMap((image) => image.questions),
    ...(revision === undefined ? {} : { revision }),
  };
}

/** Reports of a new match say what this scan pulled. */
function withNumbersOf(images: readonly ScannedImage[], matched: MatchedAgain): MatchedAgain {
  const reports = matched.reports.map((report, at) => {
    const { bytesPulled = 0, layersReused = 0 } = images[at]?.report ?? {};
    return { ...report, bytesPulled, layersReused };
  });
  return { ...matched, reports };
}

function isOutOfTime({ subject, reason }: Coverage): boolean {
  return subject === 'layer' && reason === 'limit-time';
}

/** Why an image that has a report is to be scanned again: something of it was not read that may be read another time. */
function leftOver(
  images: readonly ScannedImage[],
  unread: number,
  unreadBefore: number | undefined,
): ImageReason | undefined {
  const passing = images.find(({ failure }) => failure !== undefined)?.failure;
  if (passing !== undefined) return { code: passing.code, detail: passing.message };
  if (unread === 0) return undefined;
  // Layers that were read are kept: each scan comes further, until a layer takes the whole time for itself.
  if (unreadBefore === undefined || unread < unreadBefore) {
    return {
      code: 'limit-time',
      detail: `there was no time for ${unread} layers; the next look goes on with them`,
    };
  }
  return {
    code: 'image-too-large',
    detail: `there is never time enough for ${unread} layers: scan it with 'backline scan'`,
  };
}
