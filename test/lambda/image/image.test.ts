import { describe, expect, it } from '@jest/globals';
import { type PlatformChoice, parsePlatform, readImages } from '../../../lambda/image/index.ts';
import { memorySource } from '../../doubles/memory-source.ts';
import { codeOf } from '../../support/code-of.ts';
import { type BuiltImage, type BuiltIndex, image, index, layer } from '../../support/image-builder.ts';

const only = (platform: string): PlatformChoice => ({ only: parsePlatform(platform) });
const preferred = (platform: string): PlatformChoice => ({ preferred: parsePlatform(platform) });

async function platformsOf(root: BuiltImage | BuiltIndex, choice: PlatformChoice): Promise<string[]> {
  return (await readImages(memorySource(root), choice)).map(
    ({ platform }) => `${platform.architecture}${platform.variant ?? ''}`,
  );
}

describe('image/image', () => {
  it('tells what manifest and config say, with the build step of each layer', async () => {
    const layers = [await layer([{ path: 'a', content: '1' }]), await layer([{ path: 'b', content: '2' }])];
    const built = image(layers, {
      created: '2024-05-01T00:00:00Z',
      history: [
        { created_by: 'ADD rootfs', created: '2024-01-01T00:00:00Z' },
        { created_by: 'ENV A=1', empty_layer: true },
        { created_by: 'RUN make' },
      ],
    });

    const [read] = await readImages(memorySource(built), 'all');

    expect(read).toMatchObject({
      manifestDigest: built.descriptor.digest,
      created: '2024-05-01T00:00:00Z',
      platform: { os: 'linux', architecture: 'amd64' },
      contradictions: [],
    });
    expect(read?.layers.map(({ createdBy, diffId }) => [createdBy, diffId])).toEqual([
      ['ADD rootfs', layers[0]?.diffId],
      ['RUN make', layers[1]?.diffId],
    ]);
  });

  it('reads the manifests and indexes of Docker schema 2 too', async () => {
    const built = index([image([await layer([])], { format: 'docker' })], { format: 'docker' });

    expect(await platformsOf(built, 'all')).toEqual(['amd64']);
  });

  it('reports a config that names other layers than the manifest, and leaves the diff ids out', async () => {
    const built = image([await layer([])], {
      imageConfig: { rootfs: { type: 'layers', diff_ids: ['sha256:1', 'sha256:2', 'sha256:3'] } },
    });

    const [read] = await readImages(memorySource(built), 'all');

    expect(read?.contradictions).toEqual(['the config names 3 layers, the manifest 1']);
    expect(read?.layers[0]).not.toHaveProperty('diffId');
  });

  describe('given an index', () => {
    const build = async (): Promise<BuiltIndex> => {
      const of = async (architecture: string, variant?: string): Promise<BuiltImage> =>
        image([await layer([{ path: architecture, content: variant ?? '' }])], {
          architecture,
          ...(variant === undefined ? {} : { variant }),
        });
      return index([
        await of('amd64'),
        await of('arm', 'v6'),
        await of('arm', 'v7'),
        await of('arm64', 'v8'),
      ]);
    };

    it.each<[string, PlatformChoice, string[]]>([
      ['all of them', 'all', ['amd64', 'armv6', 'armv7', 'arm64v8']],
      ['the one asked for', only('linux/arm/v7'), ['armv7']],
      ['the first that fits when no variant is named', only('linux/arm'), ['armv6']],
      ['arm64 for its name in uname', only('linux/aarch64'), ['arm64v8']],
      ['the preferred one', preferred('linux/amd64'), ['amd64']],
    ])('gives %s', async (_, choice, expected) => {
      expect(await platformsOf(await build(), choice)).toEqual(expected);
    });

    it('fails when it does not offer what was asked for', async () => {
      expect(await codeOf(async () => readImages(memorySource(await build()), only('windows/amd64')))).toBe(
        'platform-not-found',
      );
      expect(
        await codeOf(async () => readImages(memorySource(await build()), preferred('linux/s390x'))),
      ).toBe('platform-not-found');
    });

    it('takes the only image there is, unless another was asked for by name', async () => {
      const built = index([image([await layer([])], { architecture: 'riscv64' })]);

      expect(await platformsOf(built, preferred('linux/amd64'))).toEqual(['riscv64']);
      expect(await codeOf(() => readImages(memorySource(built), only('linux/amd64')))).toBe(
        'platform-not-found',
      );
    });

    it('does not take attestations and artefacts for images', async () => {
      const real = image([await layer([])]);
      const attestation = image([], { os: 'unknown', architecture: 'unknown' });
      const labelled = {
        ...real.descriptor,
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      };
      const bare = { ...attestation.descriptor, platform: { os: 'linux', architecture: '' } };
      const built = index([real, attestation], {
        descriptors: [labelled, attestation.descriptor, bare, real.descriptor],
      });

      expect(await platformsOf(built, 'all')).toEqual(['amd64']);
    });

    it('fails when nothing in it is an image', async () => {
      expect(await codeOf(() => readImages(memorySource(index([])), 'all'))).toBe('manifest-invalid');
    });
  });

  it('fails when a single image is not of the platform asked for', async () => {
    const built = image([await layer([])]);

    expect(await codeOf(() => readImages(memorySource(built), only('linux/arm64')))).toBe(
      'platform-not-found',
    );
    expect(await platformsOf(built, preferred('linux/arm64'))).toEqual(['amd64']);
  });

  it.each<[string, (built: BuiltImage) => BuiltImage, string]>([
    ['JSON that is none', (built) => ({ ...built, bytes: Buffer.from('{') }), 'manifest-invalid'],
    [
      'a manifest without layers',
      (built) => ({ ...built, bytes: Buffer.from('{"schemaVersion":2}') }),
      'manifest-invalid',
    ],
    [
      'a layer whose digest is a path',
      (built) => ({
        ...built,
        bytes: Buffer.from(
          built.bytes.toString().replace(/sha256:[0-9a-f]{64}(?=[^[]*\])/, 'sha256:../../etc'),
        ),
      }),
      'manifest-invalid',
    ],
    [
      'schema 1',
      (built) => ({
        ...built,
        descriptor: {
          ...built.descriptor,
          mediaType: 'application/vnd.docker.distribution.manifest.v1+json',
        },
      }),
      'media-type-unsupported',
    ],
    [
      'a config of another size',
      (built) => ({
        ...built,
        bytes: Buffer.from(built.bytes.toString().replace(/"size":\d+/, '"size":99999999')),
      }),
      'manifest-invalid',
    ],
  ])('fails on %s', async (_, change, code) => {
    const built = change(image([await layer([])]));

    expect(await codeOf(() => readImages(memorySource(built), 'all'))).toBe(code);
  });

  it('fails on an artefact that is no image', async () => {
    const chart = {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 2,
    };

    expect(
      await codeOf(() => readImages(memorySource(image([], { manifest: { config: chart } })), 'all')),
    ).toBe('media-type-unsupported');
  });

  it('fails on more layers than any image has', async () => {
    const one = await layer([]);

    expect(
      await codeOf(() => readImages(memorySource(image(Array.from({ length: 1001 }, () => one))), 'all')),
    ).toBe('manifest-invalid');
  });

  it.each(['linux', 'linux/', '/amd64', 'linux/arm/', 'linux/arm/v7/x', ''])(
    'rejects %j as a platform',
    async (text) => {
      expect(await codeOf(() => parsePlatform(text))).toBe('platform-not-found');
    },
  );
});
