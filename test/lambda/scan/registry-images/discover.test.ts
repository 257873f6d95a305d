import { describe, expect, it } from '@jest/globals';
import { RegistryError } from '../../../../lambda/registry/index.ts';
import { requestPushed } from '../../../../lambda/scan/index.ts';
import { DAY_MS } from '../../../../lambda/shared/units.ts';
import { HOST } from '../../../doubles/memory-registry.ts';
import { image, layer } from '../../../support/image-builder.ts';
import { DEBIAN_12, dpkg } from '../bench.ts';
import { hubBench, INTEGRATION } from './bench.ts';

const bench = hubBench();

async function debian(version: string) {
  return image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': version })])]);
}

describe('scan/registry-images/discover', () => {
  it('asks for a scan of every tagged image, each digest once', async () => {
    const [one, two] = [await debian('3.0.9-1'), await debian('3.0.10-1')];
    const digest = bench.registry.tag('team/app', '1', one);
    bench.registry.tag('team/app', 'latest', one);
    bench.registry.tag('team/copy', '1', one);
    const other = bench.registry.tag('team/app', '2', two);

    const discovery = await bench.discover();

    expect(bench.sent.scans.map((message) => message.digest).toSorted()).toEqual([digest, other].toSorted());
    expect(discovery).toMatchObject({ repositories: 2, images: 3, requested: 2, gaps: [] });
    expect(discovery.finishedAt).toBeDefined();
  });

  it('asks for nothing when nothing changed, scanned or not', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();

    expect(await bench.discover()).toMatchObject({ images: 1, requested: 0 });
    await bench.scanAll();
    expect(await bench.discover()).toMatchObject({ images: 1, requested: 0 });
  });

  it('asks for what a tag points to now, and keeps where it pointed before', async () => {
    bench.registry.tag('team/app', 'latest', await debian('3.0.9-1'));
    await bench.discover();
    bench.now = new Date(bench.now.getTime() + DAY_MS);
    const moved = bench.registry.tag('team/app', 'latest', await debian('3.0.10-1'));
    bench.sent.scans.splice(0);

    await bench.discover();

    expect(bench.sent.scans.map(({ digest }) => digest)).toEqual([moved]);
    const { records } = await bench.state.query(`repository#${HOST}/team/app`, { prefix: 'history#latest#' });
    expect(records.map(({ value }) => value['digest'])).toEqual([expect.any(String), moved]);
  });

  it('forgets a tag that is gone, and keeps that it was there', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    bench.registry.untag('team/app', '1');
    bench.now = new Date(bench.now.getTime() + DAY_MS);

    await bench.discover();

    const { records } = await bench.state.query(`repository#${HOST}/team/app`);
    expect(records.map(({ sort, value }) => [sort.split('#')[0], value['gone'] ?? false])).toEqual([
      ['history', false],
      ['history', true],
    ]);
  });

  it('keeps tags it could not list', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    bench.registry.untag('team/app', '1');
    const gap = { subject: 'repository', name: 'team/app', reason: 'forbidden', detail: 'denied' } as const;
    bench.registry.gap(gap, 'team/app');

    const discovery = await bench.discover();

    expect(discovery.gaps).toEqual([gap]);
    const { records } = await bench.state.query(`repository#${HOST}/team/app`, { prefix: 'tag#' });
    expect(records).toHaveLength(1);
  });

  it('reports an integration that cannot be listed at all, and throws what may pass', async () => {
    const refusing = (error: RegistryError) => ({
      ...bench.registry,
      // oxlint-disable-next-line require-yield
      async *repositories() {
        throw error;
      },
    });

    const refused = await bench.discover({
      registryOf: () => refusing(new RegistryError('forbidden', 'the role cannot be assumed')),
    });
    const passing = bench.discover({
      registryOf: () => refusing(new RegistryError('rate-limited', 'wait', { retryable: true })),
    });

    expect(refused.gaps).toEqual([
      {
        subject: 'registry',
        name: INTEGRATION.id,
        reason: 'forbidden',
        detail: 'the role cannot be assumed',
      },
    ]);
    await expect(passing).rejects.toThrow('wait');
  });

  it('leaves the rest to another call when time is up, and loses nothing', async () => {
    for (let at = 0; at < 20; at += 1) {
      bench.registry.tag(`team/app-${String(at).padStart(2, '0')}`, '1', await debian(`3.0.${at}-1`));
    }
    let calls = 0;

    await bench.discover({ isTimeUp: () => ++calls >= 2 });
    const [message] = bench.sent.discoveries;
    const rest = message?.kind === 'integration' ? message.rest : undefined;
    const finished = await bench.discover({}, rest);

    expect(rest?.after).toBe(`${HOST}/team/app-15`);
    expect(finished).toMatchObject({ repositories: 20, images: 20, requested: 20 });
    expect(new Set(bench.sent.scans.map(({ digest }) => digest)).size).toBe(20);
  });

  it('counts gaps it has no room for', async () => {
    for (let at = 0; at < 103; at += 1) {
      bench.registry.gap({
        subject: 'region',
        name: `region-${at}`,
        reason: 'forbidden',
        detail: 'x'.repeat(1900),
      });
    }

    const discovery = await bench.discover();

    expect(discovery.gaps).toHaveLength(100);
    expect(discovery.moreGaps).toBe(3);
    expect(discovery.gaps[0]?.detail).toHaveLength(1000);
  });

  it('asks again when a scan that was asked for was not heard of for a day', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    // A second tag makes the repository look at the image again.
    bench.registry.tag('team/app', '2', await debian('3.0.9-1'));
    expect(await bench.discover()).toMatchObject({ requested: 0 });

    bench.now = new Date(bench.now.getTime() + DAY_MS + 1);
    bench.registry.tag('team/app', '3', await debian('3.0.9-1'));

    expect(await bench.discover()).toMatchObject({ requested: 1 });
  });

  it('asks for every image again with other catalogers', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover({ catalogers: 'older' });

    expect(await bench.discover()).toMatchObject({ requested: 1 });
  });
});

