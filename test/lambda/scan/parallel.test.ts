import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { inParallel } from '../../../lambda/scan/parallel.ts';

describe('scan/parallel', () => {
  it('works on every item, so many at once and no more', async () => {
    const done: number[] = [];
    let atWork = 0;
    let most = 0;

    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await turn();
      atWork -= 1;
      done.push(item);
    });

    expect(new Set(done)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(done).toHaveLength(7);
    expect(most).toBe(3);
  });

  it('begins in the order of the list', async () => {
    const begun: string[] = [];

    await inParallel(['a', 'b', 'c', 'd'], 2, async (item) => {
      begun.push(item);
      await turn();
    });

    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has nothing to do for an empty list', async () => {
    await expect(inParallel([], 3, () => Promise.reject(new Error('never')))).resolves.toBeUndefined();
  });

  it('fails with the first failure, once the others have stopped, and begins nothing more', async () => {
    const begun: number[] = [];
    const stopped: number[] = [];

    const act = inParallel([1, 2, 3, 4], 2, async (item, signal) => {
      begun.push(item);
      if (item === 1) throw new Error('the first');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await turn();
      stopped.push(item);
      throw new Error('because of the first');
    });

    await expect(act).rejects.toThrow('the first');
    expect(begun).toEqual([1, 2]);
    expect(stopped).toEqual([2]);
  });

  it('fails when its own signal is aborted, and begins nothing more', async () => {
    const controller = new AbortController();
    const begun: number[] = [];

    const act = inParallel(
      [1, 2, 3],
      1,
      async (item, signal) => {
        begun.push(item);
        controller.abort(new Error('enough'));
        signal.throwIfAborted();
        await turn();
      },
      controller.signal,
    );

    await expect(act).rejects.toThrow('enough');
    expect(begun).toEqual([1]);
  });

  it('begins nothing when its signal is aborted already', async () => {
    const begun: number[] = [];

    const act = inParallel(
      [1],
      1,
      async (item) => void begun.push(item),
      AbortSignal.abort(new Error('enough')),
    );

    await expect(act).rejects.toThrow('enough');
    expect(begun).toEqual([]);
  });
});
