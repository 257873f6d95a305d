import { beforeEach, describe, expect, it } from '@jest/globals';
import { discover } from '../../../lambda/handlers/discover.ts';
import type { Hub } from '../../../lambda/handlers/hub.ts';
import { integrations } from '../../../lambda/handlers/integrations.ts';
import { refresh } from '../../../lambda/handlers/refresh-advisories.ts';
import { rematch } from '../../../lambda/handlers/rematch.ts';
import { scan } from '../../../lambda/handlers/scan.ts';
import { RegistryError } from '../../../lambda/registry/index.ts';
import type { RefreshOptions } from '../../../lambda/scan/index.ts';
import { MAX_RECEIVES } from '../../../lambda/shared/environment.ts';
import { HOUR_MS } from '../../../lambda/shared/units.ts';
import { codeOf } from '../../support/code-of.ts';
import { image, layer } from '../../support/image-builder.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { DEBIAN_12, dpkg, RECORDS } from '../scan/bench.ts';
import { hubBench, INTEGRATION } from '../scan/registry-images/bench.ts';
import { writeMirror } from '../vulnerabilities/mirror.ts';
import { contextWith, type HandlerBench, handlerBench, sqsEvent } from './bench.ts';

const bench = hubBench();
const path = temporaryDirectory();
const time = contextWith(900_000);
let handlers: HandlerBench;
beforeEach(() => {
  handlers = handlerBench(bench, path('work'));
});

async function debian(version: string) {
  return image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': version })])]);
}

