import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { AdvisoryError } from '../errors.ts';

const LOCK_FILE = 'lock.sqlite';
const POLL_MS = 100;

/**
 * Runs `act` while no other process or call updates the same folder. The lock is one of the operating system, taken
 * through SQLite: it goes when its process goes, so that a crash leaves nothing to clear. Fails with `database-locked`
 * when another update holds it for longer than `waitMs`.
 */
export async function withLock<T>(
  directory: string,
  options: { readonly waitMs: number; readonly signal?: AbortSignal | undefined },
  act: () => Promise<T>,
): Promise<T> {
  const lock = new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
  try {
    for (let waited = 0; !tryLock(lock); waited += POLL_MS) {
      options.signal?.throwIfAborted();
      if (waited >= options.waitMs) {
        throw new AdvisoryError('database-locked', 'another update of the advisory database is running', {
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

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch {
    return false;
  }
}
