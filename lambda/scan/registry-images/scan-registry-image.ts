import type { ImageErrorCode } from '../../image/index.ts';
import type { Integration } from '../../integrations/index.ts';
import type { ImageSource, Registry, RegistryErrorCode } from '../../registry/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { ObjectStore, StateStore } from '../../store/index.ts';
import { ScanError, type ScanErrorCode } from '../errors.ts';
import { currentCatalogerSet, layerCache } from '../layer-cache.ts';
import type { AdvisorySources } from '../match-inventory.ts';
import { type ScannedImage, type ScanSourceOptions, scanSource } from '../scan-source.ts';
import { storeInventory, storeReport } from './documents.ts';
import { listedImage, summaryOf } from './image-summary.ts';
import type { ScanMessage } from './messages.ts';
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

export type ScanRegistryImageOptions = {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  /** Undefined when there is none of this name. */
  readonly integrationOf: (id: string) => Promise<Integration | undefined>;
  readonly registryOf: (integration: Integration) => Registry;
  readonly advisories: AdvisorySources;
  readonly tool: ScanSourceOptions['tool'];
  readonly now: () => Date;
  /** Tells one delivery of a message from another message for the same image. */
  readonly messageId: string;
  /** Milliseconds until the caller is stopped. */
  readonly remainingMs: number;
  /** When this try fails there is no other. */
  readonly isLastTry: boolean;
  readonly signal?: AbortSignal;
};

export type ScanOutcome =
  | {
      readonly outcome: 'scanned';
      readonly bytesPulled: number;
      readonly layersReused: number;
      /** False when something of the image could not be read or matched. */
      readonly complete: boolean;
    }
  /** `known`: scanned already; `busy`: another call is at it; `disconnected`: the integration is; `no-image`: an artifact of another kind. */
  | { readonly outcome: 'known' | 'busy' | 'disconnected' | 'no-image' }
  /** Stored with the image. No retry would help. */
  | { readonly outcome: 'failed'; readonly code: string; readonly detail: string };

/** Left for matching and writing when the time for layers is over. */
const AFTER_LAYERS_MS = 90_000;
/** Calls that may end without a word: one may be bad luck. */
const MAX_DEATHS = 2;

/**
 * Scans one image of a connected registry and keeps layers, inventory, report and summary. The same message again, or another
 * one for the same image, does nothing once it is scanned with these catalogers. Throws what may pass by itself (retryable
 * `AppError`s, and whatever is no `AppError`); what does not pass is stored with the image as the reason.
 */
