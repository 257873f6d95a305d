import type { Integration } from '../../integrations/index.ts';
import type { ImageSource, Registry } from '../../registry/index.ts';
import { AppError } from '../../shared/errors.ts';
import { ScanError } from '../errors.ts';
import { currentCatalogerSet, layerCache } from '../layer-cache.ts';
import { type ScannedImage, scanSource } from '../scan-source.ts';
import { type Claim, claim, settle, statusRecord } from './claim-image.ts';
import { advisoriesNow, type KeepOptions, type KeptOutcome, keepScan } from './keep-scan.ts';
import type { ScanMessage } from './messages.ts';
import { imagePartition, imageRecordSchema, putIfSame, readRecord, SORT } from './records.ts';

export type ScanRegistryImageOptions = KeepOptions & {
  /** Undefined when there is none of this name. */
  readonly integrationOf: (id: string) => Promise<Integration | undefined>;
  readonly registryOf: (integration: Integration) => Registry;
  /** When this try fails there is no other. */
  readonly isLastTry: boolean;
  readonly signal?: AbortSignal;
};

export type ScanOutcome =
  | KeptOutcome
  /** `known`: scanned already; `busy`: another call is at it; `disconnected`: the integration is. */
  | { readonly outcome: 'known' | 'busy' | 'disconnected' }
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
  if (integration?.connected !== true) return await giveUp(message.digest, options);
  const set = currentCatalogerSet();
  const claimed = await claim(message.digest, set, options);
  if (typeof claimed === 'string') return { outcome: claimed };
  try {
    if (options.isLastTry && claimed.died >= MAX_DEATHS) throw tooLarge(claimed);
    const before = await advisoriesNow(options);
    const scanned = await readAndMatch(message, integration, options);
    return await keepScan(message.digest, set, scanned, before, claimed, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return await failed(message.digest, set, error, claimed, options);
  }
}

function tooLarge({ died }: Claim): ScanError {
  return new ScanError(
    'image-too-large',
    `${died} tries were ended from outside while they read the image: it takes more memory or time than there is`,
  );
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
      triesAgain: !options.isLastTry,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { name: source.name, images };
  } finally {
    await source?.close();
    await registry.close();
  }
}

async function failed(
  digest: string,
  set: string,
  error: unknown,
  claimed: Claim,
  options: ScanRegistryImageOptions,
): Promise<ScanOutcome> {
  const isPermanent = error instanceof AppError && !error.retryable;
  const isOver = isPermanent || options.isLastTry;
  const code = error instanceof AppError ? error.code : 'unexpected';
  const detail = error instanceof Error ? error.message : String(error);
  const isOther = error instanceof AppError && isNoImage(error);
  const status = isOther ? 'skipped' : isOver ? 'failed' : 'queued';
  await settle(digest, statusRecord(status, set, { code, detail }, options), claimed, options);
  if (!isOver) throw error;
  if (isOther) return { outcome: 'no-image' };
  if (!isPermanent) throw error;
  return { outcome: 'failed', code, detail };
}

/** Charts, signatures and the like: nothing is wrong with them. */
function isNoImage({ code, data }: AppError): boolean {
  return code === 'media-type-unsupported' || (code === 'manifest-unsupported' && data['kind'] !== 'image');
}

/** The image was asked for by an integration that is not connected any more: others that have it may ask again, and this one too. */
async function giveUp(digest: string, options: ScanRegistryImageOptions): Promise<ScanOutcome> {
  const partition = imagePartition(digest);
  const { value, version } = await readRecord(options.state, partition, SORT.image, imageRecordSchema);
  if (value?.status === 'queued') {
    const reason = {
      code: 'integration-disconnected',
      detail: 'the integration was disconnected before the scan',
    };
    const record = statusRecord('failed', value.catalogers, reason, options);
    await putIfSame(options.state, partition, SORT.image, record(value), version);
  }
  return { outcome: 'disconnected' };
}