describe('handlers/discover', () => {
  it('sends a message for each integration when it is time to look', async () => {
    const answer = await discover(sqsEvent([{ version: 1, kind: 'reconcile' }]), time, handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(bench.sent.discoveries).toEqual([
      { version: 1, kind: 'integration', integration: INTEGRATION.id },
    ]);
  });

  it('looks through an integration, and counts', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));

    await discover(
      sqsEvent([{ version: 1, kind: 'integration', integration: INTEGRATION.id }]),
      time,
      handlers.hub,
    );

    expect(bench.sent.scans).toHaveLength(1);
    expect(handlers.counts).toMatchObject({
      RepositoriesDiscovered: 1,
      ImagesRequested: 1,
      RepositoryGaps: 0,
    });
  });

  it('takes a push as EventBridge hands it over, and only the image in it', async () => {
    bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    const digest = bench.registry.tag('team/app', '2', await debian('3.0.10-1'));
    const push = {
      version: '0',
      id: '13cde686-328b-6117-af20-0e5566167482',
      'detail-type': 'ECR Image Action',
      source: 'aws.ecr',
      account: '111122223333',
      time: '2025-03-01T00:00:00Z',
      region: 'eu-west-1',
      resources: [],
      detail: {
        result: 'SUCCESS',
        'repository-name': 'team/app',
        'image-digest': digest,
        'action-type': 'PUSH',
        'image-tag': '2',
      },
    };

    await discover(sqsEvent([push]), time, handlers.hub);

    expect(bench.sent.scans.map((message) => message.digest)).toEqual([digest]);
  });

  it('leaves the rest to another call before the time is over', async () => {
    for (let at = 0; at < 12; at += 1) bench.registry.tag(`team/app-${at}`, '1', await debian(`3.0.${at}-1`));
    const message = { version: 1, kind: 'integration', integration: INTEGRATION.id };

    await discover(sqsEvent([message]), contextWith(60_000), handlers.hub);
    await discover(sqsEvent(bench.sent.discoveries.splice(0)), time, handlers.hub);

    expect(new Set(bench.sent.scans.map(({ digest }) => digest)).size).toBe(12);
    expect(handlers.counts).toMatchObject({ RepositoriesDiscovered: 12 });
  });

  describe('what cannot be listed', () => {
    const look = sqsEvent([{ version: 1, kind: 'integration', integration: INTEGRATION.id }]);
    /** Of a repository that is listed, with an image nobody can list. */
    async function gap(name: string, reason: string): Promise<void> {
      bench.registry.tag(name, '1', await debian('3.0.8-1'));
      bench.registry.gap({ subject: 'repository', name, reason, detail: 'no' }, name);
    }

    it('is in the log each, with the reason', async () => {
      await gap('team/app', 'upstream-failed');

      await discover(look, time, handlers.hub);

      expect(handlers.said.filter(({ level }) => level === 'warn').map(({ facts }) => facts)).toEqual([
        {
          integration: INTEGRATION.id,
          subject: 'repository',
          name: 'team/app',
          reason: 'upstream-failed',
          detail: 'no',
        },
      ]);
    });

    it('is in the log by its number when there is very much of it', async () => {
      await gap('team/app', 'upstream-failed');
      for (let at = 1; at < 120; at += 1) {
        bench.registry.gap({ subject: 'region', name: `region-${at}`, reason: 'forbidden', detail: 'no' });
      }

      await discover(look, time, handlers.hub);

      const warned = handlers.said.filter(({ level }) => level === 'warn');
      expect(warned).toHaveLength(101);
      expect(warned.at(-1)).toMatchObject({ message: 'more gaps', facts: { gaps: 20 } });
      expect(handlers.counts).toMatchObject({ RepositoryGaps: 120, RepositoriesRefused: 0 });
    });

    it('is counted apart when the role is kept from reading it', async () => {
      bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
      await gap('team/one', 'repository-forbidden');
      await gap('team/two', 'repository-forbidden');
      await gap('team/cache', 'upstream-failed');

      await discover(look, time, handlers.hub);

      expect(handlers.counts).toMatchObject({ RepositoryGaps: 1, RepositoriesRefused: 2 });
    });

    it('is a gap when the role is kept from reading everything', async () => {
      await gap('team/one', 'repository-forbidden');

      await discover(look, time, handlers.hub);

      expect(handlers.counts).toMatchObject({ RepositoryGaps: 1, RepositoriesRefused: 1 });
    });
  });

  it.each([
    ['no JSON', '{'],
    ['another version', { version: 2, kind: 'reconcile' }],
    ['another kind', { version: 1, kind: 'everything' }],
    [
      'a deleted image',
      { source: 'aws.ecr', 'detail-type': 'ECR Image Action', detail: { 'action-type': 'DELETE' } },
    ],
  ])('hands back a message of %s, so that the queue puts it away', async (_, body) => {
    const answer = await discover(sqsEvent([body]), time, handlers.hub);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(handlers.said.map(({ facts }) => facts['code'])).toEqual(['message-invalid']);
  });
});

