import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ImageSource } from '../../../../../lambda/registry/index.ts';
import { MiB } from '../../../../../lambda/shared/units.ts';
import { CUSTOMER_ROLE, customerRole, READER_ROLE } from '../../../../support/aws-roles.ts';
import { codeOf } from '../../../../support/code-of.ts';
import { type BuiltImage, image, index, layer, push } from '../../../../support/image-builder.ts';
import { digestOf, readAll } from '../../../../support/read-all.ts';
import { HOST, imagesOf, REGION, repository, type Setting, type SettingOptions, setting } from './setting.ts';

type Reading = Setting & { readonly app: BuiltImage; readonly source: ImageSource };

/** An image with a layer of 300 kB that do not compress, and a source on it. */
async function reading(options: SettingOptions = {}): Promise<Reading> {
  const there = await setting(options);
  const app = image([await layer([{ path: 'noise', content: randomBytes(300_000) }])]);
  push(there.aws.region(REGION), 'app', '1', app);
  const source = await there.connect().open(repository('app'), app.descriptor.digest);
  return { ...there, app, source };
}

/** The digest of a layer as it arrives. */
async function layerOf({ source, app }: Pick<Reading, 'source' | 'app'>): Promise<string> {
  return digestOf(await source.blob(only(app)));
}

function only({ layers }: BuiltImage) {
  return (layers[0] as (typeof layers)[number]).descriptor;
}

function urlsAsked({ actions }: Setting): number {
  return actions().filter((action) => action === 'GetDownloadUrlForLayer').length;
}

