import { isNativeError } from 'node:util/types';
import { AppError, messageOf } from '../../lambda/shared/errors.ts';
import { safeText } from '../../lambda/shared/text.ts';

/** 0 nothing to complain of, 1 findings at or over --fail-on or a check that failed, 2 usage, 3 could not scan or (--strict) not all was read. */
export const EXIT = { ok: 0, findings: 1, usage: 2, failed: 3, interrupted: 130 } as const;

/** What somebody typed makes no sense; the message says what would. */
export class UsageError extends Error {}

/** Codes that mean the command line was wrong, not the world. */
const USAGE_CODES: ReadonlySet<string> = new Set(['reference-invalid', 'mirror-invalid', 'insecure-refused']);

/** What to do, for codes whose messages are written for programs as well and so name no option. */
const ADVICE: Readonly<Record<string, string>> = {
  unauthorized: 'log in with docker login, or check the name',
  forbidden: 'log in with docker login as somebody who may pull it',
  'insecure-refused': 'leave --insecure out',
  'database-invalid': 'run backline db update, or name another folder with --db',
  'shard-invalid': 'run backline db status --verify, and backline db update',
  'shard-missing': 'run backline db update',
};

/** One line for people, and the exit code. */
export function explainFailure(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof UsageError) return { message: safeText(error.message), exitCode: EXIT.usage };
  if (error instanceof AppError) {
    const exitCode = USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.failed;
    const advice = ADVICE[error.code] ?? (error.retryable ? 'trying again may help' : undefined);
    const what = `${safeText(error.message)} [${error.code}]`;
    return { message: advice === undefined ? what : `${what}: ${advice}`, exitCode };
  }
  const { path } = error as NodeJS.ErrnoException;
  const where = path === undefined ? '' : `${path}: `;
  return { message: safeText(`${where}${reasonOf(error)}`), exitCode: EXIT.failed };
}

// `EACCES: permission denied, open '/x'`, as Node words errors of the operating system.
const SYSTEM_ERROR = /^(?<code>[A-Z0-9]+): (?<reason>[^,]+), (?<call>\w+)/;

/** Why the operating system refused something, in its own words: `permission denied (EACCES)`; else the error's message. */
export function reasonOf(error: unknown): string {
  const { code, reason } = (isNativeError(error) && SYSTEM_ERROR.exec(error.message)?.groups) || {};
  return reason === undefined ? messageOf(error) : `${reason} (${code})`;
}
