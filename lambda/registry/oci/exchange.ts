import { messageOf, redactUrl } from '../../shared/errors.ts';
import { KiB } from '../../shared/units.ts';
import { errnoOf } from '../errno.ts';
import { RegistryError } from '../errors.ts';
import type { Http } from './http.ts';
import { holdOff, yourTurn } from './pacing.ts';
import { retryAfterMs } from './retry.ts';

const MAX_DRAINED_BYTES = 64 * KiB;

/** One response. Its body must be read to the end, or `discard`ed; else the connection stays open. */
export type Answer = {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  /** Once only. Fails with `registry-unreachable` when the connection breaks or nothing arrives for too long. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives up the rest of the body. */
  discard(): void;
};

export type Request = {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
};

/** Statuses with which Retry-After is about the whole host. RFC 6585 section 4, RFC 9110 section 15.6.4. */
const BUSY = new Set([429, 503]);

/**
 * Sends one request, as soon as the host may be asked (`yourTurn`), and gives whatever answers; redirects are not followed.
 * Throws `registry-unreachable`, retryable unless the host has no address or its certificate is refused; when `signal`
 * aborts, throws its reason.
 */
export async function exchange(url: URL, request: Request, http: Http): Promise<Answer> {
  await yourTurn(url.host, http, request.signal);
  const idle = idleGuard(url, http.idleTimeoutMs);
  const signal = request.signal === undefined ? idle.signal : AbortSignal.any([idle.signal, request.signal]);
  const init = {
    method: request.method ?? 'GET',
    redirect: 'manual',
    signal,
    body: request.body ?? null,
  } as const;
  idle.start();
  try {
    const response = await http.fetch(url, {
      ...init,
      headers: { 'user-agent': 'backline', ...request.headers },
    });
    idle.stop();
    const pause = retryAfterMs(response.headers.get('retry-after'), http.now());
    if (pause !== undefined && BUSY.has(response.status)) holdOff(url.host, pause, http);
    return {
      url,
      status: response.status,
      headers: response.headers,
      body: guarded(response, idle, (error) => unreachable(url, error, request.signal)),
      discard: () => idle.giveUp(),
    };
  } catch (error) {
    idle.giveUp();
    throw unreachable(url, error, request.signal);
  }
}

/** Reads a body nobody wants, so that its connection can be used again; a long one is given up instead. */
export async function drain(answer: Answer): Promise<void> {
  await readBody(answer, MAX_DRAINED_BYTES).catch(() => undefined);
}

/** The body up to `maxBytes`; when there is more, `undefined`, and the rest is given up. */
export async function readBody(answer: Answer, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* guarded(
  response: Response,
  idle: IdleGuard,
  failure: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      idle.start();
      const { value, done } = await reader.read();
      idle.stop();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw failure(error);
  } finally {
    idle.giveUp();
  }
}

type IdleGuard = {
  readonly signal: AbortSignal;
  /** From now on something must arrive. */
  start(): void;
  /** Something has arrived; the reader may take its time. */
  stop(): void;
  /** Aborts the request, which is without effect after its end. */
  giveUp(): void;
};

function idleGuard(url: URL, timeoutMs: number): IdleGuard {
  const controller = new AbortController();
  let waiting = false;
  const timer = setTimeout(() => {
    if (waiting) controller.abort(silent(url, timeoutMs));
  }, timeoutMs).unref();
  return {
    signal: controller.signal,
    start: () => {
      waiting = true;
      timer.refresh();
    },
    stop: () => {
      waiting = false;
    },
    giveUp: () => {
      waiting = false;
      clearTimeout(timer);
      controller.abort();
    },
  };
}

function silent(url: URL, timeoutMs: number): RegistryError {
  return new RegistryError(
    'registry-unreachable',
    `nothing came from ${redactUrl(url)} for ${timeoutMs} ms`,
    {
      retryable: true,
    },
  );
}

/** Errors that will be the same at the next try: no such host; no trusted certificate; a port fetch never connects to. */
const LASTING = /^(?:ENOTFOUND|bad port|CERT_.*|ERR_TLS_CERT.*|.*_CERT(?:_.*)?|UNABLE_TO_.*)$/;

function unreachable(url: URL, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof RegistryError) return error;
  // fetch hides the reason in the cause of its own error.
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
  const code = errnoOf(cause);
  return new RegistryError('registry-unreachable', `cannot reach ${redactUrl(url)}: ${messageOf(cause)}`, {
    cause: error,
    retryable: !LASTING.test(code === '' ? messageOf(cause) : code),
    data: { host: url.host, reason: code },
  });
}
