import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Digest } from '../../lambda/shared/digest.ts';
import { type BuiltImage, type BuiltIndex, contentsOf, type EntrySpec, tarOf } from './image-builder.ts';

/** An image or index and, when given, the name (`org.opencontainers.image.ref.name`) it has in a layout. */
export type NamedImage = {
  readonly image: BuiltImage | BuiltIndex;
  readonly name?: string;
  /** More annotations of its descriptor in `index.json`. */
  readonly annotations?: Readonly<Record<string, string>>;
};

/** Where images can be pushed: the demo's registry and the tests' double are such. */
export interface PushTarget {
  /** Gives the digest. */
  putBlob(name: string, bytes: Uint8Array): string;
  /** Gives the digest. Without a tag the manifest can be fetched by digest only. */
  putManifest(name: string, tag: string | undefined, bytes: Uint8Array, mediaType: string): string;
}

/** Puts an image or index with all that is below it; gives the digest of its manifest. */
export function push(target: PushTarget, name: string, tag: string, root: BuiltImage | BuiltIndex): string {
  const { manifests, blobs } = contentsOf(root);
  for (const bytes of blobs.values()) target.putBlob(name, bytes);
  for (const { bytes, descriptor } of manifests)
    target.putManifest(name, undefined, bytes, descriptor.mediaType);
  return target.putManifest(name, tag, root.bytes, root.descriptor.mediaType);
}

/** Writes an OCI image layout into a directory, which is made when missing. */
export async function writeLayoutDirectory(directory: string, images: readonly NamedImage[]): Promise<void> {
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  for (const { path, content } of layoutEntries(images))
    await writeFile(join(directory, path), content ?? '');
}

/** The tar of an OCI image layout, as `skopeo copy … oci-archive:` writes it. */
export function layoutTar(images: readonly NamedImage[]): Promise<Buffer> {
  return tarOf(layoutEntries(images));
}

/** An image and its `RepoTags`, as in `app:1` or `localhost:5000/app:1`. */
export type TaggedImage = { readonly image: BuiltImage; readonly tags: readonly string[] };

/**
 * The tar `docker save` writes. `legacy` (before Docker 25): `<id>/layer.tar` uncompressed, a layer met again is a
 * symbolic link to the first. `modern`: an OCI layout with a `manifest.json` beside its index.
 * https://github.com/moby/moby/blob/v24.0.9/image/tarexport/save.go, the same file at v25.0.0
 */
export function dockerSaveTar(
  images: readonly TaggedImage[],
  layout: 'legacy' | 'modern' = 'modern',
): Promise<Buffer> {
  return layout === 'legacy' ? legacySave(images) : modernSave(images);
}

function layoutEntries(images: readonly NamedImage[]): (EntrySpec & { content: Buffer })[] {
  const files = new Map<string, Buffer>();
  for (const { image } of images) {
    const { manifests, blobs } = contentsOf(image);
    for (const [digest, bytes] of blobs) files.set(blobPath(digest), bytes);
    for (const { descriptor, bytes } of manifests) files.set(blobPath(descriptor.digest), bytes);
  }
  const manifests = images.map(({ image, name, annotations }) => {
    const named = name === undefined ? {} : { 'org.opencontainers.image.ref.name': name };
    return { ...image.descriptor, annotations: { ...named, ...annotations } };
  });
  files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
  files.set('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  return [...files].map(([path, content]) => ({ path, content }));
}

async function legacySave(images: readonly TaggedImage[]): Promise<Buffer> {
  const entries: EntrySpec[] = [];
  const stored = new Map<string, string>();
  const manifest = images.map(({ image, tags }) => {
    const config = `${sha256Digest(image.configBytes).slice('sha256:'.length)}.json`;
    entries.push({ path: config, content: image.configBytes });
    const layers = image.layers.map(({ diffId, tar }, at) => {
      const id = sha256Digest(`${config} ${at}`).slice('sha256:'.length);
      const path = `${id}/layer.tar`;
      const first = stored.get(diffId);
      entries.push({ path: `${id}/`, directory: true }, { path: `${id}/VERSION`, content: '1.0' });
      entries.push(first === undefined ? { path, content: tar } : { path, linkTo: `../${first}` });
      if (first === undefined) stored.set(diffId, path);
      return path;
    });
    return { Config: config, RepoTags: tags.length === 0 ? null : tags, Layers: layers };
  });
  return tarOf([...entries, { path: 'manifest.json', content: JSON.stringify(manifest) }]);
}

async function modernSave(images: readonly TaggedImage[]): Promise<Buffer> {
  const named = images.flatMap(({ image, tags }): NamedImage[] =>
    tags.length === 0
      ? [{ image }]
      : tags.map((tag) => ({
          image,
          name: tag.slice(tag.lastIndexOf(':') + 1),
          annotations: { 'io.containerd.image.name': tag },
        })),
  );
  const manifest = images.map(({ image, tags }) => ({
    Config: blobPath(sha256Digest(image.configBytes)),
    RepoTags: tags.length === 0 ? null : tags,
    Layers: image.layers.map(({ descriptor }) => blobPath(descriptor.digest)),
  }));
  return tarOf([...layoutEntries(named), { path: 'manifest.json', content: JSON.stringify(manifest) }]);
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
