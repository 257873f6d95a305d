import { setTimeout as wait } from 'node:timers/promises';
import { type Discovery, type Integration, integrationPartition } from '../../integrations/index.ts';
import { AppError, messageOf } from '../../shared/errors.ts';
import { HOUR_MS, SECOND_MS } from '../../shared/units.ts';
import type { StateStore } from '../../store/index.ts';
import { currentCatalogerSet } from '../layer-cache.ts';
import { discoverIntegration } from './discover.ts';
import { type ScanMessage, scanMessageSchema } from './messages.ts';
import {
  allRecords,
  type ImageRecord,
  imagePartition,
  imageRecordSchema,
  PENDING_PREFIX,
  readRecord,
  SORT,
} from './records.ts';
import { type ScanOutcome, type ScanRegistryImageOptions, scanRegistryImage } from './scan-registry-image.ts';
import { knownTags } from './tags.ts';

export type ScanIntegrationOptions = Omit<
  ScanRegistryImageOptions,
  'messageId' | 'remainingMs' | 'isLastTry' | 'integrationOf'
> & {
  readonly onProgress?: (progress: IntegrationProgress) => void;
  readonly sleep?: (ms: number) => Promise<unknown>;
};

export type IntegrationProgress =
  | { readonly stage: 'listing' }
  | { readonly stage: 'scanning'; readonly done: number; readonly of: number; readonly image: string };

export type ScannedIntegration = {
  readonly discovery: Discovery;
  /** Those that a scan was asked for, by repository and digest; images that were scanned before are not among them. */
  readonly images: readonly ScannedPlace[];
};
export type ScannedPlace = {
  readonly repository: ScanMessage['repository'];
  /** That point to it there. Sorted. */
  readonly tags: readonly string[];
  readonly digest: string;
  readonly outcome: ScanOutcome;
  /** What is kept of it. */
  readonly record?: ImageRecord;
};

const TRIES = 3;
const PAUSE_MS = 5 * SECOND_MS;
/** The same for all runs: an image that was begun by one that died is nobody's. Two at once read an image twice, and write the same. */
const MESSAGE_ID = 'one-machine';

/**
 * Looks through an integration and scans what is new, one image after the other, in this process: what a hub's functions and
 * queues do. An image that fails holds up no other, and what this does not come to is scanned by the next call. Throws what
 * keeps it from looking at all, or from keeping what it finds.
 */
export async function scanIntegration(
  integration: Integration,
  options: ScanIntegrationOptions,
): Promise<ScannedIntegration> {
  const { state, onProgress, signal } = options;
  const partition = integrationPartition(integration.id);
  onProgress?.({ stage: 'listing' });
  const discovery = await discoverIntegration(integration, undefined, {
    ...options,
    catalogers: currentCatalogerSet(),
    scans: {
      send: async (asked) => {
        for (const message of asked) await state.put(partition, SORT.pending(message.digest), message);
      },
    },
    discoveries: { send: () => Promise.reject(new Error('there is no other call to leave anything to')) },
    isTimeUp: () => false,
  });
  const messages = await pendingScans(state, partition);
  const tagsOf = tagReader(state);
  const images: ScannedPlace[] = [];
  for (const message of messages) {
    signal?.throwIfAborted();
    const { repository, digest } = message;
    const image = `${repository.host}/${repository.name}@${digest}`;
    onProgress?.({ stage: 'scanning', done: images.length, of: messages.length, image });
    const outcome = await scanPatiently(message, integration, options);
    await state.delete(partition, SORT.pending(digest));
    const { value } = await readRecord(state, imagePartition(digest), SORT.image, imageRecordSchema);
    const tags = await tagsOf(repository, digest);
    images.push({ repository, tags, digest, outcome, ...(value === undefined ? {} : { record: value }) });
  }
  return { discovery, images };
}

/** Reads the tags of a repository once, however many images of it are asked for. */
function tagReader(
  state: StateStore,
): (repository: ScanMessage['repository'], digest: string) => Promise<readonly string[]> {
  const read = new Map<string, ReturnType<typeof knownTags>>();
  return async (repository, digest) => {
    const name = `${repository.host}/${repository.name}`;
    const tags = read.get(name) ?? knownTags(state, repository);
    read.set(name, tags);
    return [...(await tags)]
      .filter(([, tag]) => tag.digest === digest)
      .map(([tag]) => tag)
      .sort();
  };
}

/** What was asked for and not tried yet, by earlier calls too. */
async function pendingScans(state: StateStore, partition: string): Promise<readonly ScanMessage[]> {
  const messages: ScanMessage[] = [];
  for await (const { value } of allRecords(state, partition, PENDING_PREFIX)) {
    messages.push(scanMessageSchema.parse(value));
  }
  const place = ({ repository, digest }: ScanMessage): string =>
    `${repository.host}/${repository.name}@${digest}`;
  return messages.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** Tries again what may pass by itself, as a queue would. A defect gets one more try, which keeps its reason. */
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
        messageId: MESSAGE_ID,
        remainingMs: HOUR_MS,
        isLastTry: attempt === TRIES,
      });
    } catch (error) {
      const isDefect = !(error instanceof AppError);
      // What does not pass and is not of the image: nothing can be kept.
      if (options.signal?.aborted || (!isDefect && !error.retryable)) throw error;
      if (attempt === TRIES) {
        return { outcome: 'failed', code: isDefect ? 'unexpected' : error.code, detail: messageOf(error) };
      }
      if (isDefect) attempt = TRIES - 1;
      else await sleep(PAUSE_MS * attempt);
    }
  }
}
