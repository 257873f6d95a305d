import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Discovery } from '../../../../lambda/integrations/index.ts';
import { type Registry, RegistryError } from '../../../../lambda/registry/index.ts';
import type { ScanOutcome } from '../../../../lambda/scan/index.ts';
import type { StateStore } from '../../../../lambda/store/index.ts';
import { memoryState } from '../../../doubles/memory-state.ts';
import { CUSTOMER_ROLE, customerRole } from '../../../support/aws-roles.ts';
import { image, layer, push } from '../../../support/image-builder.ts';
import { REGION, type Setting, setting } from '../../registry/sources/ecr/setting.ts';
import { DEBIAN_12, dpkg } from '../bench.ts';
import { hubBench } from './bench.ts';

const bench = hubBench();
let there: Setting;
beforeEach(async () => {
  there = await setting();
});
afterEach(() => there.aws.heal());

/** Puts images there, `each` to a repository, all on one base layer. Gives their digests. */
async function fill(repositories: number, each: number): Promise<string[]> {
  const base = await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })]);
  const digests: string[] = [];
  for (let at = 0; at < repositories * each; at += 1) {
    const own = await layer([{ path: 'srv/app', content: `${at}` }]);
    const name = `team/app-${String(Math.floor(at / each)).padStart(3, '0')}`;
    digests.push(push(there.aws.region(REGION), name, `v${at % each}`, image([base, own])));
  }
  return digests;
}

// Closed after each use.
const options = { registryOf: (): Registry => there.connect() };

/** Hands out what was asked for as a queue would: up to five times, what failed again after the rest. */
async function drain(): Promise<ReadonlyMap<string, ScanOutcome>> {
  const outcomes = new Map<string, ScanOutcome>();
  const queue = bench.sent.scans.splice(0).map((message) => ({ message, receives: 0 }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { message, receives } = next;
    const isLastTry = receives === 4;
    try {
      outcomes.set(
        message.digest,
        await bench.scan(message, { ...options, messageId: message.digest, isLastTry }),
      );
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (!isLastTry) queue.push({ message, receives: receives + 1 });
    }
  }
  return outcomes;
}

function calls(action: string): number {
  return there.actions().filter((name) => name === action).length;
}

describe('scan/registry-images: ECR that fails', () => {
  it('lands all but one broken image of a hundred, scans none twice, and keeps the reason of the broken one', async () => {
    const digests = await fill(10, 10);
    const [poison = ''] = digests.slice(37);
    there.aws.failImage(poison, 'KmsError');

    const discovery = await bench.discover(options);
    const outcomes = await drain();

    expect(discovery).toMatchObject({ repositories: 10, images: 100, requested: 100, gaps: [] });
    const scanned = [...outcomes.values()].filter(({ outcome }) => outcome === 'scanned');
    expect(scanned).toHaveLength(99);
    expect(outcomes.get(poison)).toMatchObject({ outcome: 'failed', code: 'image-key-unusable' });
    expect(await bench.image(poison)).toMatchObject({
      status: 'failed',
      reason: { code: 'image-key-unusable' },
    });
    // The layer that they share was read once in all, each other layer once.
    const layers = there.aws.layerRequests.filter(({ status }) => status === 200).map(({ digest }) => digest);
    expect(new Set(layers).size).toBe(layers.length);
  });

  it('gets through a storm of throttling, and addresses and sessions that end in the middle', async () => {
    await fill(2, 5);
    await bench.discover(options);
    there.aws.setUrlSeconds(0);
    there.aws.fail({ action: 'BatchGetImage', code: 'ThrottlingException', times: 3 });
    there.aws.fail({ action: 'GetDownloadUrlForLayer', code: 'ThrottlingException', times: 3 });
    there.aws.expireSessionsOf(CUSTOMER_ROLE);
    setTimeout(() => there.aws.setUrlSeconds(3600), 200);

    const outcomes = await drain();

    expect([...outcomes.values()].map(({ outcome }) => outcome)).toEqual(Array(10).fill('scanned'));
  });

  it('keeps what was found when access is revoked before the scan, and scans once it is given again', async () => {
    const digests = await fill(1, 3);
    await bench.discover(options);
    there.aws.putRole({ ...customerRole(), policies: [] });

    const refused = await drain();

    expect([...refused.values()].map((one) => (one.outcome === 'failed' ? one.code : one.outcome))).toEqual(
      Array(3).fill('repository-forbidden'),
    );
    expect(await bench.image(digests[0] as string)).toMatchObject({ status: 'failed' });
    const listed = await bench.discover(options);
    expect(listed.gaps.map(({ reason }) => reason)).toEqual(['catalog-forbidden']);

    there.aws.putRole(customerRole());
    expect(await bench.discover(options)).toMatchObject({ requested: 3, gaps: [] });
    expect([...(await drain()).values()].map(({ outcome }) => outcome)).toEqual(Array(3).fill('scanned'));
  });

  it('looks through a thousand repositories of a hundred images in parts, and loses none that a listing held back', async () => {
    there = await setting({ maxAttempts: 1 });
    const layers = [await layer([DEBIAN_12])];
    for (let at = 0; at < 100_000; at += 1) {
      const name = `team/app-${String(at % 1000).padStart(3, '0')}`;
      const built = image(layers, { config: { Labels: { at: `${at}` } } });
      push(there.aws.region(REGION), name, `v${Math.floor(at / 1000)}`, built);
    }
    there.aws.fail({ action: 'DescribeImages', code: 'ServerException', status: 500, times: 20 });

    const state = memoryState();
    const parts = await lookThrough(state);
    const gaps = parts.at(-1)?.gaps ?? [];
    const held = new Set(gaps.map(({ name }) => name));
    const again = await lookThrough(state);

    expect(parts.length).toBeGreaterThan(3);
    expect(gaps.length).toBeGreaterThan(0);
    const found = 100_000 - 100 * held.size;
    expect(parts.at(-1)).toMatchObject({ repositories: 1000, images: found, requested: found });
    expect(again.at(-1)).toMatchObject({
      repositories: 1000,
      images: 100_000,
      requested: 100 * held.size,
      gaps: [],
    });
    expect(new Set(bench.sent.scans.map(({ digest }) => digest)).size).toBe(100_000);
    expect(bench.sent.scans).toHaveLength(100_000);
    expect(calls('DescribeRepositories')).toBe(parts.length + again.length);
  }, 300_000);
});

/** Looks in calls that each end after some repositories, as a function does whose time is up. Gives what each came to. */
async function lookThrough(state: StateStore): Promise<Discovery[]> {
  const parts: Discovery[] = [];
  let rest: Parameters<typeof bench.discover>[1];
  do {
    let looks = 0;
    bench.sent.discoveries.splice(0);
    parts.push(await bench.discover({ ...options, state, isTimeUp: () => (looks += 1) > 25 }, rest));
    const [message] = bench.sent.discoveries;
    rest = message?.kind === 'integration' ? message.rest : undefined;
  } while (rest !== undefined);
  return parts;
}
