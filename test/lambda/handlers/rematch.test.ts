import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Hub } from '../../../lambda/handlers/hub.ts';
import { rematch } from '../../../lambda/handlers/rematch.ts';
import { inventoryKey } from '../../../lambda/scan/registry-images/documents.ts';
import { MAX_RECEIVES } from '../../../lambda/shared/environment.ts';
import { MINUTE_MS } from '../../../lambda/shared/units.ts';
import { type ObjectStore, StoreError } from '../../../lambda/store/index.ts';
import { image, layer } from '../../support/image-builder.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { DEBIAN_12, dpkg } from '../scan/bench.ts';
import { hubBench } from '../scan/registry-images/bench.ts';
import { type HandlerBench, handlerBench, sqsEvent } from './bench.ts';

const bench = hubBench();
const path = temporaryDirectory();
let handlers: HandlerBench;
beforeEach(() => {
  handlers = handlerBench(bench, path('work'));
});

const unreachable = new StoreError('store-unavailable', 'the store is away', { retryable: true });

async function debian(version: string) {
  return image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': version })])]);
}

describe('handlers/rematch', () => {
  /** Images that were scanned before there were advisories, and the message that asks to match them. */
  async function scanned(count: number): Promise<{ readonly digests: string[]; readonly message: object }> {
    for (let at = 0; at < count; at += 1)
      bench.registry.tag(`team/app-${at}`, '1', await debian(`3.0.${at}-1`));
    await bench.discover();
    await bench.scanAll();
    await bench.refresh();
    const [message] = bench.sent.rematches.splice(0);
    return { digests: message?.digests ?? [], message: message ?? {} };
  }
  /** A hub that cannot have these images' inventories. */
  function without(digests: readonly string[]): Hub {
    const { objects } = bench;
    const get: ObjectStore['get'] = async (key) => {
      if (digests.some((digest) => key.includes(digest.slice('sha256:'.length)))) throw unreachable;
      return await objects.get(key);
    };
    return {
      ...handlers.hub,
      scanning: () => ({ ...handlers.hub.scanning(), objects: { ...objects, get } }),
    };
  }
  const alone = (digest: string) => ({ version: 1, kind: 'rematch', digests: [digest] });

  it('matches the images of a message', async () => {
    const { digests, message } = await scanned(3);

    const answer = await rematch(sqsEvent([message]), handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.counts).toMatchObject({ ImagesMatched: 3 });
    expect((await bench.image(digests[0] as string))?.platforms?.[0]?.vulnerabilities).toBe(1);
  });

  it('matches the others when some fail, and has those come again, each by itself', async () => {
    const { digests, message } = await scanned(5);
    const failing = [digests[0] as string, digests[3] as string];

    const answer = await rematch(sqsEvent([message]), without(failing));

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.counts).toMatchObject({ ImagesMatched: 3 });
    expect(bench.sent.rematches).toEqual(failing.map(alone));
    expect(handlers.dead).toEqual([]);
  });

  it('puts an image to the dead letters of which nothing is kept, with the reason', async () => {
    const { digests, message } = await scanned(2);
    await bench.objects.delete(inventoryKey(digests[0] as string));

    const answer = await rematch(sqsEvent([message]), handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.counts).toMatchObject({ ImagesMatched: 1, ImagesFailed: 1 });
    expect(handlers.dead).toEqual([
      { body: JSON.stringify(alone(digests[0] as string)), code: 'inventory-missing' },
    ]);
  });

  it('tries an image that is alone until the last time, and then puts it to the dead letters', async () => {
    const { digests } = await scanned(1);
    const message = alone(digests[0] as string);

    const first = await rematch(sqsEvent([message]), without(digests));
    const last = await rematch(sqsEvent([message], MAX_RECEIVES), without(digests));

    expect(first.batchItemFailures).toHaveLength(1);
    expect(handlers.retried).toEqual([{ receipt: 'receipt-0', ms: MINUTE_MS }]);
    expect(last.batchItemFailures).toEqual([]);
    expect(handlers.dead).toEqual([{ body: JSON.stringify(message), code: 'store-unavailable' }]);
    expect(handlers.counts).toMatchObject({ ImagesFailed: 1 });
    expect(bench.sent.rematches).toEqual([]);
  });

  it('parts a message at which a call died before, without trying it as a whole again', async () => {
    const { digests, message } = await scanned(3);

    const answer = await rematch(sqsEvent([message], 2), handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(bench.sent.rematches).toEqual(digests.map(alone));
    expect(handlers.counts).toEqual({});
  });

  it('hands the message back when those that failed cannot be sent', async () => {
    const { digests, message } = await scanned(2);
    const rematches = () => ({ send: () => Promise.reject(unreachable) });

    const answer = await rematch(sqsEvent([message]), { ...without(digests.slice(0, 1)), rematches });

    expect(answer.batchItemFailures).toHaveLength(1);
  });

  it('puts a message that cannot be read to the dead letters, at once', async () => {
    const answer = await rematch(sqsEvent([{ version: 1, kind: 'rematch', digests: [] }]), handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.dead.map(({ code }) => code)).toEqual(['message-invalid']);
  });
});
