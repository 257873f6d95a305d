import { SECOND_MS } from '../../shared/units.ts';
import { RegistryError } from '../errors.ts';
import type { Http } from './http.ts';
import { isHeldOff } from './pacing.ts';

const FIRST_PAUSE_MS = 0.5 * SECOND_MS;
const LONGEST_PAUSE_MS = 10 * SECOND_MS;

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 (IMF-fixdate) */
const HTTP_DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/;

/** Repeats a call that fails with a retryable error, at most `maxAttempts` times in all; throws its last error. */
export async function retrying<T>(call: () => Promise<T>, http: Http, signal?: AbortSignal): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      await pauseAfter(error, failures, http, signal);
    }
  }
}

/**
 * Waits before the next try, or throws the error: it is not retryable, or it was the last try. Where the host itself asked
 * for a pause, that is waited for when it is asked again.
 */
export async function pauseAfter(
  error: unknown,
  failures: number,
  http: Http,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (!(error instanceof RegistryError) || !error.retryable || failures >= http.maxAttempts) throw error;
  const { host } = error.data;
  if (typeof host === 'string' && isHeldOff(host, http)) return;
  await http.sleep(pauseMs(error, failures, http), signal);
}

/**
 * What Retry-After asks for, within `maxRetryAfterMs`; else twice as long each time, a random half of it taken off so
 * that many scanners that failed together do not come back together.
 */
function pauseMs(error: RegistryError, failures: number, http: Http): number {
  const asked = error.data['retryAfterMs'];
  if (typeof asked === 'number') return Math.min(asked, http.maxRetryAfterMs);
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS, http.maxRetryAfterMs);
  return longest * (1 - http.random() / 2);
}

/** Milliseconds from a Retry-After header: seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * SECOND_MS;
  // Date.parse alone takes '-1' for a year.
  const date = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
