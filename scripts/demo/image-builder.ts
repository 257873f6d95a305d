import { gzipSync, zstdCompressSync } from 'node:zlib';
import tar from 'tar-stream';
import { sha256Digest } from '../../lambda/shared/digest.ts';

/**
 * Container images built by code, for the demo and for tests. Equal input gives equal bytes and so equal digests.
 * Everything returned is a plain value: spread it and change a field to get an image that lies.
 *
 *     const base = await layer([{ path: 'etc/os-release', content: 'ID=alpine\n' }]);
 *     const app = image([base], { config: { User: 'app' } });
 *     await writeLayoutDirectory(directory, [{ image: app, name: 'latest' }]);
 */

/** One tar entry; without `content`, `linkTo`, `hardlinkTo`, `directory` or `type` an empty file. Whiteouts are files named `.wh.…`. */
export type EntrySpec = {
  /** As written into the tar, unchecked. */
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** Target of a symbolic link. */
  readonly linkTo?: string;
  /** Path of an earlier entry. */
  readonly hardlinkTo?: string;
  readonly directory?: boolean;
  readonly type?: 'fifo' | 'character-device' | 'block-device';
  /** Permission bits; 0o644 for files, 0o755 for directories. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970; 0 when absent. */
  readonly mtime?: number;
  /** Extended header records, for example `SCHILY.xattr.security.capability`. */
  readonly pax?: Readonly<Record<string, string>>;
};

export type BuiltDescriptor = {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Readonly<Record<string, string | readonly string[]>>;
};

export type BuiltLayer = {
  readonly descriptor: BuiltDescriptor;
  readonly diffId: string;
  /** As stored. */
  readonly bytes: Buffer;
  /** Inflated. */
  readonly tar: Buffer;
};

