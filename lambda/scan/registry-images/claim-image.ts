import type { StateStore } from '../../store/index.ts';
import { hasEnded, imageBusy, isBeingScanned, keptOf } from './image-state.ts';
import { isListed } from './places.ts';
import {
  type ImageReason,
  type ImageRecord,
  imagePartition,
  imageRecordSchema,
  putIfSame,
  readRecord,
  SORT,
} from './records.ts';

export type Claim = {
  /** The image's record before. */
  readonly value: ImageRecord | undefined;
  /** Of the record that says whose it is. */
  readonly version: number;
  /** How many calls with this message ended without a word before. */
  readonly died: number;
};

export type ClaimOptions = {
  readonly state: StateStore;
  readonly now: () => Date;
  /** Tells one delivery of a message from another message for the same image. */
  readonly messageId: string;
  /** Milliseconds until the caller is stopped. */
  readonly remainingMs: number;
};

/** Times that others may write in between: a look notes that it asked, a match what it found. */
const MAX_CLAIMS = 4;

/** Takes the image, so that nobody else scans it meanwhile. */
export async function claim(
  digest: string,
  set: string,
  options: ClaimOptions,
): Promise<'known' | 'busy' | Claim> {
  const { state, messageId, now, remainingMs } = options;
  const until = new Date(now().getTime() + remainingMs).toISOString();
  let claimed: Claim | undefined;
  for (let turn = 0; turn < MAX_CLAIMS; turn += 1) {
    const { value, version } = await readRecord(state, imagePartition(digest), SORT.image, imageRecordSchema);
    const isMine = value?.claim?.by === messageId;
    // The answer to the write before was lost.
    if (claimed !== undefined && isMine && value.claim?.until === until) return { ...claimed, version };
    if (value !== undefined && (await isKnown(value, digest, set, state))) return 'known';
    // The same message comes again when the call that had it died without giving the image back: nobody is at it then.
    if (value !== undefined && !isMine && isBeingScanned(value, now())) return 'busy';
    const died = isMine && value.status === 'scanning' ? (value.claim?.died ?? 0) + 1 : 0;
    claimed = { value, version: version + 1, died };
    const record: ImageRecord = {
      ...keptOf(value, set),
      schemaVersion: 1,
      status: 'scanning',
      catalogers: set,
      since: now().toISOString(),
      claim: { by: messageId, until, died },
    };
    if (await putIfSame(state, imagePartition(digest), SORT.image, record, version)) return claimed;
  }
  throw imageBusy(digest);
}

async function isKnown(value: ImageRecord, digest: string, set: string, state: StateStore): Promise<boolean> {
  if (value.status === 'failed' || !hasEnded(value, set)) return false;
  return value.status !== 'scanned' || (await isListed(state, digest));
}

/** Another status; what the last scan found stays. */
export function statusRecord(
  status: ImageRecord['status'],
  catalogers: string,
  reason: ImageReason | undefined,
  { now }: Pick<ClaimOptions, 'now'>,
): (image: ImageRecord | undefined) => ImageRecord {
  const since = now().toISOString();
  return (image) => ({
    ...keptOf(image, catalogers),
    schemaVersion: 1,
    status,
    catalogers,
    since,
    ...(reason === undefined ? {} : { reason }),
  });
}

const MAX_WRITES = 5;

/** Writes what became of an image, unless somebody else took it over: they write the same. */
export async function settle(
  digest: string,
  recordOf: (image: ImageRecord | undefined) => ImageRecord,
  { value, version }: Claim,
  { state, messageId }: ClaimOptions,
): Promise<void> {
  const partition = imagePartition(digest);
  let found: { readonly value?: ImageRecord | undefined; readonly version: number } = { value, version };
  for (let write = 0; write < MAX_WRITES; write += 1) {
    if (await putIfSame(state, partition, SORT.image, recordOf(found.value), found.version)) return;
    // A new match may have written in between, once the time of the claim was over; it leaves the claim as it is.
    found = await readRecord(state, partition, SORT.image, imageRecordSchema);
    if (found.value?.claim?.by !== messageId) return;
  }
}
