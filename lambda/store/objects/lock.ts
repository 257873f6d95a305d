import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND_MS } from '../../shared/units.ts';
import { StoreError } from '../errors.ts';

/** What a holder does takes milliseconds, or a second when it compares a large object. */
const MAX_WAIT_MS = 60 * SECOND_MS;
const POLL_MS = 5;

/**
 * Gives a function that runs one act at a time: among the calls of this function by taking turns, among processes by a
 * lock of the operating system, taken through SQLite on the file at `path`. The lock goes when its process goes, so a
 * crash leaves nothing to clear. Fails with `store-unavailable` when others hold it for a minute.
 */
export function createLock(path: string): <T>(act: () => Promise<T>) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve();
  return (act) => {
    const result = turn.then(() => whileLocked(path, act));
    turn = result.catch(() => undefined);
    return result;
  };
}

async function whileLocked<T>(path: string, act: () => Promise<T>): Promise<T> {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    for (let waited = 0; !tryLock(lock); waited += POLL_MS) {
      if (waited >= MAX_WAIT_MS) {
        throw new StoreError('store-unavailable', `another process holds the lock ${path}`, {
          retryable: true,
        });
      }
      await delay(POLL_MS);
    }
    return await act();
  } finally {
    lock.close();
  }
}

/** SQLite's SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return false;
    throw error;
  }
}
