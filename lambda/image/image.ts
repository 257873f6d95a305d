import type { Descriptor, ImageSource, ManifestBytes } from '../registry/index.ts';
import { AppError } from '../shared/errors.ts';
import { ImageError } from './errors.ts';
import { MAX_LAYERS } from './limits.ts';
import { CONFIG_MEDIA_TYPES, INDEX_MEDIA_TYPES, MANIFEST_MEDIA_TYPES } from './media-types.ts';
import { formatPlatform, imagesOf, type Platform, satisfies } from './platform.ts';
import { readBlob } from './read-blob.ts';
import { type ConfigFile, configSchema, type IndexEntry, indexSchema, manifestSchema } from './schema.ts';

/** One image for one platform, as its manifest and config describe it; no layer is read yet. */
export type Image = {
  readonly manifestDigest: string;
  readonly mediaType: string;
  /** The index it was chosen from. */
  readonly indexDigest?: string;
  /** Absent when it was not read. */
  readonly configDigest?: string;
  readonly platform: Platform;
  readonly created?: string;
  /** Base first. */
  readonly layers: readonly ImageLayer[];
  /** Contradictions between manifest and config, for the coverage. */
  readonly contradictions: readonly string[];
};

export type ImageLayer = Descriptor & {
  readonly index: number;
  readonly diffId?: string;
  /** The build step: the history line of the config. */
  readonly createdBy?: string;
  readonly createdAt?: string;
};

/** Which images of an index are meant. A single-platform image satisfies `default` whatever its platform. */
export type PlatformChoice = 'all' | { readonly only: Platform } | { readonly preferred: Platform };

/**
 * The images that a source's reference stands for. Throws `platform-not-found` when an index offers nothing that was
 * asked for, `manifest-invalid`, `config-invalid`, or `media-type-unsupported` (schema 1, artifacts that are no images).
 */
export async function readImages(source: ImageSource, choice: PlatformChoice): Promise<Image[]> {
  return (await readEachImage(source, choice)).map(({ image, error }) => {
    if (error !== undefined) throw error;
    return image;
  });
}

/** An image; with an error, it could not be read and is only what its index says of it. */
export type ReadImage = { readonly image: Image; readonly error?: AppError };

/**
 * The same, where one image of an index that cannot be read keeps no other from being read. Throws what `readImages` does of
 * the index, or of the image that stands alone. Artifacts beside images are left out.
 */
