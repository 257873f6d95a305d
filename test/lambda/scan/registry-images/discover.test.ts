import { describe, expect, it } from '@jest/globals';
import { RegistryError } from '../../../../lambda/registry/index.ts';
import { requestPushed } from '../../../../lambda/scan/index.ts';
import { DAY_MS } from '../../../../lambda/shared/units.ts';
import { HOST } from '../../../doubles/memory-registry.ts';
import { image, layer } from '../../../support/image-builder.ts';
import { fixed } from '../../vulnerabilities/database/records.ts';
import { DEBIAN_12, dpkg, RECORDS } from '../bench.ts';
import { hubBench, INTEGRATION } from './bench.ts';

const bench = hubBench();

function tomorrow(): void {
  bench.now = new Date(bench.now.getTime() + DAY_MS + 1);
}

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
    expect(await bench.discover()).toMatchObject({ requested: 0 });

    tomorrow();

    expect(await bench.discover()).toMatchObject({ requested: 1 });
  });

  it('asks again for an image of which a call died for good', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    const [message] = bench.sent.scans.splice(0);
    if (message === undefined) throw new Error('nothing was asked for');
    await new Promise<void>((reached) => {
      const dying = { ...bench.registry, open: () => (reached(), new Promise<never>(() => undefined)) };
      void bench.scan(message, { registryOf: () => dying });
    });
    expect(await bench.discover()).toMatchObject({ requested: 0 });

    tomorrow();

    expect(await bench.discover()).toMatchObject({ requested: 1 });
  });

  it.each([
    ['repository-forbidden', false],
    ['rate-limited', true],
  ] as const)(
    'asks again for what could not be reached, though a listing failed meanwhile: %s',
    async (code, retryable) => {
      const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
      await bench.discover();
      bench.registry.fail(digest, new RegistryError('image-key-unusable', 'the key is disabled'), 1);
      await bench.scanAll();
      const listingFails = {
        ...bench.registry,
        // oxlint-disable-next-line require-yield
        async *images() {
          throw new RegistryError(code, 'not now', { retryable });
        },
      };

      expect(await bench.discover({ registryOf: () => listingFails })).toMatchObject({ requested: 0 });

      expect(await bench.discover()).toMatchObject({ requested: 1 });
      expect(await bench.scanAll()).toMatchObject([{ outcome: 'scanned' }]);
      expect(await bench.discover()).toMatchObject({ requested: 0 });
    },
  );

  it('asks for every image again with other catalogers, and keeps what is known of it until then', async () => {
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    await bench.scanAll();
    const known = await bench.image(digest);

    expect(await bench.discover({ catalogers: 'newer' })).toMatchObject({ requested: 1 });

    const { platforms, scannedAt } = known ?? {};
    expect(await bench.image(digest)).toMatchObject({ status: 'queued', platforms, scannedAt });
    expect(await bench.rematch(digest)).toBe('matched');
  });

  it('goes on in a large repository where it stopped when time was up', async () => {
    const layers = [await layer([DEBIAN_12])];
    for (let at = 0; at < 600; at += 1) {
      bench.registry.tag('team/app', `v${at}`, image(layers, { config: { Labels: { at: `${at}` } } }));
    }

    const part = await bench.discover({ isTimeUp: () => true });
    const [message] = bench.sent.discoveries;
    const rest = message?.kind === 'integration' ? message.rest : undefined;
    const finished = await bench.discover({}, rest);

    expect(part).toMatchObject({ repositories: 0, images: 0, requested: 250 });
    expect(part.finishedAt).toBeUndefined();
    expect(finished).toMatchObject({ repositories: 1, images: 600, requested: 600 });
    expect(new Set(bench.sent.scans.map(({ digest }) => digest)).size).toBe(600);
    expect(bench.sent.scans).toHaveLength(600);
  });

  describe('images that are gone', () => {
    async function scanned(): Promise<string> {
      await bench.refresh({ Debian: RECORDS.Debian });
      const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
      bench.registry.tag('team/other', '1', await debian('3.0.8-1'));
      await bench.discover();
      await bench.scanAll();
      return digest;
    }
    /** Images that are matched again when every advisory changes. */
    async function rematched(): Promise<readonly string[]> {
      bench.sent.rematches.splice(0);
      const change = fixed('DEBIAN-CVE-2026-1', { 'Debian:12 openssl': '3.0.12-1' }, '2025-02-20T00:00:00Z');
      await bench.refresh({ Debian: [...RECORDS.Debian, change] });
      return bench.sent.rematches.flatMap(({ digests }) => digests);
    }

    it('forgets the tags of a repository that was deleted, and matches its images no more', async () => {
      const digest = await scanned();
      bench.registry.remove('team/app');

      await bench.discover();

      const { records } = await bench.state.query(`repository#${HOST}/team/app`, { prefix: 'tag#' });
      expect(records).toEqual([]);
      expect(await rematched()).not.toContain(digest);
      expect((await bench.report(digest))?.reports).toHaveLength(1);
    });

    it('keeps all of it while repositories cannot be listed whole', async () => {
      const digest = await scanned();
      bench.registry.remove('team/app');
      bench.registry.gap({ subject: 'region', name: 'eu-west-1', reason: 'forbidden', detail: 'denied' });

      await bench.discover();

      expect(await rematched()).toContain(digest);
    });

    it('matches an image no more to which no tag points, and scans it when it comes back', async () => {
      const digest = await scanned();
      bench.registry.tag('team/app', '1', await debian('3.0.10-1'));
      await bench.discover();
      await bench.scanAll();
      expect(await rematched()).not.toContain(digest);

      bench.registry.tag('team/app', 'old', await debian('3.0.9-1'));
      expect(await bench.discover()).toMatchObject({ requested: 1 });
      await bench.scanAll();

      expect((await bench.image(digest))?.platforms?.[0]?.vulnerabilities).toBe(2);
      expect(await bench.discover()).toMatchObject({ requested: 0 });
    });

    it('goes on matching an image that is in another repository', async () => {
      const digest = await scanned();
      bench.registry.tag('team/copy', '1', await debian('3.0.9-1'));
      await bench.discover();
      bench.registry.remove('team/app');

      await bench.discover();

      expect(await rematched()).toContain(digest);
    });
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

  const at = (time: string, digest = DIGEST) => ({
    ...PUSH,
    time,
    detail: { ...PUSH.detail, 'image-digest': digest },
  });
  const OTHER = `sha256:${'b'.repeat(64)}`;

  it('notes a push once, however often it is told', async () => {
    await pushed(at('2025-03-01T00:00:00Z'));
    bench.now = new Date(bench.now.getTime() + DAY_MS);
    await pushed(at('2025-03-01T00:00:00Z'));

    const { records } = await bench.state.query(`repository#${HOST}/team/app`, { prefix: 'history#' });
    expect(records).toHaveLength(1);
  });

  it('takes no tag back for a push that is told late', async () => {
    await pushed(at('2025-03-01T00:00:10Z', OTHER));

    expect(await pushed(at('2025-03-01T00:00:05Z'))).toBe(0);

    expect(await bench.state.get(`repository#${HOST}/team/app`, 'tag#1')).toMatchObject({
      value: { digest: OTHER },
    });
  });

  it('lets the next look see whether the image before is still tagged', async () => {
    const before = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    await bench.scanAll();
    await bench.discover();
    const after = bench.registry.tag('team/app', '1', await debian('3.0.10-1'));
    await pushed(at('2025-03-01T00:00:00Z', after));

    await bench.discover();

    const places = await bench.state.query(`image#${before}`, { prefix: 'place#' });
    expect(places.records).toEqual([]);
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
