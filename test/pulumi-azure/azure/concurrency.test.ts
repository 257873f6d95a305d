import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { eightAtATime } from '../../../pulumi-azure/azure/concurrency.ts';

describe('pulumi-azure/azure/concurrency', () => {
  it('runs eight tasks at once, and gives the results in their order', async () => {
    let running = 0;
    let most = 0;
    const tasks = Array.from({ length: 30 }, (_, index) => async () => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = 0; turns < index % 3; turns += 1) await setImmediate();
      running -= 1;
      return index;
    });

    expect(await eightAtATime(tasks)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(most).toBe(8);
  });

  it('fails with the first failure', async () => {
    await expect(eightAtATime([async () => 1, () => Promise.reject(new Error('no'))])).rejects.toThrow('no');
  });
});
