import { pipeline, Readable } from 'node:stream';
import { MiB } from '../../shared/units.ts';
import { RegistryError } from '../errors.ts';
import type { Descriptor } from '../source.ts';
import { checkDescriptor, truncated, verifiedStream } from '../verified-stream.ts';
import type { Answer } from './exchange.ts';
import type { Http } from './http.ts';
import { pauseAfter } from './retry.ts';

/** Progress that makes earlier failures forgotten: a slow line may break often, a broken server may not hold us for ever. */
const PROGRESS_BYTES = 1 * MiB;

/** `bytes 100-199/200`, the end and the total of which are checked by the stream. RFC 9110 section 14.4. */
const CONTENT_RANGE = /^bytes (?<first>[0-9]{1,16})-[0-9]{1,16}\/(?<total>[0-9]{1,16}|\*)$/;

/** Asks once for the blob, with these headers; gives a response of status 200 or 206, and 416 when `range` was among them. */
export type BlobRequest = (headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Answer>;

/**
 * The bytes of a blob, verified. The first response is awaited, so that a missing blob rejects; a connection that
 * breaks later is taken up where it broke. Destroying the stream or aborting the signal closes the connection.
 */
export async function openBlob(
  ask: BlobRequest,
  descriptor: Descriptor,
  http: Http,
  signal: AbortSignal,
): Promise<Readable> {
  checkDescriptor(descriptor);
  const stopped = new AbortController();
  const download: Download = {
    ask,
    descriptor,
    http,
    signal: AbortSignal.any([signal, stopped.signal]),
    failures: 0,
  };
  const first = await connect(download, 0);
  const verified = verifiedStream(descriptor);
  verified.once('close', () => stopped.abort());
  // The consumer of the result meets its error; the callback only keeps it from being unhandled.
  return pipeline(Readable.from(bytesOf(download, first), { objectMode: false }), verified, () => {});
}

type Download = {
  readonly ask: BlobRequest;
  readonly descriptor: Descriptor;
  readonly http: Http;
  readonly signal: AbortSignal;
  /** In a row, without progress. */
  failures: number;
};

type Connection = {
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes at its start that were received before: the server ignores Range. */
  readonly skip: number;
};

async function* bytesOf(download: Download, first: Connection): AsyncGenerator<Uint8Array> {
  const { descriptor, http, signal } = download;
  let received = 0;
  for (let connection = first; ; connection = await connect(download, received)) {
    const start = received;
    let failure: unknown;
    try {
      for await (const chunk of unskipped(connection)) {
        received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failure = error;
    }
    // Closed in order without a byte more: there are no more. The verified stream says what that means.
    if (received >= descriptor.size || (failure === undefined && received === start)) return;
    download.failures = received - start >= PROGRESS_BYTES ? 1 : download.failures + 1;
    await pauseAfter(failure ?? truncated(descriptor, received), download.failures, http, signal);
  }
}

async function connect(download: Download, offset: number): Promise<Connection> {
  for (;;) {
    try {
      return await request(download, offset);
    } catch (error) {
      download.failures += 1;
      await pauseAfter(error, download.failures, download.http, download.signal);
    }
  }
}

async function request({ ask, descriptor, signal }: Download, offset: number): Promise<Connection> {
  const { digest, size } = descriptor;
  // Encoded in transit the bytes would not be those of the digest, and offsets not those of the blob.
  const range = offset === 0 ? {} : { range: `bytes=${offset}-` };
  const headers = { 'accept-encoding': 'identity', ...range };
  const answer = await ask(headers, signal);
  if (answer.status === 416) {
    answer.discard();
    return { body: nothing(), skip: 0 };
  }
  const announced = answer.status === 206 ? totalOf(answer, offset) : lengthOf(answer);
  if (announced === undefined || announced <= size) {
    return { body: answer.body, skip: answer.status === 206 ? 0 : offset };
  }
  answer.discard();
  throw new RegistryError(
    'blob-size-mismatch',
    `blob ${digest} has ${announced} bytes, ${size} were announced`,
    {
      data: { digest, expected: size, found: announced },
    },
  );
}

/** Of the whole blob, as a partial response gives it; throws when the part is not the one asked for. */
function totalOf(answer: Answer, offset: number): number | undefined {
  const { first, total } = CONTENT_RANGE.exec(answer.headers.get('content-range') ?? '')?.groups ?? {};
  if (first !== undefined && Number(first) === offset) return total === '*' ? undefined : Number(total);
  answer.discard();
  throw new RegistryError(
    'registry-error',
    `${answer.url.host} answers with another part of a blob than asked for`,
    {
      retryable: true,
    },
  );
}

function lengthOf({ headers }: Answer): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

async function* unskipped({ body, skip }: Connection): AsyncGenerator<Uint8Array> {
  let left = skip;
  for await (const chunk of body) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

// oxlint-disable-next-line no-empty-function
async function* nothing(): AsyncGenerator<Uint8Array> {}
