import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { openSource } from '../../../../../lambda/registry/index.ts';
import { codeOf } from '../../../../support/code-of.ts';
import {
  type BuiltImage,
  image,
  index,
  layer,
  layoutTar,
  type NamedImage,
  tarOf,
  writeLayoutDirectory,
} from '../../../../support/image-builder.ts';
import { readAll } from '../../../../support/read-all.ts';
import { temporaryDirectory } from '../../../../support/temporary.ts';

const inDirectory = temporaryDirectory();
let made = 0;

async function images(): Promise<[BuiltImage, BuiltImage]> {
  const base = await layer([{ path: 'etc/os-release', content: 'ID=test\n' }]);
  return [
    image([base, await layer([{ path: 'one' }], { compression: 'zstd' })]),
    image([base], { architecture: 'arm64' }),
  ];
}

/** A layout in each of the forms it may have; gives its path. */
const forms: [string, (images: readonly NamedImage[]) => Promise<string>][] = [
  [
    'a directory',
    async (named) => {
      const path = inDirectory(`layout-${++made}`);
      await writeLayoutDirectory(path, named);
      return path;
    },
  ],
  ['a tar', (named) => writeTar(named, (tar) => tar)],
  ['a compressed tar', (named) => writeTar(named, (tar) => gzipSync(tar))],
];

async function writeTar(named: readonly NamedImage[], compress: (tar: Buffer) => Buffer): Promise<string> {
  const path = inDirectory(`layout-${++made}.tar`);
  await writeFile(path, compress(await layoutTar(named)));
  return path;
}

async function digestAt(input: string): Promise<string> {
  const source = await openSource(input);
  try {
    return (await source.manifest()).digest;
  } finally {
    await source.close();
  }
}

