import { describe, expect, it } from '@jest/globals';
import { type Registry, RegistryError } from '../../../../lambda/registry/index.ts';
import type { ScanMessage } from '../../../../lambda/scan/index.ts';
import { image, index, layer } from '../../../support/image-builder.ts';
import { DEBIAN_12, dpkg, npmPackage } from '../bench.ts';
import { hubBench } from './bench.ts';

const bench = hubBench();

async function base() {
  return await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })]);
}

/** Looks at the registry, and gives the message for its one image. */
async function requestedScan(): Promise<ScanMessage> {
  await bench.discover();
  const [message] = bench.sent.scans;
  if (message === undefined) throw new Error('nothing was asked for');
  return message;
}

describe('scan/registry-images/scan-registry-image: indexes', () => {
  it('asks again for an index of which no platform can be read when one only cannot be reached', async () => {
    const own = await layer([npmPackage('app/node_modules/lodash', 'lodash', '4.17.20')]);
    const first = await base();
    const multi = index([image([first]), image([own], { architecture: 'arm64' })]);
    const digest = bench.registry.tag('team/app', '1', multi);
    const message = await requestedScan();
    const registry = bench.registry.through((source) => ({
      blob: async (descriptor, signal) => {
        if (descriptor.digest === own.descriptor.digest) throw new RegistryError('forbidden', 'not this one');
        if (descriptor.digest === first.descriptor.digest) throw new RegistryError('blob-not-found', 'gone');
        return source.blob(descriptor, signal);
      },
    }));

    await bench.scan(message, { registryOf: () => registry, isLastTry: true });

    expect(await bench.discover()).toMatchObject({ requested: 1 });
    expect(await bench.image(digest)).toMatchObject({ status: 'queued' });
  });

  describe('an index that names what is no image, or is not there', () => {
    const damaged = async () =>
      image([await base()], { architecture: 'arm64', imageConfig: { rootfs: 'none' } });
    /** The registry, without one manifest. */
    function without(missing: string): Registry {
      return bench.registry.through((source) => ({
        manifest: async (wanted) => {
          if (wanted === missing) throw new RegistryError('image-not-found', 'not there');
          return source.manifest(wanted);
        },
      }));
    }

    it('is scanned once for all, with the gap', async () => {
      const other = image([await base()], { architecture: 'arm64' });
      const multi = bench.registry.tag('team/app', '1', index([image([await base()]), other]));
      const nested = bench.registry.tag('team/app', '2', index([image([await base()]), index([other])]));
      await bench.discover();
      await bench.scanAll({ registryOf: () => without(other.descriptor.digest) });

      for (const digest of [multi, nested]) {
        expect((await bench.image(digest))?.platforms?.map(({ outcome }) => outcome)).toContain('none');
      }
      expect(await bench.discover()).toMatchObject({ requested: 0 });
    });

    it.each([
      ['nothing that can be read', async () => index([index([image([await base()])])]), 'manifest-invalid'],
      [
        'a damaged image and an index',
        async () => index([index([image([await base()])]), await damaged()]),
        'config-invalid',
      ],
    ])('fails once for all with %s', async (_, build, code) => {
      const digest = bench.registry.tag('team/app', '1', await build());
      await bench.discover();

      expect(await bench.scanAll()).toMatchObject([{ outcome: 'failed', code }]);

      expect(await bench.image(digest)).toMatchObject({ status: 'failed' });
      expect(await bench.discover()).toMatchObject({ requested: 0 });
    });
  });

  it.each([
    ['an image of a form that is not read', { kind: 'image' }, 'failed'],
    ['another kind of manifest', {}, 'skipped'],
  ])('keeps of %s that it is one', async (_, data, status) => {
    const digest = bench.registry.tag('team/app', '1', image([await base()]));
    bench.registry.fail(digest, new RegistryError('manifest-unsupported', 'not read', { data }));
    await bench.discover();

    await bench.scanAll();

    expect(await bench.image(digest)).toMatchObject({ status });
    expect(await bench.discover()).toMatchObject({ requested: 0 });
  });

  describe('an index of which one image is damaged', () => {
    it('has a report of the others, and says so', async () => {
      const bad = image([await base()], { architecture: 'arm64', imageConfig: { rootfs: 'none' } });
      const digest = bench.registry.tag('team/app', '1', index([image([await base()]), bad]));
      await bench.discover();

      expect(await bench.scanAll()).toMatchObject([{ outcome: 'scanned', complete: false }]);

      expect(
        (await bench.image(digest))?.platforms?.map(({ platform, outcome }) => [platform, outcome]),
      ).toEqual([
        ['linux/amd64', expect.any(String)],
        ['linux/arm64', 'none'],
      ]);
      expect((await bench.report(digest))?.reports[1]?.coverage).toMatchObject([
        { reason: 'config-invalid' },
      ]);
      expect(await bench.discover()).toMatchObject({ requested: 0 });
    });

    it('says nothing of an artifact beside images, and skips an index of artifacts', async () => {
      const config = {
        ...(await layer([])).descriptor,
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
      };
      const chart = image([await base()], { manifest: { config } });
      const beside = bench.registry.tag('team/app', '1', index([image([await base()]), chart]));
      const alone = bench.registry.tag('team/app', '2', index([chart]));
      await bench.discover();
      await bench.scanAll();

      expect((await bench.image(beside))?.platforms).toHaveLength(1);
      expect(await bench.image(alone)).toMatchObject({ status: 'skipped' });
    });
  });

  describe('an index of which one platform cannot be reached', () => {
    const busy = new RegistryError('rate-limited', 'slow down', { retryable: true });
    /** The registry, where the own layer of the other platform is kept back so many times. */
    async function holdingBack(times: number) {
      const own = await layer([npmPackage('app/node_modules/lodash', 'lodash', '4.17.20')]);
      const multi = index([image([await base()]), image([await base(), own], { architecture: 'arm64' })]);
      const digest = bench.registry.tag('team/app', '1', multi);
      let left = times;
      const registry = bench.registry.through((source) => ({
        blob: async (descriptor, signal) => {
          if (descriptor.digest === own.descriptor.digest && left-- > 0) throw busy;
          return source.blob(descriptor, signal);
        },
      }));
      return { digest, registryOf: () => registry };
    }

    it('is tried again', async () => {
      const { digest, registryOf } = await holdingBack(1);
      const message = await requestedScan();

      await expect(bench.scan(message, { registryOf })).rejects.toThrow('slow down');
      expect(await bench.scan(message, { registryOf })).toMatchObject({ outcome: 'scanned' });

      expect((await bench.image(digest))?.platforms).toHaveLength(2);
      expect((await bench.image(digest))?.reason).toBeUndefined();
    });

    it('has a report after the last try, and is asked for again', async () => {
      const { digest, registryOf } = await holdingBack(1);
      const message = await requestedScan();

      expect(await bench.scan(message, { registryOf, isLastTry: true })).toMatchObject({
        outcome: 'scanned',
        complete: false,
      });

      expect(await bench.image(digest)).toMatchObject({
        status: 'scanned',
        reason: { code: 'rate-limited' },
      });
      expect(await bench.discover()).toMatchObject({ requested: 1 });
    });
  });
});
