import { MESSAGE_VERSION } from '../../shared/environment.ts';
import { HOUR_MS } from '../../shared/units.ts';
import type { StateStore } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import { hasEnded, keptOf } from './image-state.ts';
import type { Outbox, ScanMessage } from './messages.ts';
import { type ImagePlace, isListed, notePlace } from './places.ts';
import {
  type ImageRecord,
  imagePartition,
  imageRecordSchema,
  listPartition,
  putIfSame,
  readRecord,
  repositoryPartition,
  SORT,
} from './records.ts';

export type ScanRequests = {
  readonly state: StateStore;
  readonly scans: Outbox<ScanMessage>;
  /** The set of catalogers that scans are made with now. */
  readonly catalogers: string;
  readonly now: () => Date;
  /** Digests asked for by whoever shares this set: an image in several repositories is asked for once. */
  readonly asked?: Set<string>;
};

/** A message that was not answered for so long is taken for lost; less than a day, which is the time from one look to the next. */
const QUEUED_FOR_MS = 20 * HOUR_MS;
/** Of the table, which answers within milliseconds. */
export const CALLS_AT_ONCE = 16;

type Due = { readonly place: ImagePlace; readonly value: ImageRecord | undefined; readonly version: number };

/**
 * Asks for scans of the images whose scan with the present catalogers has not come to an end, nor is about to. The messages go
 * out before it is noted that they did: if this stops in between, an image is asked for twice, and scanned once. Each place
 * whose image is not at its end stays open, for the next look to come back to; `isOpen` says which of them were. Gives how many
 * were asked for.
 */
export async function requestScans(
  places: readonly ImagePlace[],
  { isOpen = () => false, ...requests }: ScanRequests & { readonly isOpen?: (digest: string) => boolean },
): Promise<number> {
  const { state, catalogers, now } = requests;
  const asked = requests.asked ?? new Set<string>();
  const due: Due[] = [];
  await inParallel(places, CALLS_AT_ONCE, async (place) => {
    const { digest } = place;
    await notePlace(state, place, now());
    const { value, version } = await readRecord(state, imagePartition(digest), SORT.image, imageRecordSchema);
    const isDone = value !== undefined && hasEnded(value, catalogers);
    const isAway = isDone && value.platforms !== undefined && !(await isListed(state, digest));
    const comesBack = isAway && value.status === 'scanned';
    // What an earlier scan found goes on being matched: a refresh takes an entry that says nothing for one that asked everything.
    if (isAway && !comesBack) await state.put(listPartition(digest), digest, {});
    const partition = repositoryPartition(place.repository);
    if (isDone && !comesBack) {
      if (isOpen(digest)) await state.delete(partition, SORT.open(digest));
      return;
    }
    if (!isOpen(digest)) await state.put(partition, SORT.open(digest), {});
    if (asked.has(digest) || (!comesBack && isAwaited(value, requests))) return;
    asked.add(digest);
    due.push({ place, value, version });
  });
  await requests.scans.send(due.map(({ place }) => ({ version: MESSAGE_VERSION, kind: 'scan', ...place })));
  await inParallel(due, CALLS_AT_ONCE, async ({ place, value, version }) => {
    const record: ImageRecord = {
      ...keptOf(value, catalogers),
      schemaVersion: 1,
      status: 'queued',
      catalogers,
      since: now().toISOString(),
    };
    // Somebody was faster: the scan itself, or another look. Theirs is the newer truth.
    await putIfSame(state, imagePartition(place.digest), SORT.image, record, version);
  });
  return due.length;
}

/** Whether a scan that was asked for may still come to its end. */
function isAwaited(image: ImageRecord | undefined, { catalogers, now }: ScanRequests): boolean {
  if (image === undefined || image.catalogers !== catalogers) return false;
  const isWaiting = image.status === 'queued' || image.status === 'scanning';
  return isWaiting && now().getTime() - Date.parse(image.since) <= QUEUED_FOR_MS;
}