describe('registry/sources/layout', () => {
  describe.each(forms)('in %s', (_, write) => {
    it('gives the only image and its blobs as stored', async () => {
      const [one] = await images();
      const path = await write([{ image: one }]);

      const source = await openSource(path);
      const manifest = await source.manifest();

      expect(source.name).toBe(path);
      expect(manifest).toEqual({
        mediaType: one.descriptor.mediaType,
        digest: one.descriptor.digest,
        bytes: one.bytes,
      });
      for (const { descriptor, bytes } of one.layers) {
        expect((await readAll(await source.blob(descriptor))).equals(bytes)).toBe(true);
      }
      await source.close();
    });

    it('chooses by name or digest', async () => {
      const [one, two] = await images();
      const path = await write([
        { image: one, name: '1.0' },
        { image: two, name: 'localhost:5000/app:2' },
      ]);

      expect(await digestAt(`oci:${path}:1.0`)).toBe(one.descriptor.digest);
      expect(await digestAt(`oci:${path}:localhost:5000/app:2`)).toBe(two.descriptor.digest);
      expect(await digestAt(`oci:${path}@${two.descriptor.digest}`)).toBe(two.descriptor.digest);
    });

    it('gives an index and, by digest, what is below it', async () => {
      const [one, two] = await images();
      const both = index([one, two]);
      const path = await write([{ image: both }]);

      const source = await openSource(path);

      expect((await source.manifest()).digest).toBe(both.descriptor.digest);
      expect((await source.manifest(two.descriptor.digest)).bytes).toEqual(two.bytes);
      await source.close();
      expect(await digestAt(`oci:${path}@${two.descriptor.digest}`)).toBe(two.descriptor.digest);
    });

    it('fails for several images without a choice, and lists them', async () => {
      const [one, two] = await images();
      const path = await write([
        { image: one, name: 'one' },
        { image: two, name: 'two' },
      ]);

      await expect(openSource(path)).rejects.toThrow(/it has 'one', 'two'$/);
      expect(await codeOf(() => openSource(path))).toBe('image-ambiguous');
    });

    it('fails for a name that is not there, and lists those that are', async () => {
      const [one] = await images();
      const path = await write([{ image: one, name: 'one' }]);

      await expect(openSource(`oci:${path}:two`)).rejects.toThrow(
        /^no image 'two' in the file: it has 'one'$/,
      );
      expect(await codeOf(() => openSource(`oci:${path}:two`))).toBe('image-not-found');
    });

    it('fails for blobs and manifests that are not there', async () => {
      const [one] = await images();
      const source = await openSource(await write([{ image: one }]));
      const digest = `sha256:${'0'.repeat(64)}`;

      expect(await codeOf(() => source.blob({ mediaType: '', digest, size: 1 }))).toBe('blob-not-found');
      expect(await codeOf(() => source.manifest(digest))).toBe('image-not-found');
      expect(await codeOf(() => source.manifest('../../oci-layout'))).toBe('image-not-found');
      expect(await codeOf(() => source.blob({ mediaType: '', digest: '../../index.json', size: 1 }))).toBe(
        'blob-not-found',
      );
      await source.close();
    });
  });

  it('takes one image under several names as one', async () => {
    const [one] = await images();
    const path = await writeTar(
      [
        { image: one, name: 'a' },
        { image: one, name: 'b' },
      ],
      (tar) => tar,
    );

    expect(await digestAt(path)).toBe(one.descriptor.digest);
  });

  it('takes images for several platforms without names as one index', async () => {
    const [one, two] = await images();
    const path = await writeTar([{ image: one }, { image: two }], (tar) => tar);

    const source = await openSource(path);
    const { mediaType, bytes } = await source.manifest();

    expect(mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(JSON.parse(bytes.toString()).manifests).toHaveLength(2);
    await source.close();
  });

  it('finds a name as containerd writes it, in any spelling', async () => {
    const [one, two] = await images();
    const named = (name: string) => ({ annotations: { 'io.containerd.image.name': name } });
    const path = await writeTar(
      [
        { image: one, name: '1', ...named('docker.io/library/app:1') },
        { image: two, name: '1', ...named('docker.io/library/other:1') },
      ],
      (tar) => tar,
    );

    expect(await digestAt(`oci:${path}:app:1`)).toBe(one.descriptor.digest);
    await expect(openSource(path)).rejects.toThrow("'docker.io/library/app:1', 'docker.io/library/other:1'");
  });

  it('fails at the end of a blob that was changed', async () => {
    const [one] = await images();
    const path = inDirectory(`layout-${++made}`);
    await writeLayoutDirectory(path, [{ image: one }]);
    const [descriptor] = one.layers.map(({ descriptor }) => descriptor);
    if (descriptor === undefined) throw new Error('no layer');
    await writeFile(`${path}/blobs/${descriptor.digest.replace(':', '/')}`, Buffer.alloc(descriptor.size));

    const source = await openSource(path);

    expect(await codeOf(async () => readAll(await source.blob(descriptor)))).toBe('blob-digest-mismatch');
  });

  it('fails for a manifest that was changed', async () => {
    const [one] = await images();
    const path = inDirectory(`layout-${++made}`);
    await writeLayoutDirectory(path, [{ image: one }]);
    await writeFile(`${path}/blobs/${one.descriptor.digest.replace(':', '/')}`, `${one.bytes.toString()} `);

    const source = await openSource(path);

    expect(await codeOf(() => source.manifest())).toBe('manifest-digest-mismatch');
  });

  it.each([
    ['a blob', 'blobs/sha256/HEX'],
    ['the directory of blobs', 'blobs'],
    ['the index', 'index.json'],
  ])('rejects a link out of the layout for %s', async (_, place) => {
    const [one] = await images();
    const path = inDirectory(`layout-${++made}`);
    await writeLayoutDirectory(path, [{ image: one }]);
    const [descriptor] = one.layers.map(({ descriptor }) => descriptor);
    if (descriptor === undefined) throw new Error('no layer');
    const file = `${path}/${place.replace('HEX', descriptor.digest.slice(7))}`;
    const outside = inDirectory(`outside-${made}`);
    await rename(file, outside);
    await symlink(outside, file);

    const read = async () => readAll(await (await openSource(path)).blob(descriptor));

    expect(await codeOf(read)).toBe('layout-invalid');
  });

  it('follows links within the layout', async () => {
    const [one] = await images();
    const path = inDirectory(`layout-${++made}`);
    await writeLayoutDirectory(path, [{ image: one }]);
    await rename(`${path}/blobs`, `${path}/store`);
    await symlink('store', `${path}/blobs`);

    expect(await digestAt(path)).toBe(one.descriptor.digest);
  });

  it('takes a directory in the place of a blob for no blob', async () => {
    const [one] = await images();
    const path = inDirectory(`layout-${++made}`);
    await writeLayoutDirectory(path, [{ image: one }]);
    const manifest = `${path}/blobs/${one.descriptor.digest.replace(':', '/')}`;
    await rm(manifest);
    await mkdir(manifest);

    expect(await codeOf(() => digestAt(path))).toBe('image-not-found');
  });

  it.each([
    ['without oci-layout', { 'index.json': '{"manifests":[]}' }, 'layout-invalid'],
    ['without index.json', { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}' }, 'layout-invalid'],
    [
      'of another version',
      { 'oci-layout': '{"imageLayoutVersion":"2.0.0"}', 'index.json': '{"manifests":[]}' },
      'layout-invalid',
    ],
    ['with a version that is no JSON', { 'oci-layout': '1', 'index.json': '{}' }, 'layout-invalid'],
    [
      'with a malformed index',
      { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', 'index.json': '{"manifests":{}}' },
      'layout-invalid',
    ],
    [
      'with a huge index',
      { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', 'index.json': ' '.repeat(5_000_000) },
      'layout-invalid',
    ],
    [
      'without an image',
      { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', 'index.json': '{"manifests":[]}' },
      'image-not-found',
    ],
  ])('rejects a layout %s', async (_, content, code) => {
    const path = inDirectory(`broken-${++made}.tar`);
    await writeFile(path, await tarOf(Object.entries(content).map(([path, content]) => ({ path, content }))));

    expect(await codeOf(() => openSource(`oci:${path}`))).toBe(code);
  });

  it('rejects a manifest of more than 4 MiB', async () => {
    const big = image([], { annotations: { pad: 'x'.repeat(4 * 1024 * 1024) } });
    const path = await writeTar([{ image: big }], (tar) => tar);

    expect(await codeOf(() => digestAt(path))).toBe('manifest-too-large');
  });

  it('shows names made safe, and not all of many', async () => {
    const [one] = await images();
    const many = await Promise.all(
      Array.from({ length: 25 }, async (_, at) => ({
        image: image(one.layers, { config: { User: `${at}` } }),
        name: `\u001b[31m${at}`,
      })),
    );

    await expect(openSource(await writeTar(many, (tar) => tar))).rejects.toThrow(
      /'\\u001b\[31m0', .* and 5 more$/,
    );
  });

  it('leaves the files of the layout as they are', async () => {
    const [one] = await images();
    const path = await writeTar([{ image: one }], (tar) => tar);
    const before = await readFile(path);

    await digestAt(path);

    expect((await readFile(path)).equals(before)).toBe(true);
  });
});
