import type { RegistryRepository } from '../../registry/index.ts';
import { MESSAGE_VERSION } from '../../shared/environment.ts';
import { DAY_MS } from '../../shared/units.ts';
import type { StateStore } from '../../store/index.ts';
import type { Outbox, ScanMessage } from './messages.ts';
import {
  type ImageRecord,
  imagePartition,
  imageRecordSchema,
  putIfSame,
  readRecord,
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

/** An image somewhere: the same digest in two repositories is one image in two places. */
export type ImagePlace = {
  readonly integration: string;
  readonly repository: RegistryRepository;
  readonly digest: string;
};

/** A message that was not answered for so long is taken for lost. */
const QUEUED_FOR_MS = 1 * DAY_MS;

/**
 * Asks for scans of the images that were not scanned with the present catalogers, nor are about to be. The messages go out
 * before it is noted that they did: if this stops in between, an image is asked for twice, and scanned once.
 * Gives how many were asked for. `anew`: those that failed are asked for again.
 */
export async function requestScans(
  places: readonly ImagePlace[],
  { anew, ...requests }: ScanRequests & { readonly anew?: (digest: string) => boolean },
): Promise<number> {
  const { state, catalogers, now } = requests;
  const due: { readonly place: ImagePlace; readonly version: number }[] = [];
  for (const place of places) {
    await notePlace(state, place, now());
    if (requests.asked?.has(place.digest)) continue;
    requests.asked?.add(place.digest);
    const { value, version } = await readRecord(
      state,
      imagePartition(place.digest),
      SORT.image,
      imageRecordSchema,
    );
    if (value === undefined || isDue(value, requests, anew?.(place.digest) === true))
      due.push({ place, version });
  }
  await requests.scans.send(due.map(({ place }) => ({ version: MESSAGE_VERSION, kind: 'scan', ...place })));
  for (const { place, version } of due) {
    const record: ImageRecord = {
      schemaVersion: 1,
      status: 'queued',
      catalogers,
      since: now().toISOString(),
    };
    // Somebody was faster: the scan itself, or another look. Theirs is the newer truth.
    await putIfSame(state, imagePartition(place.digest), SORT.image, record, version);
  }
  return due.length;
}

function isDue(image: ImageRecord, { catalogers, now }: ScanRequests, isWanted: boolean): boolean {
  if (image.catalogers !== catalogers) return true;
  if (image.status === 'failed') return isWanted;
  const isWaiting = image.status === 'queued' || image.status === 'scanning';
  return isWaiting && now().getTime() - Date.parse(image.since) > QUEUED_FOR_MS;
}

async function notePlace(
  state: StateStore,
  { integration, repository, digest }: ImagePlace,
  now: Date,
): Promise<void> {
  const value = { integration, repository, since: now.toISOString() };
  await putIfSame(state, imagePartition(digest), SORT.place(integration, repository), value, 0);
}
