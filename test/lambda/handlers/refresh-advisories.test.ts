import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Hub } from '../../../lambda/handlers/hub.ts';
import { refresh } from '../../../lambda/handlers/refresh-advisories.ts';
import type { RefreshOptions } from '../../../lambda/scan/index.ts';
import { HOUR_MS } from '../../../lambda/shared/units.ts';
import { codeOf } from '../../support/code-of.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { RECORDS } from '../scan/bench.ts';
import { hubBench } from '../scan/registry-images/bench.ts';
import { writeMirror } from '../vulnerabilities/mirror.ts';
import { type HandlerBench, handlerBench } from './bench.ts';

const bench = hubBench();
const path = temporaryDirectory();
let handlers: HandlerBench;
beforeEach(() => {
  handlers = handlerBench(bench, path('work'));
});

describe('handlers/refresh-advisories', () => {
  const nowhere = new URL('file:///nowhere/').href;
  /** A hub that fetches advisories from the mirror of the bench, with other feeds where given. */
  async function refreshing(feeds: Partial<RefreshOptions> = {}): Promise<Hub> {
    const { state, objects, sent } = bench;
    const mirror = await writeMirror(path('mirror'), RECORDS);
    return {
      ...handlers.hub,
      refreshing: () => ({
        state,
        objects,
        folder: path('database'),
        mirror,
        rematches: { send: async (messages) => void sent.rematches.push(...messages) },
        now: () => bench.now,
        ...feeds,
      }),
    };
  }

  it('says how old the advisories are, and how many feeds failed', async () => {
    const answer = await refresh(await refreshing({ kevUrl: nowhere }));

    expect(answer).toMatchObject({ updated: ['osv:Debian', 'osv:npm'], failed: ['kev'] });
    expect(handlers.counts).toMatchObject({ AdvisoryAgeHours: 0, AdvisoryFeedsFailed: 1 });
  });

  it('says how old those are that could not be fetched again', async () => {
    await bench.refresh();
    bench.now = new Date(bench.now.getTime() + 30 * HOUR_MS);

    const code = await codeOf(async () => refresh(await refreshing({ mirror: nowhere })));

    expect(code).toBe('advisories-unavailable');
    expect(handlers.counts).toMatchObject({ AdvisoryAgeHours: 30 });
  });

  it('says nothing of the age of a source that the mirror no longer names', async () => {
    await bench.refresh({ ...RECORDS, PyPI: RECORDS.npm });
    bench.now = new Date(bench.now.getTime() + 30 * HOUR_MS);

    await refresh(await refreshing());

    expect(handlers.counts).toMatchObject({ AdvisoryAgeHours: 0, AdvisoryFeedsFailed: 0 });
  });

  it('says no age when nothing was ever fetched', async () => {
    await codeOf(async () => refresh(await refreshing({ mirror: nowhere })));

    expect(handlers.counts).not.toHaveProperty('AdvisoryAgeHours');
    expect(handlers.counts).toMatchObject({ AdvisoryFeedsFailed: 1 });
  });
});
