import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SECOND_MS } from '../../../../lambda/shared/units.ts';
import { openStateFile, type StateStore } from '../../../../lambda/store/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { keepsState, testClock } from '../state-contract.ts';

const run = promisify(execFile);

/** Adds one to a number in a record, `times` times, as any number of processes may at once. */
const COUNTING = `
  const [door, path, times] = process.argv.slice(1);
  const { openStateFile } = await import(door);
  const store = openStateFile(path, () => new Date());
  for (let done = 0; done < Number(times); ) {
    const found = await store.get('counted', 'counter');
    const next = { count: (found?.value.count ?? 0) + 1 };
    try {
      await store.put('counted', 'counter', next, { expected: found?.version ?? 0 });
      done += 1;
    } catch (error) {
      if (error.code !== 'state-conflict') throw error;
    }
  }
  await store.close();`;

describe('store/state/sqlite', () => {
  const path = temporaryDirectory();
  const clock = testClock();
  let store: StateStore;
  beforeAll(() => {
    store = openStateFile(path('made', 'state.sqlite'), clock);
  });
  afterAll(() => store.close());

  keepsState({ store: () => store, clock });

  it('makes its files for their owner alone', async () => {
    await store.put('modes', 'sort', {});

    for (const suffix of ['', '-wal', '-shm']) {
      const { mode } = await stat(path('made', `state.sqlite${suffix}`));
      expect(mode & 0o777).toBe(0o600);
    }
  });

  it('keeps records when it is closed and opened again, without those that expired', async () => {
    const first = openStateFile(path('again.sqlite'), clock);
    await first.put('kept', 'lasting', { text: 'kept' });
    await first.put('kept', 'passing', {}, { expiresAt: clock().getTime() + SECOND_MS });
    await first.close();
    clock.advance(5 * SECOND_MS);

    const second = openStateFile(path('again.sqlite'), clock);
    const kept = await second.get('kept', 'lasting');
    await second.close();

    expect(kept?.value).toEqual({ text: 'kept' });
    const database = new DatabaseSync(path('again.sqlite'));
    expect(database.prepare('SELECT count(*) AS records FROM record').get()).toEqual({ records: 1 });
    database.close();
  });

  it('ends a page before it holds more than a few megabytes', async () => {
    const text = 'x'.repeat(300_000);
    for (let number = 10; number < 40; number += 1) await store.put('wide', String(number), { text });

    const { records, next } = await store.query('wide', { limit: 1000 });

    expect(records.length).toBeGreaterThan(10);
    expect(records.length).toBeLessThan(20);
    expect(next).toBe(records.at(-1)?.sort);
  });

  it('keeps its conditions between processes that open a new file at once', async () => {
    const door = new URL('../../../../lambda/store/index.ts', import.meta.url).href;
    const file = path('counted.sqlite');

    await Promise.all(
      [1, 2, 3, 4].map(() =>
        run(process.execPath, ['--no-warnings', '--input-type=module', '-e', COUNTING, door, file, '50']),
      ),
    );

    const opened = openStateFile(file, clock);
    expect((await opened.get('counted', 'counter'))?.value).toEqual({ count: 200 });
    await opened.close();
  });

  it('rejects a file of another schema version, and one that is no database', async () => {
    const newer = new DatabaseSync(path('newer.sqlite'));
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await writeFile(path('other.sqlite'), 'no database '.repeat(1000));

    expect(await codeOf(() => openStateFile(path('newer.sqlite'), clock))).toBe('store-unavailable');
    expect(await codeOf(() => openStateFile(path('other.sqlite'), clock))).toBe('store-unavailable');
  });
});