export type LayerOptions = {
  /** `gzip` when absent. */
  readonly compression?: 'gzip' | 'zstd' | 'none';
  /** Instead of the OCI media type of the compression. */
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** An uncompressed tar of the entries, in the order given. */
export async function tarOf(entries: readonly EntrySpec[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const spec of entries) addEntry(pack, spec);
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A layer of these entries. */
export async function layer(entries: readonly EntrySpec[], options: LayerOptions = {}): Promise<BuiltLayer> {
  return layerOf(await tarOf(entries), options);
}

/** A layer around any bytes, which need not be a valid tar. */
export function layerOf(tarBytes: Buffer, options: LayerOptions = {}): BuiltLayer {
  const compression = options.compression ?? 'gzip';
  const bytes = COMPRESS[compression](tarBytes);
  const mediaType = options.mediaType ?? `application/vnd.oci.image.layer.v1.tar${SUFFIX[compression]}`;
  return {
    descriptor: descriptorOf(bytes, mediaType, options.annotations),
    diffId: sha256Digest(tarBytes),
    bytes,
    tar: tarBytes,
  };
}

export type BuiltImage = {
  readonly kind: 'image';
  readonly descriptor: BuiltDescriptor;
  /** The manifest. */
  readonly bytes: Buffer;
  readonly configBytes: Buffer;
  readonly layers: readonly BuiltLayer[];
  /** Config and layers by digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
};

export type ImageOptions = {
  /** The `config` object of the image configuration: Env, User, Cmd, Labels, … */
  readonly config?: Readonly<Record<string, unknown>>;
  /** One per layer or empty layer; made up from the layers when absent. */
  readonly history?: readonly Readonly<Record<string, unknown>>[];
  /** `amd64` when absent. */
  readonly architecture?: string;
  readonly variant?: string;
  /** `linux` when absent. */
  readonly os?: string;
  /** RFC 3339; `1970-01-01T00:00:00Z` when absent. */
  readonly created?: string;
  /** `docker` gives schema 2 media types; `oci` when absent. */
  readonly format?: 'oci' | 'docker';
  /** Of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** More fields of the manifest, or other values for its fields (`artifactType`, `subject`, `config`). */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** More fields of the image configuration, or other values for its fields (`rootfs`). */
  readonly imageConfig?: Readonly<Record<string, unknown>>;
};

/** An image of these layers, base first. */
export function image(layers: readonly BuiltLayer[], options: ImageOptions = {}): BuiltImage {
  const docker = options.format === 'docker';
  const configBytes = configOf(layers, options);
  const config = descriptorOf(
    configBytes,
    docker ? 'application/vnd.docker.container.image.v1+json' : 'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = docker
    ? 'application/vnd.docker.distribution.manifest.v2+json'
    : 'application/vnd.oci.image.manifest.v1+json';
  const bytes = jsonOf({
    schemaVersion: 2,
    mediaType,
    config,
    layers: layers.map(({ descriptor }) =>
      docker ? { ...descriptor, mediaType: dockerLayerType(descriptor.mediaType) } : descriptor,
    ),
    annotations: options.annotations,
    ...options.manifest,
  });
  const blobs = new Map([[config.digest, configBytes]]);
  for (const { descriptor, bytes } of layers) blobs.set(descriptor.digest, bytes);
  const platform = { architecture: options.architecture ?? 'amd64', os: options.os ?? 'linux' };
  const descriptor = {
    ...descriptorOf(bytes, mediaType),
    platform: options.variant === undefined ? platform : { ...platform, variant: options.variant },
  };
  return { kind: 'image', descriptor, bytes, configBytes, layers, blobs };
}

export type BuiltIndex = {
  readonly kind: 'index';
  readonly descriptor: BuiltDescriptor;
  readonly bytes: Buffer;
  readonly manifests: readonly (BuiltImage | BuiltIndex)[];
};

export type IndexOptions = {
  readonly format?: 'oci' | 'docker';
  readonly annotations?: Readonly<Record<string, string>>;
  /** Replaces the descriptors, for example to add annotations or to name an image that is not there. */
  readonly descriptors?: readonly BuiltDescriptor[];
};

/** An image index over images (or indexes); the platform of each is the one it was built with. */
export function index(
  manifests: readonly (BuiltImage | BuiltIndex)[],
  options: IndexOptions = {},
): BuiltIndex {
  const mediaType =
    options.format === 'docker'
      ? 'application/vnd.docker.distribution.manifest.list.v2+json'
      : 'application/vnd.oci.image.index.v1+json';
  const bytes = jsonOf({
    schemaVersion: 2,
    mediaType,
    manifests: options.descriptors ?? manifests.map(({ descriptor }) => descriptor),
    annotations: options.annotations,
  });
  return { kind: 'index', descriptor: descriptorOf(bytes, mediaType), bytes, manifests };
}

/** A descriptor of these bytes. */
export function descriptorOf(
  bytes: Uint8Array,
  mediaType: string,
  annotations?: Readonly<Record<string, string>>,
): BuiltDescriptor {
  const descriptor = { mediaType, digest: sha256Digest(bytes), size: bytes.length };
  return annotations === undefined ? descriptor : { ...descriptor, annotations };
}

/** Every manifest (the thing itself last) and every blob below an image or index. */
export function contentsOf(root: BuiltImage | BuiltIndex): {
  readonly manifests: readonly (BuiltImage | BuiltIndex)[];
  readonly blobs: ReadonlyMap<string, Buffer>;
} {
  if (root.kind === 'image') return { manifests: [root], blobs: root.blobs };
  const manifests: (BuiltImage | BuiltIndex)[] = [];
  const blobs = new Map<string, Buffer>();
  for (const child of root.manifests) {
    const below = contentsOf(child);
    manifests.push(...below.manifests);
    for (const [digest, bytes] of below.blobs) blobs.set(digest, bytes);
  }
  return { manifests: [...manifests, root], blobs };
}

const COMPRESS = {
  gzip: (bytes: Buffer): Buffer => gzipSync(bytes),
  zstd: (bytes: Buffer): Buffer => zstdCompressSync(bytes),
  none: (bytes: Buffer): Buffer => bytes,
};
const SUFFIX = { gzip: '+gzip', zstd: '+zstd', none: '' };

function addEntry(pack: tar.Pack, spec: EntrySpec): void {
  const facts = {
    name: spec.path,
    mode: spec.mode ?? (spec.directory === true ? 0o755 : 0o644),
    uid: spec.uid ?? 0,
    gid: spec.gid ?? 0,
    mtime: new Date((spec.mtime ?? 0) * 1000),
    ...(spec.pax === undefined ? {} : { pax: spec.pax }),
  };
  if (spec.linkTo !== undefined) pack.entry({ ...facts, type: 'symlink', linkname: spec.linkTo });
  else if (spec.hardlinkTo !== undefined) pack.entry({ ...facts, type: 'link', linkname: spec.hardlinkTo });
  else if (spec.directory === true) pack.entry({ ...facts, type: 'directory' });
  else if (spec.type !== undefined) pack.entry({ ...facts, type: spec.type });
  else pack.entry({ ...facts, type: 'file' }, Buffer.from(spec.content ?? ''));
}

function configOf(layers: readonly BuiltLayer[], options: ImageOptions): Buffer {
  const created = options.created ?? '1970-01-01T00:00:00Z';
  return jsonOf({
    created,
    architecture: options.architecture ?? 'amd64',
    variant: options.variant,
    os: options.os ?? 'linux',
    config: options.config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: options.history ?? layers.map((_, at) => ({ created, created_by: `layer ${at}` })),
    ...options.imageConfig,
  });
}

function dockerLayerType(mediaType: string): string {
  return mediaType.endsWith('+gzip') ? 'application/vnd.docker.image.rootfs.diff.tar.gzip' : mediaType;
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
