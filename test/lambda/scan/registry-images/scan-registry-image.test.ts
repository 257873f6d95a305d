import { describe, expect, it } from '@jest/globals';
import { type Registry, RegistryError } from '../../../../lambda/registry/index.ts';
import { jsonFormat } from '../../../../lambda/report/index.ts';
import { type ScanMessage, scanImage } from '../../../../lambda/scan/index.ts';
import { image, index, layer } from '../../../support/image-builder.ts';
import { DEBIAN_12, dpkg, npmPackage, RECORDS, scanBench } from '../bench.ts';
import { hubBench } from './bench.ts';

const bench = hubBench();
const direct = scanBench();

async function base() {
  return await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })]);
}

async function app(version = '4.17.20', architecture = 'amd64') {
  const modules = await layer([npmPackage('app/node_modules/lodash', 'lodash', version)]);
  return image([await base(), modules], { architecture });
}

/** Looks at the registry, and gives the message for its one image. */
async function requestedScan(): Promise<ScanMessage> {
  await bench.discover();
  const [message] = bench.sent.scans;
  if (message === undefined) throw new Error('nothing was asked for');
  return message;
}

/** A call that ends in the middle of the image, without a word. */
async function dies(message: ScanMessage): Promise<void> {
  await new Promise<void>((reached) => {
    const dying = {
      ...bench.registry,
      open: () => {
        reached();
        return new Promise<never>(() => undefined);
      },
    };
    void bench.scan(message, { registryOf: () => dying });
  });
}

