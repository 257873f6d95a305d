import { describe, expect, it } from '@jest/globals';
import { RegistryError } from '../../../../lambda/registry/index.ts';
import {
  advisoryStorage,
  type IntegrationProgress,
  type ScannedIntegration,
  scanIntegration,
} from '../../../../lambda/scan/index.ts';
import type { ScanIntegrationOptions } from '../../../../lambda/scan/registry-images/scan-integration.ts';
import { StoreError } from '../../../../lambda/store/index.ts';
import { HOST } from '../../../doubles/memory-registry.ts';
import { type BuiltImage, image, layer } from '../../../support/image-builder.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { DEBIAN_12, dpkg } from '../bench.ts';
import { hubBench, INTEGRATION } from './bench.ts';

const bench = hubBench();
const path = temporaryDirectory();

async function app(version: string): Promise<BuiltImage> {
  return image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': version })])]);
}

/** One run of the command, with pauses that take no time. */
async function run(options: Partial<ScanIntegrationOptions> = {}): Promise<ScannedIntegration> {
  return await scanIntegration(INTEGRATION, {
    state: bench.state,
    objects: bench.objects,
    registryOf: () => bench.registry,
    advisories: { storage: advisoryStorage(bench.objects, path('work')) },
    tool: { name: 'backline', version: '0.0.0' },
    now: () => bench.now,
    sleep: async () => undefined,
    ...options,
  });
}

function outcomes({ images }: ScannedIntegration): readonly string[] {
  return images.map(
    ({ repository, tags, outcome }) => `${repository.name}:${tags.join(',')} ${outcome.outcome}`,
  );
}

const throttled = new RegistryError('rate-limited', 'slow down', { retryable: true });

describe('scan/registry-images/scan-integration', () => {
  it('scans what is new, with its tags and what is kept of it, and says how far it is', async () => {
    await bench.refresh();
    const digest = bench.registry.tag('team/b', '1', await app('3.0.9-1'));
    bench.registry.tag('team/b', 'latest', await app('3.0.9-1'));
    bench.registry.tag('team/a', '1', await app('3.0.11-1~deb12u2'));
    const steps: IntegrationProgress[] = [];

    const scanned = await run({ onProgress: (step) => void steps.push(step) });

    expect(outcomes(scanned)).toEqual(['team/a:1 scanned', 'team/b:1,latest scanned']);
    expect(scanned.images[1]).toMatchObject({
      digest,
      record: { status: 'scanned', platforms: [{ platform: 'linux/amd64', vulnerabilities: 1 }] },
    });
    expect(scanned.discovery).toMatchObject({ repositories: 2, images: 2, requested: 2, gaps: [] });
    expect(await bench.report(digest)).toBeDefined();
    expect(steps).toEqual([
      { stage: 'listing' },
      expect.objectContaining({ stage: 'scanning', done: 0, of: 2 }),
      { stage: 'scanning', done: 1, of: 2, image: `${HOST}/team/b@${digest}` },
    ]);
  });

  it('opens no image at a second run, and only the new one at a third', async () => {
    bench.registry.tag('team/app', '1', await app('3.0.9-1'));
    await run();
    bench.registry.opened.splice(0);

    expect((await run()).images).toEqual([]);
    expect(bench.registry.opened).toEqual([]);

    const digest = bench.registry.tag('team/app', '2', await app('3.0.10-1'));
    expect(outcomes(await run())).toEqual(['team/app:2 scanned']);
    expect(bench.registry.opened).toEqual([digest]);
  });

  it('tries again what may pass, after longer and longer pauses', async () => {
    const digest = bench.registry.tag('team/app', '1', await app('3.0.9-1'));
    bench.registry.fail(digest, throttled, 2);
    const pauses: number[] = [];

    const scanned = await run({ sleep: async (ms) => void pauses.push(ms) });

    expect(outcomes(scanned)).toEqual(['team/app:1 scanned']);
    expect(pauses).toEqual([5000, 10_000]);
  });

  it('reports an image that fails, scans the others, and tries it again at the next run', async () => {
    const bad = bench.registry.tag('team/a', '1', await app('3.0.9-1'));
    bench.registry.tag('team/b', '1', await app('3.0.10-1'));
    bench.registry.fail(bad, throttled, 3);

    const scanned = await run();

    expect(outcomes(scanned)).toEqual(['team/a:1 failed', 'team/b:1 scanned']);
    expect(scanned.images[0]).toMatchObject({
      outcome: { code: 'rate-limited', detail: 'slow down' },
      record: { status: 'failed', reason: { code: 'rate-limited' } },
    });
    expect(outcomes(await run())).toEqual(['team/a:1 scanned']);
  });

  it('reports an image that trips a defect, without pauses, and scans the others', async () => {
    const bad = bench.registry.tag('team/a', '1', await app('3.0.9-1'));
    bench.registry.tag('team/b', '1', await app('3.0.10-1'));
    const registry = {
      ...bench.registry,
      open: (...args: Parameters<typeof bench.registry.open>) =>
        args[1] === bad ? Promise.reject(new TypeError('x is no y')) : bench.registry.open(...args),
    };
    const pauses: number[] = [];

    const scanned = await run({ registryOf: () => registry, sleep: async (ms) => void pauses.push(ms) });

    expect(outcomes(scanned)).toEqual(['team/a:1 failed', 'team/b:1 scanned']);
    expect(scanned.images[0]).toMatchObject({
      outcome: { code: 'unexpected', detail: 'x is no y' },
      record: { status: 'failed' },
    });
    expect(pauses).toEqual([]);
  });

  it('scans at the next run what an interrupted one did not come to', async () => {
    bench.registry.tag('team/a', '1', await app('3.0.9-1'));
    const second = bench.registry.tag('team/b', '1', await app('3.0.10-1'));
    bench.registry.tag('team/c', '1', await app('3.0.11-1'));
    const interrupt = new AbortController();
    const registry = {
      ...bench.registry,
      open: (...args: Parameters<typeof bench.registry.open>) => {
        if (args[1] === second) interrupt.abort();
        return interrupt.signal.aborted
          ? Promise.reject(interrupt.signal.reason)
          : bench.registry.open(...args);
      },
    };

    const interrupted = run({ registryOf: () => registry, signal: interrupt.signal });

    await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });
    expect(outcomes(await run())).toEqual(['team/b:1 scanned', 'team/c:1 scanned']);
    expect((await run()).images).toEqual([]);
  });

  it('keeps what could not be listed, and fails when nothing can be kept', async () => {
    bench.registry.tag('team/app', '1', await app('3.0.9-1'));
    const gap = { subject: 'region', name: 'eu-north-1', reason: 'forbidden', detail: 'no right' } as const;
    bench.registry.gap(gap);

    expect((await run()).discovery.gaps).toEqual([gap]);

    const broken = new StoreError('store-unavailable', 'cannot use the state file');
    let gets = 0;
    const state = {
      ...bench.state,
      get: async (partition: string, sort: string) => {
        // The first is of the listing, the second claims the image.
        if (sort === 'image' && ++gets === 2) throw broken;
        return await bench.state.get(partition, sort);
      },
    };
    bench.registry.tag('team/app', '2', await app('3.0.10-1'));
    await expect(run({ state })).rejects.toBe(broken);
  });
});
