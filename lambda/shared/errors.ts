/**
 * The base of every error that Backline throws on purpose. `code` is stable and listed in docs/error-codes.md;
 * branch on it, never on the message. `retryable` says whether the same call may succeed later.
 * Messages never carry a credential; URLs in them are redacted with `redactUrl`.
 */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly retryable: boolean;
  /** Facts about the failure (`expected`, `found`, `digest`, `path`): safe to log. */
  readonly data: Readonly<Record<string, string | number>>;

  constructor(code: Code, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.data = options.data ?? {};
  }
}

export type AppErrorOptions = {
  readonly cause?: unknown;
  readonly retryable?: boolean;
  readonly data?: Readonly<Record<string, string | number>>;
};

/** The message of anything that was thrown; for errors with a cause that they do not quote themselves, the chain joined by ': '. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message === '' ? error.name : error.message;
  if (!(error.cause instanceof Error)) return own;
  const why = messageOf(error.cause);
  return own.includes(why) ? own : `${own}: ${why}`;
}

/** The URL without user info, query and fragment: presigned queries and tokens are secrets. */
export function redactUrl(url: string | URL): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  } catch {
    return '(unreadable address)';
  }
}
