import { describe, expect, it } from '@jest/globals';
import { httpOf } from '../../../../lambda/registry/oci/http.ts';
import { holdOff, yourTurn } from '../../../../lambda/registry/oci/pacing.ts';
import { impatient, setting } from './setting.ts';

/** A clock that goes on when everybody who is asked for waits for it. */
function clock() {
  let now = Date.now();
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  let noticed = () => {};
  const sleep = (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sleepers.push({ until: now + ms, wake: resolve });
    noticed();
    return promise;
  };
  return {
    now: () => now,
    sleep,
    notice: () => noticed(),
    /** Resolves once so many sleep. */
    sleeping: async (count: () => number): Promise<void> => {
      while (sleepers.length < count()) {
        await new Promise<void>((resolve) => {
          noticed = resolve;
        });
      }
    },
    /** Wakes whoever sleeps up to the next time. */
    next: (): void => {
      now = Math.max(now, Math.min(...sleepers.map(({ until }) => until)));
      const due = sleepers.filter(({ until }) => until <= now);
      sleepers = sleepers.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
    },
  };
}

const LIMITED = { kind: 'status', on: 'manifests', status: 429, headers: { 'retry-after': '30' } } as const;

describe('registry/oci/pacing', () => {
  it('keeps everybody in the process from a registry that asked one of them to wait', async () => {
    const time = clock();
    const { now, sleep } = time;
    // No pacing of its own: what is not said is shared by the process.
    const http = { now, sleep, random: () => 0, maxAttempts: 5 };
    const { open, registry, image } = await setting();
    const manifest = async () => (await open({ http })).manifest();
    registry.fail({ ...LIMITED, times: 1 });

    const first = manifest();
    await time.sleeping(() => 1);
    const others = [manifest(), manifest(), manifest()];
    await time.sleeping(() => 4);

    expect(registry.requests).toHaveLength(1);
    time.next();
    const { digest } = image.descriptor;
    expect((await Promise.all([first, ...others])).map((one) => one.digest)).toEqual(Array(4).fill(digest));
    expect(registry.requests).toHaveLength(5);
  });

  it('uses the tries of one for all, when many wait for a registry that stays busy', async () => {
    const time = clock();
    const { now, sleep } = time;
    let drawn = 0;
    const random = () => (drawn++ * 0.37) % 1;
    const http = { now, sleep, random, pacing: new Map(), maxAttempts: 5 };
    const { open, registry, image } = await setting();
    registry.fail({ ...LIMITED, headers: { 'retry-after': '1' } });
    const busyUntil = now() + 8000;
    let done = 0;

    const calls = Array.from({ length: 8 }, async () => {
      try {
        return (await (await open({ http })).manifest()).digest;
      } finally {
        done += 1;
        time.notice();
      }
    });
    while (done < calls.length) {
      await time.sleeping(() => calls.length - done);
      if (done === calls.length) break;
      time.next();
      if (now() >= busyUntil) registry.heal();
    }

    expect(await Promise.all(calls)).toEqual(Array(8).fill(image.descriptor.digest));
    // Eight at first, one in each second, eight that were let in.
    expect(registry.requests.length).toBeLessThan(8 + 8 + 8);
  });

  it('waits no longer than the limit, whatever a host asked for', async () => {
    const { pauses, http } = impatient({ maxRetryAfterMs: 60_000 });
    const all = httpOf(http);
    all.pacing.set('team.azurecr.io', all.now() + 86_400_000);

    await yourTurn('team.azurecr.io', all);

    expect(pauses).toEqual([60_000]);
  });

  it('keeps nobody from other hosts', async () => {
    const { pauses, http } = impatient();
    const all = httpOf(http);
    holdOff('team.azurecr.io', 30_000, all);

    await yourTurn('other.azurecr.io', all);

    expect(pauses).toEqual([]);
  });

  it('ends with the reason when it is aborted', async () => {
    const all = httpOf({ pacing: new Map() });
    holdOff('team.azurecr.io', 30_000, all);
    const abort = new AbortController();

    const turn = yourTurn('team.azurecr.io', all, abort.signal);
    const reason = new Error('the image is given up');
    abort.abort(reason);

    await expect(turn).rejects.toBe(reason);
  });
});