export async function readEachImage(
  source: ImageSource,
  choice: PlatformChoice,
): Promise<readonly ReadImage[]> {
  const top = await source.manifest();
  if (!INDEX_MEDIA_TYPES.has(top.mediaType)) {
    const image = await readImage(source, top, undefined);
    if (choice !== 'all' && 'only' in choice && !satisfies(image.platform, choice.only)) {
      throw platformError(choice.only, [formatPlatform(image.platform)]);
    }
    return [{ image }];
  }
  const read: ReadImage[] = [];
  for (const entry of chooseEntries(parse(indexSchema, top, 'manifest-invalid').manifests, choice)) {
    try {
      const manifest = await source.manifest(entry.digest);
      read.push({ image: await readImage(source, manifest, top.digest, entry.platform) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      read.push({ image: describedBy(entry, top.digest), error });
    }
  }
  const images = read.filter(({ error }) => error?.data['artifactType'] === undefined);
  return images.length > 0 ? images : read;
}

function describedBy({ digest, mediaType, platform }: IndexEntry, indexDigest: string): Image {
  return {
    manifestDigest: digest,
    mediaType,
    indexDigest,
    platform: platformOf(platform ?? { os: '', architecture: '' }),
    layers: [],
    contradictions: [],
  };
}

function chooseEntries(entries: readonly IndexEntry[], choice: PlatformChoice): IndexEntry[] {
  const images = imagesOf(entries);
  const offered = images.map((entry) => platformOf(entry.platform ?? { os: '', architecture: '' }));
  if (images.length === 0) throw new ImageError('manifest-invalid', 'the index names no image');
  if (choice === 'all') return images;
  const wanted = 'only' in choice ? choice.only : choice.preferred;
  const at = offered.findIndex((platform) => satisfies(platform, wanted));
  const fallback = 'preferred' in choice && images.length === 1 ? 0 : -1;
  const chosen = images[at === -1 ? fallback : at];
  if (chosen === undefined) throw platformError(wanted, offered.map(formatPlatform));
  return [chosen];
}

function platformError(wanted: Platform, offered: readonly string[]): ImageError {
  return new ImageError(
    'platform-not-found',
    `no image for ${formatPlatform(wanted)}: there is ${offered.join(', ')}; choose one with --platform or take --all-platforms`,
  );
}

async function readImage(
  source: ImageSource,
  manifestBytes: ManifestBytes,
  indexDigest: string | undefined,
  indexPlatform?: IndexEntry['platform'],
): Promise<Image> {
  const { mediaType, digest } = manifestBytes;
  if (!MANIFEST_MEDIA_TYPES.has(mediaType)) {
    throw new ImageError(
      'media-type-unsupported',
      `${digest} is ${mediaType}, not an image manifest of OCI or Docker schema 2`,
    );
  }
  const manifest = parse(manifestSchema, manifestBytes, 'manifest-invalid');
  if (!CONFIG_MEDIA_TYPES.has(manifest.config.mediaType)) {
    const kind = manifest.artifactType ?? manifest.config.mediaType;
    throw new ImageError(
      'media-type-unsupported',
      `${digest} is an artifact of type ${kind}, not a container image`,
      { data: { artifactType: kind } },
    );
  }
  if (manifest.layers.length > MAX_LAYERS) {
    throw new ImageError(
      'manifest-invalid',
      `${manifest.layers.length} layers, at most ${MAX_LAYERS} are read`,
    );
  }
  const configBytes = await readBlob(source, manifest.config, MAX_CONFIG_BYTES);
  const config = parse(
    configSchema,
    { bytes: configBytes, digest: manifest.config.digest },
    'config-invalid',
  );
  return {
    manifestDigest: digest,
    mediaType,
    ...(indexDigest === undefined ? {} : { indexDigest }),
    configDigest: manifest.config.digest,
    platform: platformOf(config.os === '' && indexPlatform !== undefined ? indexPlatform : config),
    ...(config.created === undefined ? {} : { created: config.created }),
    ...describeLayers(manifest.layers, config),
  };
}

/** As large as a manifest may be; real configs stay below 100 KiB. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

function platformOf(platform: NonNullable<IndexEntry['platform']>): Platform {
  const osVersion = platform['os.version'];
  return {
    os: platform.os,
    architecture: platform.architecture,
    ...(platform.variant ? { variant: platform.variant } : {}),
    ...(osVersion ? { osVersion } : {}),
  };
}

/** History entries without a layer are skipped, the others stand for the layers from the base up. */
function describeLayers(
  layers: readonly Descriptor[],
  config: ConfigFile,
): Pick<Image, 'layers' | 'contradictions'> {
  const diffIds = config.rootfs?.diff_ids ?? [];
  const steps = (config.history ?? []).filter((step) => step.empty_layer !== true);
  const contradictions: string[] = [];
  if (diffIds.length !== layers.length) {
    contradictions.push(`the config names ${diffIds.length} layers, the manifest ${layers.length}`);
  }
  const described = layers.map((layer, index): ImageLayer => {
    const step = steps[index];
    const diffId = diffIds.length === layers.length ? diffIds[index] : undefined;
    return {
      ...layer,
      index,
      ...(diffId === undefined ? {} : { diffId }),
      ...(step?.created_by === undefined ? {} : { createdBy: step.created_by }),
      ...(step?.created === undefined ? {} : { createdAt: step.created }),
    };
  });
  return { layers: described, contradictions };
}

function parse<T>(
  schema: {
    safeParse(
      value: unknown,
    ):
      | { success: true; data: T }
      | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
  },
  { bytes, digest }: { bytes: Buffer; digest: string },
  code: 'manifest-invalid' | 'config-invalid',
): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ImageError(code, `${digest} is not JSON`, { cause: error, data: { digest } });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined ? '' : ` at ${issue.path.join('.')}: ${issue.message}`;
  throw new ImageError(code, `${digest} is not what the OCI image specification describes${where}`, {
    data: { digest },
  });
}