describe('registry/sources/ecr', () => {
  describe('image', () => {
    it('gives manifest, configuration and layers as they were pushed', async () => {
      const there = await reading();
      const { source, app } = there;

      const manifest = await source.manifest();
      const config = await readAll(
        await source.blob({
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: [...app.blobs.keys()][0] as string,
          size: app.configBytes.length,
        }),
      );

      expect(source.name).toBe(`${HOST}/app@${app.descriptor.digest}`);
      expect(manifest.mediaType).toBe(app.descriptor.mediaType);
      expect(manifest.bytes.equals(app.bytes)).toBe(true);
      expect(config.equals(app.configBytes)).toBe(true);
      await expect(layerOf(there)).resolves.toBe(only(app).digest);
    });

    it('gives indexes and the manifests below them', async () => {
      const there = await setting();
      const below = image([await layer([])]);
      const root = index([below]);
      push(there.aws.region(REGION), 'app', '1', root);
      const source = await there.connect().open(repository('app'), root.descriptor.digest);

      await expect(source.manifest()).resolves.toMatchObject({ mediaType: root.descriptor.mediaType });
      await expect(source.manifest(below.descriptor.digest)).resolves.toMatchObject({
        digest: below.descriptor.digest,
      });
    });

    it('fails for a digest that is none, or not there', async () => {
      const { connect, source } = await reading();

      await expect(codeOf(() => connect().open(repository('app'), 'latest'))).resolves.toBe(
        'image-not-found',
      );
      await expect(codeOf(() => source.manifest('latest'))).resolves.toBe('image-not-found');
      const gone = `sha256:${'0'.repeat(64)}`;
      await expect(codeOf(() => source.manifest(gone))).resolves.toBe('image-not-found');
      await expect(
        codeOf(() => source.blob({ mediaType: 'application/octet-stream', digest: gone, size: 1 })),
      ).resolves.toBe('blob-not-found');
    });

    it('fails with a manifest that is not what its digest says, too large, or of schema 1', async () => {
      const { aws, app, source } = await reading();
      const { digest } = app.descriptor;

      aws.changeImage(REGION, 'app', digest, { bytes: Buffer.from(`${app.bytes.toString()} `) });
      await expect(codeOf(() => source.manifest())).resolves.toBe('manifest-digest-mismatch');

      aws.changeImage(REGION, 'app', digest, { bytes: Buffer.alloc(4 * MiB + 1, ' ') });
      await expect(codeOf(() => source.manifest())).resolves.toBe('manifest-too-large');

      const old = Buffer.from('{"schemaVersion":1}');
      const oldDigest = aws
        .region(REGION)
        .putManifest('app', 'old', old, 'application/vnd.docker.distribution.manifest.v2+json');
      await expect(codeOf(() => source.manifest(oldDigest))).resolves.toBe('manifest-unsupported');
    });

    it.each([
      ['KmsError', 'image-key-unusable', false],
      ['ImageInaccessible', 'image-inaccessible', false],
      ['ImageReferencedByManifestList', 'image-inaccessible', false],
      ['UpstreamAccessDenied', 'upstream-failed', false],
      ['UpstreamTooManyRequests', 'upstream-failed', true],
      ['UpstreamUnavailable', 'upstream-failed', true],
      ['InvalidImageDigest', 'registry-error', false],
    ])('reports %s of an image as %s', async (failure, code, retryable) => {
      const { aws, app, source } = await reading();
      aws.failImage(app.descriptor.digest, failure);

      await expect(source.manifest()).rejects.toMatchObject({ code, retryable, data: { reason: failure } });
    });

    it('reports an image that was archived after it was listed', async () => {
      const { aws, app, source } = await reading();
      aws.changeImage(REGION, 'app', app.descriptor.digest, { status: 'ARCHIVED' });

      await expect(codeOf(() => source.manifest())).resolves.toBe('image-inaccessible');
    });

    it('reports access that is revoked between listing and reading', async () => {
      const there = await reading();
      await imagesOf(there.connect(), 'app', there.onGap);
      there.aws.putRole({ ...customerRole(), policies: [] });

      await expect(there.source.manifest()).rejects.toMatchObject({ code: 'repository-forbidden' });
      await expect(codeOf(() => layerOf(there))).resolves.toBe('repository-forbidden');
    });

    it('ends what is under way when it is closed', async () => {
      const there = await reading();
      there.aws.failLayer({ kind: 'stall', after: 1000 });
      const stream = await there.source.blob(only(there.app));

      const read = digestOf(stream);
      await there.source.close();

      await expect(read).rejects.toThrow(/abort/i);
    });
  });

  describe('layers', () => {
    it('are resumed at the same address, which is asked for once', async () => {
      const there = await reading();
      there.aws.failLayer({ kind: 'cut', after: 100_000, times: 2 });

      await expect(layerOf(there)).resolves.toBe(only(there.app).digest);

      expect(urlsAsked(there)).toBe(1);
      expect(there.aws.layerRequests.map(({ range, status }) => [range, status])).toEqual([
        [undefined, 200],
        ['bytes=100000-', 206],
        ['bytes=200000-', 206],
      ]);
    });

    it('are resumed at another address when the first has ended', async () => {
      let now = Date.now();
      const there = await reading({ now: () => now });
      there.aws.failLayer({ kind: 'cut', after: 100_000, times: 1 });
      const stream = await there.source.blob(only(there.app));
      now += 3600 * 1000;

      await expect(digestOf(stream)).resolves.toBe(only(there.app).digest);

      expect(urlsAsked(there)).toBe(2);
      expect(there.aws.layerRequests.map(({ range, status }) => [range, status])).toEqual([
        [undefined, 200],
        ['bytes=100000-', 403],
        ['bytes=100000-', 206],
      ]);
    });

    it('are read on in a new session when AWS ends the old one before its time', async () => {
      let now = Date.now();
      const there = await reading({ now: () => now });
      there.aws.setUrlSeconds(60);
      there.aws.failLayer({ kind: 'cut', after: 100_000, times: 1 });
      const stream = await there.source.blob(only(there.app));
      now += 60 * 1000;
      there.aws.expireSessionsOf(CUSTOMER_ROLE);

      await expect(digestOf(stream)).resolves.toBe(only(there.app).digest);

      const statuses = there.aws.calls.map(({ action, status }) => `${action} ${status}`);
      expect(statuses.slice(-4)).toEqual([
        'GetDownloadUrlForLayer 200',
        'GetDownloadUrlForLayer 400',
        'AssumeRole 200',
        'GetDownloadUrlForLayer 200',
      ]);
    });

    it('are read on when both sessions of the chain have ended', async () => {
      let now = Date.now();
      const there = await reading({ now: () => now });
      there.aws.failLayer({ kind: 'cut', after: 100_000, times: 1 });
      const stream = await there.source.blob(only(there.app));
      now += 3600 * 1000;

      await expect(digestOf(stream)).resolves.toBe(only(there.app).digest);

      const assumed = there.aws.calls
        .filter(({ action }) => action === 'AssumeRole')
        .map(({ form }) => form.get('RoleArn'));
      expect(assumed).toEqual([READER_ROLE, CUSTOMER_ROLE, READER_ROLE, CUSTOMER_ROLE]);
    });

    it('are asked for again when their storage is broken for a while', async () => {
      const there = await reading();
      there.aws.failLayer({ kind: 'status', on: 'blobs', status: 503, times: 2 });

      await expect(layerOf(there)).resolves.toBe(only(there.app).digest);
      expect(there.aws.layerRequests.map(({ status }) => status)).toEqual([503, 503, 200]);
    });

    it('fails when their storage has lost them', async () => {
      const there = await reading();
      there.aws.failLayer({ kind: 'status', on: 'blobs', status: 404 });

      await expect(codeOf(() => layerOf(there))).resolves.toBe('blob-not-found');
    });

    it('fails with other content than the digest says', async () => {
      const there = await reading();
      there.aws.failLayer({ kind: 'corrupt' });

      await expect(codeOf(() => layerOf(there))).resolves.toBe('blob-digest-mismatch');
    });

    it('fails at an address that never held, saying what may keep layers back', async () => {
      const there = await reading();
      there.aws.setUrlSeconds(0);

      const read = layerOf(there);

      await expect(read).rejects.toMatchObject({ code: 'forbidden', retryable: false });
      await expect(read).rejects.toThrow(/arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/);
      await expect(read).rejects.not.toThrow(/Signature|X-Amz/);
    });
  });
});