const DIGEST = `sha256:${'a'.repeat(64)}`;
const PUSH = {
  source: 'aws.ecr',
  'detail-type': 'ECR Image Action',
  account: '111122223333',
  region: 'eu-west-1',
  detail: {
    'action-type': 'PUSH',
    result: 'SUCCESS',
    'repository-name': 'team/app',
    'image-digest': DIGEST,
    'image-tag': '1',
  },
} as const;

describe('scan/registry-images/pushed-image', () => {
  async function pushed(push: Parameters<typeof requestPushed>[0], isWanted = true): Promise<number> {
    return await requestPushed(push, {
      state: bench.state,
      scans: { send: async (messages) => void bench.sent.scans.push(...messages) },
      catalogers: 'now',
      now: () => bench.now,
      integrations: [INTEGRATION, { ...INTEGRATION, id: 'gone', connected: false }],
      isWanted: () => isWanted,
      hostOf: async () => HOST,
    });
  }

  it('asks for the image that was pushed, and for nothing at the next look', async () => {
    expect(await pushed(PUSH)).toBe(1);
    expect(await pushed(PUSH)).toBe(0);

    expect(bench.sent.scans).toEqual([
      {
        version: 1,
        kind: 'scan',
        integration: INTEGRATION.id,
        repository: { host: HOST, name: 'team/app', region: 'eu-west-1' },
        digest: DIGEST,
      },
    ]);
    expect(await bench.state.get(`repository#${HOST}/team/app`, 'tag#1')).toMatchObject({
      value: { digest: DIGEST },
    });
  });

  const { 'image-tag': _tag, ...untagged } = PUSH.detail;

  it.each([
    ['an account nobody connected', { ...PUSH, account: '444455556666' }, true],
    ['a region that is not read', { ...PUSH, region: 'us-east-1' }, true],
    ['an untagged image', { ...PUSH, detail: untagged }, true],
    ['a repository that is filtered out', PUSH, false],
  ])('asks for nothing for %s', async (_, push, isWanted) => {
    expect(await pushed(push, isWanted)).toBe(0);
    expect(bench.sent.scans).toEqual([]);
  });
});
