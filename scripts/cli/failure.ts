import { AppError, messageOf } from '../../lambda/shared/errors.ts';
import { safeText } from '../../lambda/shared/text.ts';

/** 0 nothing to complain of, 1 findings at or over --fail-on, 2 usage, 3 could not scan or (--strict) not all was read. */
export const EXIT = { ok: 0, findings: 1, usage: 2, failed: 3, interrupted: 130 } as const;

/** What somebody typed makes no sense; the message says what would. */
export class UsageError extends Error {}

/** Codes that mean the command line was wrong, not the world. */
const USAGE_CODES: ReadonlySet<string> = new Set(['reference-invalid', 'mirror-invalid']);

/** One line for people, and the exit code. */
export function explainFailure(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof UsageError) return { message: error.message, exitCode: EXIT.usage };
  if (error instanceof AppError) {
    const exitCode = USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.failed;
    const advice = error.retryable ? ' (trying again may help)' : '';
    return { message: `${safeText(error.message)} [${error.code}]${advice}`, exitCode };
  }
  return { message: safeText(messageOf(error)), exitCode: EXIT.failed };
}
