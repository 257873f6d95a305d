import { SECOND_MS } from '../../shared/units.ts';
import type { Http } from './http.ts';

/** Those who waited for a host go on within this time: all at once they would be sent away again. */
const SPREAD_MS = 1 * SECOND_MS;

/**
 * Waits until a host may be asked again, at most `maxRetryAfterMs` in all. Whoever is first may be told to wait longer: that
 * goes for those who wait as well, of which none is a try.
 */
export async function yourTurn(host: string, http: Http, signal?: AbortSignal): Promise<void> {
  const { pacing, now, sleep, random, maxRetryAfterMs } = http;
  let patience = maxRetryAfterMs;
  for (;;) {
    const left = Math.min((pacing.get(host) ?? 0) - now(), patience);
    if (left <= 0) return;
    patience -= left;
    await sleep(left + random() * SPREAD_MS, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}

/** True while `yourTurn` would wait. */
export function isHeldOff(host: string, { pacing, now }: Http): boolean {
  return (pacing.get(host) ?? 0) > now();
}

/** Keeps everybody in the process from a host for so long, `maxRetryAfterMs` at most. */
export function holdOff(host: string, pauseMs: number, { pacing, now, maxRetryAfterMs }: Http): void {
  const until = now() + Math.min(pauseMs, maxRetryAfterMs);
  pacing.set(host, Math.max(until, pacing.get(host) ?? 0));
}
