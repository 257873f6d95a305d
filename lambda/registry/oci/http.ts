import { lookup } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { SECOND_MS } from '../../shared/units.ts';

/** How requests are made; whatever is absent has a default. Tests pass their own clock, chance and patience. */
export type HttpOptions = {
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** From 0 up to, not including, 1. */
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** All addresses of a host name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Tries of one request without progress, the first included. */
  readonly maxAttempts?: number;
  /** A response of which nothing arrives for so long is given up. */
  readonly idleTimeoutMs?: number;
  /** Longest pause between tries, whatever Retry-After says. */
  readonly maxRetryAfterMs?: number;
  /** Hosts that asked not to be asked, and until when (milliseconds since 1970); all of the process shares one when absent. */
  readonly pacing?: Map<string, number>;
};
export type Http = Required<HttpOptions>;

/** Limits of a registry are those of an account: who speaks to it for the one part must know what the other was told. */
const PROCESS_PACING = new Map<string, number>();

/** The options with every default filled in. */
export function httpOf(options: HttpOptions = {}): Http {
  return {
    fetch: options.fetch ?? globalThis.fetch,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? ((ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal })),
    resolve: options.resolve ?? addressesOf,
    maxAttempts: options.maxAttempts ?? 5,
    idleTimeoutMs: options.idleTimeoutMs ?? 30 * SECOND_MS,
    maxRetryAfterMs: options.maxRetryAfterMs ?? 60 * SECOND_MS,
    pacing: options.pacing ?? PROCESS_PACING,
  };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
