import { beforeEach, describe, expect, it } from '@jest/globals';
import { discover } from '../../../lambda/handlers/discover.ts';
import type { Hub } from '../../../lambda/handlers/hub.ts';
import { integrations } from '../../../lambda/handlers/integrations.ts';
import { scan } from '../../../lambda/handlers/scan.ts';
import { RegistryError } from '../../../lambda/registry/index.ts';
import { MAX_RECEIVES } from '../../../lambda/shared/environment.ts';
import { MINUTE_MS } from '../../../lambda/shared/units.ts';
import { StoreError } from '../../../lambda/store/index.ts';
import { image, layer } from '../../support/image-builder.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { DEBIAN_12, dpkg } from '../scan/bench.ts';
import { hubBench, INTEGRATION } from '../scan/registry-images/bench.ts';
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

const unreachable = new StoreError('store-unavailable', 'the store is away', { retryable: true });

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
  ])('puts a message of %s to the dead letters, at once and with the reason', async (_, body) => {
    const answer = await discover(sqsEvent([body]), time, handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.dead).toEqual([
      { body: typeof body === 'string' ? body : JSON.stringify(body), code: 'message-invalid' },
    ]);
    expect(handlers.said.map(({ facts }) => facts['code'])).toEqual(['message-invalid']);
  });

  it('has a look that failed come again soon', async () => {
    const hub: Hub = { ...handlers.hub, integration: () => Promise.reject(unreachable) };
    const message = { version: 1, kind: 'integration', integration: INTEGRATION.id };

    const answer = await discover(sqsEvent([message], 2), time, hub);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(handlers.retried).toEqual([{ receipt: 'receipt-0', ms: 4 * MINUTE_MS }]);
  });

  it('gives a look up after the last try, with the reason', async () => {
    const hub: Hub = { ...handlers.hub, integration: () => Promise.reject(unreachable) };
    const message = { version: 1, kind: 'integration', integration: INTEGRATION.id };

    const answer = await discover(sqsEvent([message], MAX_RECEIVES), time, hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.dead).toEqual([{ body: JSON.stringify(message), code: 'store-unavailable' }]);
    expect(handlers.retried).toEqual([]);
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

  it('stores the reason at the last try, and puts the message to the dead letters', async () => {
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    const messages = await requested();
    bench.registry.fail(digest, new RegistryError('rate-limited', 'wait', { retryable: true }));

    const answer = await scan(sqsEvent(messages, MAX_RECEIVES), time, handlers.hub);

    expect(answer.batchItemFailures).toEqual([]);
    expect(handlers.dead.map(({ code }) => code)).toEqual(['rate-limited']);
    expect(await bench.image(digest)).toMatchObject({ status: 'failed', reason: { code: 'rate-limited' } });
    expect(handlers.counts).toMatchObject({ ImagesFailed: 1 });
  });

  it('has what may pass come again when the registry says', async () => {
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    const messages = await requested();
    const data = { retryAfterMs: 10 * MINUTE_MS };
    bench.registry.fail(digest, new RegistryError('rate-limited', 'wait', { retryable: true, data }));

    await scan(sqsEvent(messages), time, handlers.hub);

    expect(handlers.retried).toEqual([{ receipt: 'receipt-0', ms: 10 * MINUTE_MS }]);
  });

  it('hands a message back when it can be neither put off nor put aside', async () => {
    const digest = bench.registry.tag('team/app', '1', await debian('3.0.9-1'));
    const messages = await requested();
    bench.registry.fail(digest, new RegistryError('rate-limited', 'wait', { retryable: true }));
    const refused = () => Promise.reject(new Error('no queue'));
    const hub: Hub = {
      ...handlers.hub,
      retries: () => ({ after: refused }),
      deadLetters: () => ({ send: refused }),
    };

    const first = await scan(sqsEvent(messages), time, hub);
    const last = await scan(sqsEvent(messages, MAX_RECEIVES), time, hub);

    expect(first.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(last.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
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
