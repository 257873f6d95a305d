import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { ListedImage, Registry } from '../../../../lambda/registry/index.ts';
import {
  currentCatalogerSet,
  reportKey,
  requestPushed,
  type ScanMessage,
} from '../../../../lambda/scan/index.ts';
import { type ObjectStore, type StateStore, StoreError } from '../../../../lambda/store/index.ts';
import { HOST } from '../../../doubles/memory-registry.ts';
import { image, layer } from '../../../support/image-builder.ts';
import { fixed } from '../../vulnerabilities/database/records.ts';
import { DEBIAN_12, dpkg, RECORDS } from '../bench.ts';
import { hubBench, INTEGRATION } from './bench.ts';

const bench = hubBench();
const REPOSITORY = `repository#${HOST}/team/app`;

async function debian(version: string) {
  return image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': version })])]);
}

/** Looks, and scans what was asked for, until nothing is asked for any more. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await bench.discover();
    await bench.scanAll();
  }
}

async function pushed(tag: string, digest: string, state = bench.state): Promise<number> {
  return await requestPushed(
    {
      source: 'aws.ecr',
      'detail-type': 'ECR Image Action',
      account: INTEGRATION.id.slice('ecr-'.length),
      region: 'eu-west-1',
      detail: {
        'action-type': 'PUSH',
        result: 'SUCCESS',
        'repository-name': 'team/app',
        'image-digest': digest,
        'image-tag': tag,
      },
    },
    {
      state,
      scans: { send: async (messages) => void bench.sent.scans.push(...messages) },
      catalogers: currentCatalogerSet(),
      now: () => bench.now,
      integrations: [INTEGRATION],
      isWanted: () => true,
      hostOf: async () => HOST,
    },
  );
}

/** Images that a refresh asks to be matched again when every advisory for openssl changes. */
async function matchedAgain(): Promise<readonly string[]> {
  bench.sent.rematches.splice(0);
  const change = fixed('DEBIAN-CVE-2026-1', { 'Debian:12 openssl': '3.0.12-1' }, '2025-02-20T00:00:00Z');
  await bench.refresh({ Debian: [...RECORDS.Debian, change] });
  return bench.sent.rematches.flatMap(({ digests }) => digests);
}

/** The records, where one call is preceded by something else. */
function stateWith(change: Partial<StateStore>): StateStore {
  const { state } = bench;
  return {
    get: (...args) => state.get(...args),
    query: (...args) => state.query(...args),
    put: (...args) => state.put(...args),
    delete: (...args) => state.delete(...args),
    close: () => state.close(),
    ...change,
  };
}