export async function scanRegistryImage(
  message: ScanMessage,
  options: ScanRegistryImageOptions,
): Promise<ScanOutcome> {
  const integration = await options.integrationOf(message.integration);
  if (integration?.connected !== true) return { outcome: 'disconnected' };
  const set = currentCatalogerSet();
  const claimed = await claim(message.digest, set, options);
  if (typeof claimed === 'string') return { outcome: claimed };
  try {
    if (options.isLastTry && claimed.died >= MAX_DEATHS) throw tooLarge(claimed);
    const scanned = await readAndMatch(message, integration, options);
    return await keep(message.digest, set, scanned, claimed.version, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return await failed(message, set, error, claimed.version, options);
  }
}

type Claim = {
  /** Of the image's record. */
  readonly version: number;
  /** How many calls with this message ended without a word before. */
  readonly died: number;
};

function tooLarge({ died }: Claim): ScanError {
  return new ScanError(
    'image-too-large',
    `${died} tries were ended from outside while they read the image: it takes more memory or time than there is`,
  );
}

/** Takes the image, so that nobody else scans it meanwhile. */
async function claim(
  digest: string,
  set: string,
  { state, now, messageId, remainingMs }: ScanRegistryImageOptions,
): Promise<'known' | 'busy' | Claim> {
  const partition = imagePartition(digest);
  const { value, version } = await readRecord(state, partition, SORT.image, imageRecordSchema);
  const isDone = value?.status === 'scanned' || value?.status === 'skipped';
  if (isDone && value.catalogers === set) return 'known';
  const isTaken = value?.status === 'scanning' && value.claim !== undefined;
  // The same message comes again when the call that had it died without giving the image back: nobody is at it then.
  const isMine = value?.claim?.by === messageId;
  if (isTaken && !isMine && Date.parse(value.claim?.until ?? '') > now().getTime()) {
    return 'busy';
  }
  const died = isTaken && isMine ? (value.claim?.died ?? 0) + 1 : 0;
  const record: ImageRecord = {
    schemaVersion: 1,
    status: 'scanning',
    catalogers: set,
    since: now().toISOString(),
    claim: { by: messageId, until: new Date(now().getTime() + remainingMs).toISOString(), died },
  };
  return (await putIfSame(state, partition, SORT.image, record, version))
    ? { version: version + 1, died }
    : 'busy';
}

async function readAndMatch(
  { repository, digest }: ScanMessage,
  integration: Integration,
  options: ScanRegistryImageOptions,
): Promise<{ readonly name: string; readonly images: readonly ScannedImage[] }> {
  const registry = options.registryOf(integration);
  let source: ImageSource | undefined;
  try {
    source = await registry.open(repository, digest);
    const images = await scanSource(source, {
      platform: 'all',
      advisories: options.advisories,
      layers: layerCache(options.objects),
      tool: options.tool,
      now: options.now,
      timeMs: Math.max(0, options.remainingMs - AFTER_LAYERS_MS),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { name: source.name, images };
  } finally {
    await source?.close();
    await registry.close();
  }
}

async function keep(
  digest: string,
  set: string,
  { name, images }: { readonly name: string; readonly images: readonly ScannedImage[] },
  version: number,
  { state, objects, now }: ScanRegistryImageOptions,
): Promise<ScanOutcome> {
  const reports = images.map(({ report }) => report);
  await storeInventory(objects, digest, name, images);
  await storeReport(objects, digest, reports);
  const revision = images.find((image) => image.revision !== undefined)?.revision;
  const at = now().toISOString();
  const platforms = reports.map(summaryOf);
  const record: ImageRecord = {
    schemaVersion: 1,
    status: 'scanned',
    catalogers: set,
    since: at,
    scannedAt: at,
    matchedAt: at,
    platforms,
    ...(revision === undefined ? {} : { advisories: revision }),
  };
  const questions = images.flatMap((image) => image.questions);
  await state.put(listPartition(digest), digest, listedImage(questions, reports));
  // Whoever took the image over meanwhile writes the same.
  await putIfSame(state, imagePartition(digest), SORT.image, record, version);
  return {
    outcome: 'scanned',
    bytesPulled: reports.reduce((sum, { bytesPulled }) => sum + bytesPulled, 0),
    layersReused: reports.reduce((sum, { layersReused }) => sum + layersReused, 0),
    complete: platforms.every((platform) => platform.outcome === 'complete'),
  };
}

async function failed(
  { digest, repository }: ScanMessage,
  set: string,
  error: unknown,
  version: number,
  { state, now, isLastTry }: ScanRegistryImageOptions,
): Promise<ScanOutcome> {
  const isPermanent = error instanceof AppError && !error.retryable;
  const isOver = isPermanent || isLastTry;
  const code = error instanceof AppError ? error.code : 'unexpected';
  const detail = error instanceof Error ? error.message : String(error);
  const isOther = code === 'media-type-unsupported' || code === 'manifest-unsupported';
  const record: ImageRecord = {
    schemaVersion: 1,
    status: isOther ? 'skipped' : isOver ? 'failed' : 'queued',
    catalogers: set,
    since: now().toISOString(),
    reason: { code, detail },
  };
  await putIfSame(state, imagePartition(digest), SORT.image, record, version);
  if (!isOver) throw error;
  if (isOther) return { outcome: 'no-image' };
  // Nothing is wrong with the image: the next look at the repository asks for it again.
  if (!OF_THE_IMAGE.has(code)) {
    await state.put(repositoryPartition(repository), SORT.again(digest), { code });
  }
  if (!isPermanent) throw error;
  return { outcome: 'failed', code, detail };
}

/** Codes that speak of an image itself: it will be the same at the next try. All others speak of the way to it. */
const OF_THE_IMAGE: ReadonlySet<string> = new Set([
  'manifest-invalid',
  'manifest-too-large',
  'manifest-digest-mismatch',
  'config-invalid',
  'platform-not-found',
  'layer-corrupt',
  'layer-truncated',
  'blob-not-found',
  'blob-digest-mismatch',
  'blob-size-mismatch',
  'image-too-large',
] satisfies (RegistryErrorCode | ImageErrorCode | ScanErrorCode)[]);
