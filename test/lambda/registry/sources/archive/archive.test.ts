import { writeFile } from 'node:fs/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { openSource } from '../../../../../lambda/registry/index.ts';
import { sha256Digest } from '../../../../../lambda/shared/digest.ts';
import { codeOf } from '../../../../support/code-of.ts';
import { dockerSaveTar, type EntrySpec, image, layer, tarOf } from '../../../../support/image-builder.ts';
import { readAll } from '../../../../support/read-all.ts';
import { temporaryDirectory } from '../../../../support/temporary.ts';

const inDirectory = temporaryDirectory();
let made = 0;

async function write(tar: Buffer): Promise<string> {
  const path = inDirectory(`${++made}.tar`);
  await writeFile(path, tar);
  return path;
}

type Manifest = { config: Layer; layers: Layer[] };
type Layer = { mediaType: string; digest: string; size: number };

/** The manifest at an input, and the content of every blob it names. */
async function read(input: string): Promise<{ digest: string; manifest: Manifest; blobs: Buffer[] }> {
  const source = await openSource(input);
  const { bytes, digest } = await source.manifest();
  const manifest = JSON.parse(bytes.toString()) as Manifest;
  const blobs: Buffer[] = [];
  for (const blob of [manifest.config, ...manifest.layers])
    blobs.push(await readAll(await source.blob(blob)));
  await source.close();
  return { digest, manifest, blobs };
}

const CONFIG = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  rootfs: { type: 'layers', diff_ids: [] },
});
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

function saved(layers: string[] | null, tags: string[] | null, files: EntrySpec[]): Promise<Buffer> {
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: tags, Layers: layers }]);
  return tarOf([
    ...files,
    { path: 'config.json', content: CONFIG },
    { path: 'manifest.json', content: manifest },
  ]);
}

