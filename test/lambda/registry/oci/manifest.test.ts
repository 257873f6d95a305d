import { describe, expect, it } from '@jest/globals';
import { sha256Digest } from '../../../../lambda/shared/digest.ts';
import { codeOf } from '../../../support/code-of.ts';
import { image, index, push } from '../../../support/image-builder.ts';
import { setting } from './setting.ts';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

describe('registry/oci/manifest', () => {
  it('gives the manifest a tag names, as stored', async () => {
    const { open, image, registry } = await setting();

    const source = await open();
    const manifest = await source.manifest();

    expect(source.name).toBe(`${registry.host}/app:1`);
    expect(manifest).toEqual({
      mediaType: OCI_MANIFEST,
      digest: image.descriptor.digest,
      bytes: image.bytes,
    });
    expect(registry.requests[0]?.headers.accept).toBe(
      [
        'application/vnd.oci.image.index.v1+json',
        OCI_MANIFEST,
        'application/vnd.docker.distribution.manifest.list.v2+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ].join(', '),
    );
  });

  it('gives an index and, by digest, what is below it', async () => {
    const { open, registry } = await setting();
    const child = image([], { architecture: 'arm64', format: 'docker' });
    const list = index([child], { format: 'docker' });
    push(registry, 'multi', 'latest', list);

    const source = await open({}, `${registry.host}/multi`);

    expect((await source.manifest()).mediaType).toBe(
      'application/vnd.docker.distribution.manifest.list.v2+json',
    );
    expect((await source.manifest(child.descriptor.digest)).bytes).toEqual(child.bytes);
  });

  it('asks by digest when the reference has one beside the tag', async () => {
    const { open, image, registry } = await setting();

    const source = await open({}, `${registry.host}/app:other@${image.descriptor.digest}`);

    expect((await source.manifest()).digest).toBe(image.descriptor.digest);
  });

  it.each([
    ['of an unknown tag', 'app:2'],
    ['of an unknown repository', 'other:1'],
    ['of an unknown digest', `app@sha256:${'0'.repeat(64)}`],
  ])('fails with image-not-found for a manifest %s', async (_, name) => {
    const { open, registry, pauses } = await setting();

    const source = await open({}, `${registry.host}/${name}`);

    expect(await codeOf(() => source.manifest())).toBe('image-not-found');
    expect(pauses).toEqual([]);
  });

  it('fails when the content has another digest than was asked for', async () => {
    const { open, registry, image } = await setting();
    const wrong = sha256Digest('something else');
    registry.fail({ kind: 'status', on: 'manifests', status: 200, body: image.bytes.toString() });

    const source = await open({}, `${registry.host}/app@${wrong}`);

    expect(await codeOf(() => source.manifest())).toBe('manifest-digest-mismatch');
  });

  it('fails when the content has another digest than the registry announces', async () => {
    const { open, registry } = await setting();
    registry.fail({ kind: 'manifest-header', name: 'docker-content-digest', value: sha256Digest('x') });

    expect(await codeOf(async () => (await open()).manifest())).toBe('manifest-digest-mismatch');
  });

  it.each([
    ['application/json', OCI_MANIFEST],
    ['text/plain; charset=utf-8', OCI_MANIFEST],
    [`${OCI_MANIFEST}; charset=utf-8`, OCI_MANIFEST],
  ])('takes the type from the content when the header says %s', async (value, mediaType) => {
    const { open, registry } = await setting();
    registry.fail({ kind: 'manifest-header', name: 'content-type', value });

    expect((await (await open()).manifest()).mediaType).toBe(mediaType);
  });

  it('rejects content that calls itself something else than its header does', async () => {
    const { open, registry } = await setting();
    registry.fail({
      kind: 'manifest-header',
      name: 'content-type',
      value: 'application/vnd.oci.image.index.v1+json',
    });

    expect(await codeOf(async () => (await open()).manifest())).toBe('manifest-unsupported');
  });

  it('rejects schema 1 by name', async () => {
    const { open, registry } = await setting();
    const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    registry.putManifest('old', 'latest', Buffer.from('{"schemaVersion":1,"fsLayers":[]}'), type);

    const source = await open({}, `${registry.host}/old`);

    await expect(source.manifest()).rejects.toThrow(/schema 1.*push the image again/);
    expect(await codeOf(() => source.manifest())).toBe('manifest-unsupported');
  });

  it.each([
    ['5 MiB', 5 * 1024 * 1024, 'manifest-too-large'],
    ['a byte more than 4 MiB', 4 * 1024 * 1024 + 1, 'manifest-too-large'],
  ])('rejects a manifest of %s', async (_, size, code) => {
    const { open, registry } = await setting();
    registry.putManifest('big', 'latest', Buffer.alloc(size, ' '), OCI_MANIFEST);

    const source = await open({}, `${registry.host}/big`);

    expect(await codeOf(() => source.manifest())).toBe(code);
  });

  it('gives a manifest of exactly 4 MiB', async () => {
    const { open, registry } = await setting();
    registry.putManifest('big', 'latest', Buffer.alloc(4 * 1024 * 1024, ' '), OCI_MANIFEST);

    const source = await open({}, `${registry.host}/big`);

    expect((await source.manifest()).bytes).toHaveLength(4 * 1024 * 1024);
  });
});