describe('scan/registry-images/scan-registry-image', () => {
  it('keeps the report that a direct scan gives', async () => {
    await bench.refresh();
    const multi = index([await app(), await app('4.17.21', 'arm64')]);
    const digest = bench.registry.tag('team/app', '1', multi);
    await bench.discover();

    const [outcome] = await bench.scanAll();

    expect(outcome).toMatchObject({ outcome: 'scanned', complete: true });
    const reports = await scanImage({
      input: direct.pushed(multi),
      platform: 'all',
      open: { insecure: true, environment: {} },
      advisories: { directory: direct.path('database'), mirror: direct.mirror },
      tool: { name: 'backline', version: '0.0.0' },
      now: () => bench.now,
    });
    const wanted = JSON.parse(jsonFormat.render(reports));
    expect(comparable(await bench.report(digest))).toEqual(comparable(wanted));
    expect(await bench.image(digest)).toMatchObject({
      status: 'scanned',
      platforms: [
        { platform: 'linux/amd64', vulnerabilities: 2, outcome: 'complete', clean: false },
        { platform: 'linux/arm64', vulnerabilities: 1 },
      ],
    });
  });

  it('pulls no layer that was read before, for the same image or another', async () => {
    bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    const [first] = await bench.scanAll();
    bench.registry.blobsRead.splice(0);
    bench.registry.tag('team/app', '2', await app('4.17.19'));
    await bench.discover();

    const [second] = await bench.scanAll();

    const layers = (await base()).descriptor.digest;
    expect(bench.registry.blobsRead).not.toContain(layers);
    expect(first).toMatchObject({ layersReused: 0 });
    expect(second).toMatchObject({ layersReused: 1 });
  });

  it('does nothing for an image that is scanned, and for one that somebody else is at', async () => {
    bench.registry.tag('team/app', '1', await app());
    const message = await requestedScan();
    let reached: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let finish: () => void = () => undefined;
    const slow = {
      ...bench.registry,
      open: async (...args: Parameters<typeof bench.registry.open>) => {
        reached();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return await bench.registry.open(...args);
      },
    };

    const running = bench.scan(message, { registryOf: () => slow });
    await isReached;
    const meanwhile = await bench.scan(message, { messageId: 'message-2' });
    finish();

    expect(meanwhile).toEqual({ outcome: 'busy' });
    expect(await running).toMatchObject({ outcome: 'scanned' });
    expect(await bench.scan(message, { messageId: 'message-2' })).toEqual({ outcome: 'known' });
    expect(bench.registry.opened).toHaveLength(1);
  });

  it('takes over from a call that died: the same message again, or another one once its time is over', async () => {
    bench.registry.tag('team/app', '1', await app());
    const message = await requestedScan();
    await dies(message);

    expect(await bench.scan(message, { messageId: 'message-2' })).toEqual({ outcome: 'busy' });
    expect(await bench.scan(message)).toMatchObject({ outcome: 'scanned' });
  });

  it('gives up an image at which calls die again and again, and says so', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    const message = await requestedScan();
    await dies(message);
    await dies(message);

    const outcome = await bench.scan(message, { isLastTry: true });

    expect(outcome).toMatchObject({ outcome: 'failed', code: 'image-too-large' });
    expect(await bench.image(digest)).toMatchObject({
      status: 'failed',
      reason: { code: 'image-too-large' },
    });
    expect(bench.registry.opened).toEqual([]);
    expect(await bench.discover()).toMatchObject({ requested: 0 });
  });

  it('scans an image whose earlier tries failed but did not die', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    const message = await requestedScan();
    await dies(message);
    await dies(message);
    bench.registry.fail(digest, new RegistryError('rate-limited', 'slow down', { retryable: true }), 1);
    await expect(bench.scan(message)).rejects.toThrow('slow down');

    expect(await bench.scan(message, { isLastTry: true })).toMatchObject({ outcome: 'scanned' });
  });

  it('stores the reason with an image that cannot be read', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    bench.registry.fail(digest, new RegistryError('blob-digest-mismatch', 'other content'));

    const [outcome] = await bench.scanAll();

    expect(outcome).toEqual({ outcome: 'failed', code: 'blob-digest-mismatch', detail: 'other content' });
    expect(await bench.image(digest)).toMatchObject({
      status: 'failed',
      reason: { code: 'blob-digest-mismatch', detail: 'other content' },
    });
    expect(await bench.discover()).toMatchObject({ requested: 0 });
  });

  it('asks again for an image that only could not be reached', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    bench.registry.fail(digest, new RegistryError('forbidden', 'access was taken away'), 1);
    await bench.scanAll();

    expect(await bench.discover()).toMatchObject({ requested: 1 });
    expect(await bench.scanAll()).toMatchObject([{ outcome: 'scanned' }]);
    expect(await bench.discover()).toMatchObject({ requested: 0 });
  });

  it('throws what may pass, and stores it as the reason when there is no other try', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    const message = await requestedScan();
    bench.registry.fail(digest, new RegistryError('rate-limited', 'slow down', { retryable: true }));

    await expect(bench.scan(message)).rejects.toThrow('slow down');
    expect(await bench.image(digest)).toMatchObject({ status: 'queued', reason: { code: 'rate-limited' } });
    await expect(bench.scan(message, { isLastTry: true })).rejects.toThrow('slow down');

    expect(await bench.image(digest)).toMatchObject({ status: 'failed', reason: { code: 'rate-limited' } });
    expect(await bench.discover()).toMatchObject({ requested: 1 });
  });

  it('skips what is no container image', async () => {
    const { descriptor } = await layer([]);
    const chart = image([await base()], {
      manifest: { config: { ...descriptor, mediaType: 'application/vnd.cncf.helm.config.v1+json' } },
    });
    const digest = bench.registry.tag('team/chart', '1', chart);
    await bench.discover();

    expect(await bench.scanAll()).toEqual([{ outcome: 'no-image' }]);
    expect(await bench.image(digest)).toMatchObject({ status: 'skipped' });
  });

  it('skips a signature that calls its configuration that of an image', async () => {
    const signature = await layer([], {
      compression: 'none',
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    });
    const digest = bench.registry.tag('team/app', `sha256-${'a'.repeat(64)}.sig`, image([signature]));
    await bench.discover();

    expect(await bench.scanAll()).toEqual([{ outcome: 'no-image' }]);
    expect(await bench.image(digest)).toMatchObject({ status: 'skipped' });
    expect(await bench.discover()).toMatchObject({ requested: 0 });
  });

  it('reports an image whose layers are encrypted', async () => {
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted';
    bench.registry.tag('team/app', '1', image([await layer([DEBIAN_12], { mediaType })]));
    await bench.discover();

    expect(await bench.scanAll()).toMatchObject([{ outcome: 'scanned', complete: false }]);
  });

  it('does nothing for an integration that is gone, and scans when it is there again', async () => {
    bench.registry.tag('team/app', '1', await app());
    await bench.discover();

    expect(await bench.scanAll({ integrationOf: async () => undefined })).toEqual([
      { outcome: 'disconnected' },
    ]);
    expect(bench.registry.opened).toEqual([]);
    expect(await bench.discover()).toMatchObject({ requested: 1 });
    expect(await bench.scanAll()).toMatchObject([{ outcome: 'scanned' }]);
  });

  it('finds what was published while it scanned', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await app());
    const message = await requestedScan();
    const registry = bench.registry.through((source) => ({
      close: async () => {
        await source.close();
        // It was matched by now, and is in no list yet.
        expect(await bench.refresh()).toMatchObject({ images: 0 });
      },
    }));

    await bench.scan(message, { registryOf: () => registry });

    expect((await bench.image(digest))?.platforms?.[0]?.vulnerabilities).toBe(2);
    expect((await bench.report(digest))?.reports[0]?.findings.map(({ id }) => id)).toContain(
      'CVE-2021-23337',
    );
    expect((await bench.report(digest))?.reports[0]?.bytesPulled).toBeGreaterThan(0);
  });

  it('is not disturbed by a new match, which is tried again', async () => {
    await bench.refresh();
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    await bench.scanAll();
    await bench.discover({ catalogers: 'newer' });
    await bench.discover();
    const [message] = bench.sent.scans.splice(0).slice(-1);
    if (message === undefined) throw new Error('nothing was asked for');
    const registry: Registry = {
      ...bench.registry,
      open: async (...args) => {
        await expect(bench.rematch(digest)).rejects.toMatchObject({ code: 'image-busy', retryable: true });
        return bench.registry.open(...args);
      },
    };

    expect(await bench.scan(message, { registryOf: () => registry })).toMatchObject({ outcome: 'scanned' });

    expect(await bench.image(digest)).toMatchObject({ status: 'scanned' });
    expect(await bench.rematch(digest)).toBe('matched');
  });

  it('reports what was not read when time is short, and reads it at the next scan', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();

    const [outcome] = await bench.scanAll({ remainingMs: 0 });

    expect(outcome).toMatchObject({ outcome: 'scanned', complete: false });
    const gaps = (await bench.report(digest))?.reports.flatMap(({ coverage }) => coverage) ?? [];
    expect(gaps.map(({ reason }) => reason)).toContain('limit-time');
    expect(await bench.image(digest)).toMatchObject({
      status: 'scanned',
      reason: { code: 'limit-time' },
      unread: 2,
    });
    expect(await bench.discover()).toMatchObject({ requested: 1 });
    expect(await bench.scanAll()).toMatchObject([{ outcome: 'scanned' }]);
    expect((await bench.image(digest))?.reason).toBeUndefined();
    expect(await bench.discover()).toMatchObject({ requested: 0 });
  });

  it('does not count what other catalogers had no time for', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    await bench.scanAll({ remainingMs: 0 });
    const { version } = (await bench.state.get(`image#${digest}`, 'image')) ?? {};
    const value = { ...(await bench.image(digest)), catalogers: 'older' };
    await bench.state.put(`image#${digest}`, 'image', value, { expected: version ?? 0 });
    // Asked for by those of another version of the catalogers.
    await bench.discover({ catalogers: 'older' });

    await bench.scanAll({ remainingMs: 0 });

    expect((await bench.image(digest))?.reason?.code).toBe('limit-time');
  });

  it('asks no more for an image that is too large for the time there is, and keeps what it read of it', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    await bench.scanAll({ remainingMs: 0 });
    await bench.discover();
    await bench.scanAll({ remainingMs: 0 });

    expect(await bench.image(digest)).toMatchObject({
      status: 'scanned',
      reason: { code: 'image-too-large' },
      platforms: [{ outcome: 'partial' }],
    });
    expect(await bench.discover()).toMatchObject({ requested: 0 });
  });

  it('says that advisories are missing as long as there are none', async () => {
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();

    expect(await bench.scanAll()).toMatchObject([{ outcome: 'scanned', complete: false }]);
    const gaps = (await bench.report(digest))?.reports.flatMap(({ coverage }) => coverage) ?? [];
    expect(gaps.filter(({ reason }) => reason === 'feed-missing').map(({ name }) => name)).toEqual([
      'Debian:12',
      'npm',
    ]);
  });
});

/** What two scans of the same image have in common. */
function comparable(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    ['timings', 'scannedAt', 'bytesPulled', 'layersReused', 'name', 'fetchedAt', 'builtAt'].includes(key) &&
    key !== 'packages'
      ? undefined
      : value,
  );
}
