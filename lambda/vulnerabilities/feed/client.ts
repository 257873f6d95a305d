import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../shared/errors.ts';
import { formatBytes, MINUTE_MS } from '../../shared/units.ts';
import { AdvisoryError } from '../errors.ts';
import { isTrustworthy, where } from './location.ts';

/** Reads feeds from `https:` and `file:` addresses. Every read has a limit in bytes; a cut-off answer fails. */
export type FeedClient = {
  /** The whole file in memory; undefined when the server says it is still the one with this `etag`. */
  read(url: URL, options: { maxBytes: number; etag?: string | undefined }): Promise<FeedBytes | undefined>;
  /** A local file with the content: `path` after a download, the file itself for a `file:` address. */
  toFile(url: URL, options: { maxBytes: number; path: string }): Promise<string>;
  /** Bytes that came over the network so far. */
  bytesDownloaded(): number;
};

export type FeedBytes = { readonly bytes: Buffer; readonly etag?: string };

export type FeedClientOptions = {
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Pause before the second try; doubled for the third. Milliseconds. */
  readonly retryDelayMs?: number | undefined;
};

const TRIES = 3;
const REQUEST_TIMEOUT_MS = 15 * MINUTE_MS;

export function createFeedClient(options: FeedClientOptions = {}): FeedClient {
  let received = 0;
  const count = (bytes: number): void => {
    received += bytes;
  };
  return {
    read: async (url, { maxBytes, etag }) => {
      if (url.protocol === 'file:') return { bytes: await readLocal(url, maxBytes) };
      return await withRetries(options, async () => {
        const response = await request(url, options, etag);
        if (response.status === 304) return undefined;
        const chunks: Buffer[] = [];
        await pipeline(bodyOf(response, url), metered(response, url, maxBytes, count), async (stream) => {
          for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
        });
        const newTag = response.headers.get('etag');
        return { bytes: Buffer.concat(chunks), ...(newTag !== null && { etag: newTag }) };
      });
    },
    toFile: async (url, { maxBytes, path }) => {
      if (url.protocol === 'file:') return await checkedLocalPath(url, maxBytes);
      return await withRetries(options, async () => {
        const response = await request(url, options, undefined);
        await pipeline(
          bodyOf(response, url),
          metered(response, url, maxBytes, count),
          createWriteStream(path),
        );
        return path;
      });
    },
    bytesDownloaded: () => received,
  };
}

async function request(url: URL, options: FeedClientOptions, etag: string | undefined): Promise<Response> {
  const signals = [AbortSignal.timeout(REQUEST_TIMEOUT_MS), ...(options.signal ? [options.signal] : [])];
  const response = await (options.fetch ?? fetch)(url, {
    // Content coding would hide the length that tells a whole answer from a cut-off one.
    headers: { 'accept-encoding': 'identity', ...(etag !== undefined && { 'if-none-match': etag }) },
    signal: AbortSignal.any(signals),
  });
  if (response.url !== '' && !isTrustworthy(new URL(response.url))) {
    throw new AdvisoryError('mirror-invalid', `${where(url)} redirects to an address that is not secure`);
  }
  if (response.ok || (response.status === 304 && etag !== undefined)) return response;
  await response.body?.cancel();
  // Object stores answer 403 for a missing key when the reader may not list.
  const missing = response.status === 404 || response.status === 410 || response.status === 403;
  throw new AdvisoryError(
    missing ? 'feed-not-found' : 'feed-unreachable',
    `${where(url)} answered ${response.status}`,
    {
      retryable: response.status >= 500 || response.status === 429 || response.status === 408,
      data: { status: response.status },
    },
  );
}

function bodyOf(response: Response, url: URL): Readable {
  if (response.body === null)
    throw new AdvisoryError('feed-truncated', `${where(url)} answered without a body`);
  return Readable.fromWeb(response.body);
}

/** Counts bytes, stops at the limit, and fails at the end when fewer came than the server announced. */
function metered(response: Response, url: URL, maxBytes: number, count: (bytes: number) => void): Transform {
  const announced =
    response.headers.get('content-encoding') === null ? response.headers.get('content-length') : null;
  let seen = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      seen += chunk.length;
      count(chunk.length);
      done(seen > maxBytes ? tooLarge(url, maxBytes) : null, chunk);
    },
    flush: (done) => {
      if (announced === null || Number(announced) === seen) return done();
      const data = { expected: Number(announced), found: seen };
      done(new AdvisoryError('feed-truncated', `${where(url)} ended early`, { retryable: true, data }));
    },
  });
}

async function withRetries<T>(options: FeedClientOptions, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      options.signal?.throwIfAborted();
      const failure = asAdvisoryError(error);
      if (!failure.retryable || attempt === TRIES) throw failure;
      await delay((options.retryDelayMs ?? 500) * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

function asAdvisoryError(error: unknown): AdvisoryError {
  if (error instanceof AdvisoryError) return error;
  return new AdvisoryError('feed-unreachable', `the feed cannot be read: ${messageOf(error)}`, {
    cause: error,
    retryable: true,
  });
}

async function readLocal(url: URL, maxBytes: number): Promise<Buffer> {
  return await readFile(await checkedLocalPath(url, maxBytes));
}

async function checkedLocalPath(url: URL, maxBytes: number): Promise<string> {
  const path = fileURLToPath(url);
  const found = await stat(path).catch((error: unknown) => {
    throw new AdvisoryError('feed-not-found', `${where(url)} cannot be read`, { cause: error });
  });
  if (!found.isFile()) throw new AdvisoryError('feed-not-found', `${where(url)} is not a file`);
  if (found.size > maxBytes) throw tooLarge(url, maxBytes);
  return path;
}

function tooLarge(url: URL, maxBytes: number): AdvisoryError {
  return new AdvisoryError('feed-too-large', `${where(url)} is larger than ${formatBytes(maxBytes)}`);
}