describe('registry/sources/archive', () => {
  it('makes a manifest for what Docker saved before version 25, its repeated layers links', async () => {
    const base = await layer([{ path: 'a', content: 'a' }]);
    const top = await layer([{ path: 'b', content: 'b' }]);
    const built = image([base, top, base]);
    const path = await write(await dockerSaveTar([{ image: built, tags: ['app:1'] }], 'legacy'));

    const { digest, manifest, blobs } = await read(path);

    expect(manifest.config).toEqual({
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: sha256Digest(built.configBytes),
      size: built.configBytes.length,
    });
    expect(manifest.layers.map(({ digest }) => digest)).toEqual([base.diffId, top.diffId, base.diffId]);
    expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual([LAYER, LAYER, LAYER]);
    expect(blobs.map((blob) => sha256Digest(blob))).toEqual(
      [manifest.config, ...manifest.layers].map(({ digest }) => digest),
    );
    expect((await read(path)).digest).toBe(digest);
  });

  it('gives the digests of the layout that Docker saves since version 25', async () => {
    const built = image([await layer([{ path: 'a' }])]);

    expect((await read(await write(await dockerSaveTar([{ image: built, tags: ['app:1'] }])))).digest).toBe(
      built.descriptor.digest,
    );
  });

  it('reads an archive that has only the manifest.json of the two', async () => {
    const only = await layer([{ path: 'a' }]);
    const hex = only.descriptor.digest.slice(7);
    const path = await write(
      await saved([`blobs/sha256/${hex}`], null, [{ path: `blobs/sha256/${hex}`, content: only.bytes }]),
    );

    expect((await read(path)).manifest.layers).toEqual([{ ...only.descriptor, mediaType: `${LAYER}+gzip` }]);
  });

  it.each([
    ['plain', (tar: Buffer) => tar],
    ['gzip', (tar: Buffer) => gzipSync(tar)],
    ['zstd', (tar: Buffer) => zstdCompressSync(tar)],
  ])('knows how layers are stored, in an archive that is %s', async (_, compress) => {
    const layers = await Promise.all(
      (['none', 'gzip', 'zstd'] as const).map((compression) =>
        layer([{ path: compression }], { compression }),
      ),
    );
    const files = layers.map(({ bytes }, at) => ({ path: `${at}.tar.gz`, content: bytes }));
    const path = await write(compress(await saved(['0.tar.gz', './1.tar.gz', '/2.tar.gz'], null, files)));

    const { manifest } = await read(path);

    expect(manifest.layers).toEqual(layers.map(({ descriptor }) => descriptor));
  });

  it('reads names with a colon, as kaniko writes them', async () => {
    const config = `sha256:${sha256Digest(CONFIG).slice(7)}`;
    const manifest = JSON.stringify([{ Config: config, RepoTags: ['app:1'], Layers: [] }]);
    const path = await write(
      await tarOf([
        { path: config, content: CONFIG },
        { path: 'manifest.json', content: manifest },
      ]),
    );

    expect((await read(path)).manifest).toMatchObject({ layers: [] });
  });

  it('reads an image whose configuration lists other layers than it has', async () => {
    const base = await layer([{ path: 'a' }], { compression: 'none' });
    const other = { ...base, diffId: sha256Digest('another layer') };
    const odd = image([other, other, other]);
    const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: null, Layers: ['l.tar'] }]);
    const entries = [
      { path: 'c.json', content: odd.configBytes },
      { path: 'l.tar', content: base.bytes },
      { path: 'manifest.json', content: manifest },
    ];

    expect((await read(await write(await tarOf(entries)))).manifest.layers).toHaveLength(1);
  });

  describe.each(['legacy', 'modern'] as const)('with several images (%s)', (layout) => {
    async function two() {
      const base = await layer([{ path: 'a' }]);
      const [one, other] = [image([base]), image([base], { config: { User: 'x' } })];
      const tags = ['app:1', 'localhost:5000/app:1'];
      return write(
        await dockerSaveTar(
          [
            { image: one, tags },
            { image: other, tags: ['other:1'] },
          ],
          layout,
        ),
      );
    }

    it('chooses by any name, in any spelling', async () => {
      const path = await two();

      const digests = await Promise.all(
        ['app:1', 'docker.io/library/app:1', 'localhost:5000/app:1', 'other:1'].map(
          async (name) => (await read(`docker-archive:${path}:${name}`)).digest,
        ),
      );

      expect(digests[0]).toBe(digests[1]);
      expect(digests[0]).toBe(digests[2]);
      expect(digests[0]).not.toBe(digests[3]);
    });

    it('fails without a choice, and lists them', async () => {
      const path = await two();

      await expect(openSource(path)).rejects.toThrow(/'app:1',.* 'other:1'$/);
      expect(await codeOf(() => openSource(path))).toBe('image-ambiguous');
    });

    it('fails for a name that is not there', async () => {
      expect(await codeOf(async () => openSource(`docker-archive:${await two()}:app:2`))).toBe(
        'image-not-found',
      );
    });
  });

  it('gives no blob and no manifest that is not of the image', async () => {
    const source = await openSource(await write(await saved([], null, [])));
    const digest = sha256Digest('x');

    expect(await codeOf(() => source.blob({ mediaType: '', digest, size: 1 }))).toBe('blob-not-found');
    expect(await codeOf(() => source.manifest(digest))).toBe('image-not-found');
    expect((await source.manifest((await source.manifest()).digest)).digest).toBe(
      (await source.manifest()).digest,
    );
    await source.close();
  });

  it('fails for a descriptor of another size', async () => {
    const path = await write(await saved([], null, []));
    const source = await openSource(path);
    const { config } = JSON.parse((await source.manifest()).bytes.toString()) as Manifest;

    expect(await codeOf(async () => readAll(await source.blob({ ...config, size: config.size - 1 })))).toBe(
      'blob-size-mismatch',
    );
    expect(await codeOf(async () => readAll(await source.blob({ ...config, size: config.size + 1 })))).toBe(
      'blob-truncated',
    );
    await source.close();
  });

  it.each<[string, () => Promise<Buffer>, string]>([
    ['a layer that is not there', () => saved(['missing.tar'], null, []), 'archive-invalid'],
    [
      'a layer that is a directory',
      () => saved(['d'], null, [{ path: 'd/', directory: true }]),
      'archive-invalid',
    ],
    [
      'a layer that links to itself',
      () => saved(['l'], null, [{ path: 'l', linkTo: 'l' }]),
      'archive-invalid',
    ],
    [
      'a layer that links out of the archive',
      () => saved(['l'], null, [{ path: 'l', linkTo: '../../etc/passwd' }]),
      'archive-invalid',
    ],
    ['too many layers', () => saved(Array<string>(1001).fill('config.json'), null, []), 'archive-invalid'],
    ['no image', () => tarOf([{ path: 'manifest.json', content: '[]' }]), 'image-not-found'],
    [
      'a manifest.json of another form',
      () => tarOf([{ path: 'manifest.json', content: '{}' }]),
      'archive-invalid',
    ],
    [
      'a manifest.json that is no JSON',
      () => tarOf([{ path: 'manifest.json', content: '[' }]),
      'archive-invalid',
    ],
    ['a file system', () => tarOf([{ path: 'etc/os-release', content: 'ID=x' }]), 'archive-invalid'],
    ['nothing', () => tarOf([]), 'archive-invalid'],
  ])('rejects an archive with %s', async (_, make, code) => {
    const path = await write(await make());

    expect(await codeOf(() => openSource(path))).toBe(code);
  });

  it('says what it expected of a file that holds no image', async () => {
    await expect(openSource(await write(await tarOf([{ path: 'a' }])))).rejects.toThrow(
      /holds no image: expected an OCI image layout .* or what docker save writes/,
    );
  });
});
