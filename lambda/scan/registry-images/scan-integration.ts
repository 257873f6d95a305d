import { setTimeout as wait } from 'node:timers/promises';
import type { Integration } from '../../integrations/index.ts';
import { AppError } from '../../shared/errors.ts';
import { HOUR_MS, SECOND_MS } from '../../shared/units.ts';
import { currentCatalogerSet } from '../layer-cache.ts';
import { discoverIntegration } from './discover.ts';
import type { ScanMessage } from './messages.ts';
import {
  type Discovery,
  type ImageRecord,
  imagePartition,
  imageRecordSchema,
  readRecord,
  SORT,
} from './records.ts';
import { type ScanOutcome, type ScanRegistryImageOptions, scanRegistryImage } from './scan-registry-image.ts';

export type ScanIntegrationOptions = Omit<
  ScanRegistryImageOptions,
  'messageId' | 'remainingMs' | 'isLastTry' | 'integrationOf'
> & {
  readonly onProgress?: (progress: IntegrationProgress) => void;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
};

export type IntegrationProgress =
  | { readonly stage: 'listing' }
  | { readonly stage: 'scanning'; readonly done: number; readonly of: number; readonly image: string };

export type ScannedIntegration = {
  readonly discovery: Discovery;
  /** Those that a scan was asked for, in order; images that were scanned before are not among them. */
  readonly images: readonly ScannedPlace[];
};
export type ScannedPlace = {
  readonly repository: ScanMessage['repository'];
  readonly digest: string;
  readonly outcome: ScanOutcome;
  /** What is kept of it. */
  readonly record?: ImageRecord;
};

const TRIES = 3;
const PAUSE_MS = 5 * SECOND_MS;

/**
 * Looks through an integration and scans what is new, one image after the other, in this process: what a hub's functions and
 * queues do. An image that fails holds up no other. Throws what keeps it from looking at all.
 */
export async function scanIntegration(
  integration: Integration,
  options: ScanIntegrationOptions,
): Promise<ScannedIntegration> {
  const { onProgress, signal } = options;
  const messages: ScanMessage[] = [];
  onProgress?.({ stage: 'listing' });
  const discovery = await discoverIntegration(integration, undefined, {
    ...options,
    catalogers: currentCatalogerSet(),
    scans: { send: async (asked) => void messages.push(...asked) },
    discoveries: { send: () => Promise.reject(new Error('there is no other call to leave anything to')) },
    isTimeUp: () => false,
  });
  const images: ScannedPlace[] = [];
  for (const message of messages) {
    signal?.throwIfAborted();
    const { repository, digest } = message;
    const image = `${repository.host}/${repository.name}@${digest}`;
    onProgress?.({ stage: 'scanning', done: images.length, of: messages.length, image });
    const outcome = await scanPatiently(message, integration, options);
    const { value } = await readRecord(options.state, imagePartition(digest), SORT.image, imageRecordSchema);
    images.push({ repository, digest, outcome, ...(value === undefined ? {} : { record: value }) });
  }
  return { discovery, images };
}

/** Tries again what may pass by itself, as a queue would. */
async function scanPatiently(
  message: ScanMessage,
  integration: Integration,
  options: ScanIntegrationOptions,
): Promise<ScanOutcome> {
  const sleep = options.sleep ?? wait;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await scanRegistryImage(message, {
        ...options,
        integrationOf: async () => integration,
        messageId: `${process.pid}`,
        remainingMs: HOUR_MS,
        isLastTry: attempt === TRIES,
      });
    } catch (error) {
      if (!(error instanceof AppError) || options.signal?.aborted) throw error;
      if (attempt === TRIES) return { outcome: 'failed', code: error.code, detail: error.message };
      await sleep(PAUSE_MS * attempt);
    }
  }
}