describe('scan/registry-images: things at the same time', () => {
  /** Two images of one tag, the second now; both were scanned. */
  async function moved(): Promise<{ readonly first: string; readonly second: string }> {
    await bench.refresh({ Debian: RECORDS.Debian });
    const first = bench.registry.tag('team/app', 'latest', await debian('3.0.9-1'));
    await settle();
    const second = bench.registry.tag('team/app', 'latest', await debian('3.0.8-1'));
    await pushed('latest', second);
    await bench.scanAll();
    return { first, second };
  }

  it('keeps the image of a tag that was moved back while it was listed', async () => {
    const { first, second } = await moved();
    const back: Registry = {
      ...bench.registry,
      async *images() {
        const listed: ListedImage = { digest: second, tags: ['latest'] };
        yield listed;
        bench.registry.tag('team/app', 'latest', await debian('3.0.9-1'));
        await pushed('latest', first);
      },
    };

    await bench.discover({ registryOf: () => back });
    await settle();

    expect(await matchedAgain()).toEqual([first]);
  });

  it('keeps the image of a tag that was moved back while a look took it for gone', async () => {
    const { first, second } = await moved();
    await settle();
    bench.registry.tag('team/app', 'latest', await debian('3.0.9-1'));
    await settle();
    bench.registry.tag('team/app', 'latest', await debian('3.0.8-1'));
    await pushed('latest', second);
    bench.registry.tag('team/app', 'latest', await debian('3.0.9-1'));
    const before: Registry = {
      ...bench.registry,
      async *images() {
        const listed: ListedImage = { digest: second, tags: ['latest'] };
        yield listed;
      },
    };
    const state = stateWith({
      put: async (partition, sort, ...rest) => {
        if (sort === 'tag#latest') await bench.discover({ registryOf: () => before });
        return bench.state.put(partition, sort, ...rest);
      },
    });
    await pushed('latest', first, state);

    await settle();

    expect(await matchedAgain()).toContain(first);
  });

  it.each([
    ['fails', { scans: { send: () => Promise.reject(new Error('no queue')) } }],
    ['has no more time', { isTimeUp: () => true }],
  ])('keeps the image of a tag that was taken for gone by a look that %s, and is back', async (_, stops) => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', 'old', await debian('3.0.9-1'));
    await settle();
    bench.registry.untag('team/app', 'old');
    const layers = [await layer([DEBIAN_12])];
    for (let at = 0; at < 300; at += 1) {
      bench.registry.tag('team/app', `v${at}`, image(layers, { config: { Labels: { at: `${at}` } } }));
    }
    await bench.discover(stops).catch(() => undefined);
    bench.registry.tag('team/app', 'old', await debian('3.0.9-1'));

    await bench.discover();
    await bench.scanAll();

    expect(await matchedAgain()).toContain(digest);
  });

  it('takes an image from the list though the look that did so failed halfway', async () => {
    const { first } = await moved();
    let fails = 1;
    const state = stateWith({
      query: async (partition, ...rest) => {
        if (partition === `image#${first}` && fails-- > 0)
          throw new StoreError('store-unavailable', 'the table is away', { retryable: true });
        return bench.state.query(partition, ...rest);
      },
    });
    await expect(bench.discover({ state })).rejects.toThrow('the table is away');

    await settle();

    expect(await matchedAgain()).not.toContain(first);
    expect((await bench.state.query(REPOSITORY, { prefix: 'open#' })).records).toEqual([]);
  });

  it('asks again for an image that came back when noting that failed halfway', async () => {
    const { first } = await moved();
    await settle();
    bench.registry.tag('team/app', 'old', await debian('3.0.9-1'));
    let fails = 1;
    const state = stateWith({
      put: async (partition, sort, ...rest) => {
        if (sort === `open#${first}` && fails-- > 0)
          throw new StoreError('store-unavailable', 'the table is away', { retryable: true });
        return bench.state.put(partition, sort, ...rest);
      },
    });
    await expect(bench.discover({ state })).rejects.toThrow('the table is away');

    expect(await bench.discover({ state })).toMatchObject({ requested: 1 });
  });

  it('scans an image that came back, though its message is faster than the note of it', async () => {
    const { first } = await moved();
    await settle();
    bench.registry.tag('team/app', 'old', await debian('3.0.9-1'));
    const outcomes: unknown[] = [];
    const scans = {
      send: async (messages: readonly ScanMessage[]) => {
        for (const message of messages) outcomes.push(await bench.scan(message));
      },
    };

    await bench.discover({ scans });

    expect(outcomes).toMatchObject([{ outcome: 'scanned' }]);
    expect((await bench.image(first))?.status).toBe('scanned');
    expect(await matchedAgain()).toContain(first);
  });

  it('matches no image that was gone before its scan ended', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    bench.registry.untag('team/app', '1');
    await bench.discover();
    // It can still be had by its digest.
    bench.registry.tag('team/other', '1', await debian('3.0.9-1'));
    const registry: Registry = {
      ...bench.registry,
      open: (repository, wanted) => bench.registry.open({ ...repository, name: 'team/other' }, wanted),
    };
    const outcomes = await bench.scanAll({ registryOf: () => registry });

    expect(outcomes).toMatchObject([{ outcome: 'scanned' }]);
    expect(await matchedAgain()).not.toContain(digest);
  });

  it('forgets an image whose tag moved while the list was not whole', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const first = bench.registry.tag('team/app', 'latest', await debian('3.0.9-1'));
    await settle();
    bench.registry.tag('team/app', 'latest', await debian('3.0.8-1'));
    const partly: Registry = {
      ...bench.registry,
      async *images(repository, onGap) {
        yield* bench.registry.images(repository, onGap);
        onGap({ subject: 'image', name: 'team/app', reason: 'forbidden', detail: 'one of them' });
      },
    };
    await bench.discover({ registryOf: () => partly });

    await settle();

    expect(await matchedAgain()).not.toContain(first);
  });

  it('forgets an image for all who read the repository', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await settle();
    await bench.state.put(`image#${digest}`, `place#another#${HOST}/team/app`, {
      integration: 'another',
      repository: { host: HOST, name: 'team/app' },
      since: '',
    });
    bench.registry.untag('team/app', '1');

    await bench.discover();

    expect(await matchedAgain()).not.toContain(digest);
    expect((await bench.state.query(REPOSITORY, { prefix: 'open#' })).records).toEqual([]);
  });

  it('matches again when another match, of older advisories, wrote in between', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await settle();
    const change = fixed('DEBIAN-CVE-2026-1', { 'Debian:12 openssl': '3.0.12-1' }, '2025-02-20T00:00:00Z');
    await bench.refresh({ Debian: [...RECORDS.Debian, change] });
    let isFirst = true;
    const state = stateWith({
      put: async (partition, sort, ...rest) => {
        if (sort === 'image' && isFirst) {
          isFirst = false;
          await bench.state.put(partition, sort, { ...(await bench.image(digest)), matchedAt: '' });
        }
        return bench.state.put(partition, sort, ...rest);
      },
    });

    expect(await bench.rematch(digest, { state })).toBe('matched');

    expect((await bench.image(digest))?.platforms?.[0]?.vulnerabilities).toBe(2);
    expect((await bench.report(digest))?.reports[0]?.findings).toHaveLength(2);
  });

  it('leaves the report alone that a scan wrote while the image was matched', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await settle();
    const record = await bench.image(digest);
    const claim = { by: 'message-2', until: new Date(bench.now.getTime() + 60_000).toISOString(), died: 0 };
    const newer = gzipSync('of the scan');
    const objects: ObjectStore = {
      ...bench.objects,
      put: async (key, body, condition) => {
        await bench.state.put(`image#${digest}`, 'image', { ...record, status: 'scanning', claim });
        await bench.objects.put(key, newer);
        return bench.objects.put(key, body, condition);
      },
    };

    await expect(bench.rematch(digest, { objects })).rejects.toMatchObject({ code: 'image-busy' });

    expect((await bench.objects.get(reportKey(digest)))?.bytes).toEqual(newer);
  });

  it('scans an image though the look notes meanwhile that it asked for it', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    let isFirst = true;
    const state = stateWith({
      put: async (partition, sort, ...rest) => {
        if (sort === 'image' && isFirst) {
          isFirst = false;
          const record = await bench.state.get(partition, sort);
          await bench.state.put(partition, sort, { ...record?.value });
        }
        return bench.state.put(partition, sort, ...rest);
      },
    });

    expect(await bench.scanAll({ state })).toMatchObject([{ outcome: 'scanned' }]);
  });

  it('matches an image again that could not be scanned anew, and came back', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await settle();
    const reason = { code: 'blob-not-found', detail: 'gone' };
    await bench.state.put(`image#${digest}`, 'image', {
      ...(await bench.image(digest)),
      status: 'failed',
      reason,
    });
    bench.registry.untag('team/app', '1');
    await settle();
    expect(await matchedAgain()).not.toContain(digest);
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));

    expect(await bench.discover()).toMatchObject({ requested: 0 });

    const change = fixed('DEBIAN-CVE-2026-2', { 'Debian:12 openssl': '3.0.13-1' }, '2025-02-21T00:00:00Z');
    await bench.refresh({ Debian: [...RECORDS.Debian, change] });
    expect(bench.sent.rematches.flatMap(({ digests }) => digests)).toContain(digest);
    expect(await bench.rematch(digest)).toBe('matched');
  });

  it('does not match what is nowhere any more, though it is still listed', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await settle();
    await bench.state.delete(`image#${digest}`, `place#${INTEGRATION.id}#${HOST}/team/app`);

    expect(await bench.rematch(digest)).toBe('unknown');
  });

  it('scans an image though the answer to its claim was lost', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    let isLost = true;
    const state = stateWith({
      put: async (partition, sort, value, put) => {
        const version = await bench.state.put(partition, sort, value, put);
        if (sort !== 'image' || !isLost) return version;
        isLost = false;
        throw new StoreError('state-conflict', 'it is there already');
      },
    });

    expect(await bench.scanAll({ state })).toMatchObject([{ outcome: 'scanned' }]);
  });
});