describe('handlers/scan', () => {
  async function requested() {
    await discover(
      sqsEvent([{ version: 1, kind: 'integration', integration: INTEGRATION.id }]),
      time,
      handlers.hub,
    );
    return bench.sent.scans.splice(0);
  }

  it('scans what is asked for, and counts', async () => {
    await bench.refresh();
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));

    const answer = await scan(sqsEvent(await requested()), time, handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(await bench.image(digest)).toMatchObject({ status: 'scanned' });
    expect(handlers.counts).toMatchObject({ ImagesScanned: 1, ImagesPartial: 0, LayersReused: 0 });
    expect(handlers.counts.LayerBytesPulled).toBeGreaterThan(0);
  });

  it('lets every other image through when one cannot be read, and puts that one to the dead letters', async () => {
    const digests: string[] = [];
    for (let at = 0; at < 100; at += 1) {
      digests.push(bench.registry.tag(`team/app-${at}`, '1', await debian(`3.0.${at}-1`)));
    }
    const poison = digests[42] as string;
    bench.registry.fail(poison, new RegistryError('blob-digest-mismatch', 'other content'));

    const answer = await scan(sqsEvent(await requested()), time, handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.counts).toMatchObject({ ImagesScanned: 99, ImagesFailed: 1 });
    expect(handlers.dead.map(({ body, code }) => [JSON.parse(body).digest, code])).toEqual([
      [poison, 'blob-digest-mismatch'],
    ]);
    expect(await bench.image(poison)).toMatchObject({
      status: 'failed',
      reason: { code: 'blob-digest-mismatch' },
    });
    expect(new Set(bench.registry.opened).size).toBe(bench.registry.opened.length);
  });

  it('hands back only what may pass by itself', async () => {
    const digests = [
      bench.registry.tag('team/a', '1', await debian('3.0.9-1')),
      bench.registry.tag('team/b', '1', await debian('3.0.10-1')),
    ];
    const messages = await requested();
    bench.registry.fail(
      digests[1] as string,
      new RegistryError('rate-limited', 'wait', { retryable: true }),
      1,
    );
    const failing = messages.findIndex(({ digest }) => digest === digests[1]);

    const first = await scan(sqsEvent(messages), time, handlers.hub);
    const second = await scan(sqsEvent(messages), time, handlers.hub);

    expect(first.batchItemFailures).toEqual([{ itemIdentifier: `message-${failing}` }]);
    expect(second.batchItemFailures).toEqual([]);
    expect(handlers.counts).toMatchObject({ ImagesScanned: 2 });
  });

  it('stores the reason at the last try', async () => {
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    const messages = await requested();
    bench.registry.fail(digest, new RegistryError('rate-limited', 'wait', { retryable: true }));

    const answer = await scan(sqsEvent(messages, MAX_RECEIVES), time, handlers.hub);

    expect(answer.batchItemFailures).toHaveLength(1);
    expect(await bench.image(digest)).toMatchObject({ status: 'failed', reason: { code: 'rate-limited' } });
    expect(handlers.counts).toMatchObject({ ImagesFailed: 1 });
  });

  it('puts a message that cannot be read to the dead letters, at once', async () => {
    const answer = await scan(sqsEvent(['{', { version: 9 }]), time, handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.dead.map(({ body, code }) => [body, code])).toEqual([
      ['{', 'message-invalid'],
      ['{"version":9}', 'message-invalid'],
    ]);
  });
});

describe('handlers/rematch', () => {
  it('matches the images of a message', async () => {
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    await bench.discover();
    await bench.scanAll();
    await bench.refresh();

    const answer = await rematch(sqsEvent(bench.sent.rematches), handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.counts).toMatchObject({ ImagesMatched: 1 });
    expect((await bench.image(digest))?.platforms?.[0]?.vulnerabilities).toBe(1);
  });
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

  it('says no age when nothing was ever fetched', async () => {
    await codeOf(async () => refresh(await refreshing({ mirror: nowhere })));

    expect(handlers.counts).not.toHaveProperty('AdvisoryAgeHours');
    expect(handlers.counts).toMatchObject({ AdvisoryFeedsFailed: 1 });
  });
});

describe('handlers/integrations', () => {
  const integration = {
    provider: 'ecr',
    roleArn: 'arn:aws:iam::111122223333:role/BacklineECRIntegrationRole',
    externalId: 'an-external-id',
    regions: ['eu-west-1'],
  };

  it('connects an account and looks through it at once', async () => {
    const answer = await integrations({ action: 'connect', integration }, handlers.hub);

    expect(answer.error).toBeUndefined();
    expect(bench.sent.discoveries).toEqual([
      { version: 1, kind: 'integration', integration: 'ecr-111122223333' },
    ]);
  });

  it('looks through nothing that was not connected, and answers why', async () => {
    handlers.checks.push({
      id: 'assume-role',
      outcome: 'failed',
      detail: 'refused',
      remedy: 'mend the trust',
    });

    const refused = await integrations({ action: 'connect', integration }, handlers.hub);
    const unknown = await integrations({ action: 'show', id: 'nobody' }, handlers.hub);
    const nonsense = await integrations('all of them', handlers.hub);

    expect([refused, unknown, nonsense].map(({ error }) => error?.code)).toEqual([
      'connection-failed',
      'integration-not-found',
      'integration-invalid',
    ]);
    expect(bench.sent.discoveries).toEqual([]);
  });
});
