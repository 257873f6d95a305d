import { createHash } from 'node:crypto';
import { safeText } from '../../../shared/text.ts';
import { RegistryError } from '../../errors.ts';
import { compressionOf } from '../../files/spool.ts';
import type { StoredFiles } from '../../files/stored-files.ts';
import { manifestOf, OCI_MANIFEST } from '../../manifest-bytes.ts';
import type { Descriptor, ManifestBytes } from '../../source.ts';
import type { SavedImage } from './schema.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md */
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** More layers than this no engine makes: overlay file systems end at 127 of them. */
const MAX_LAYERS = 1000;

/**
 * The OCI manifest of a saved image, with digests of the files as they are stored, and where each digest is found.
 * The names of the files are not trusted to be digests: tests of other scanners have archives where they are not.
 */
export async function synthesise(
  files: StoredFiles,
  saved: SavedImage,
): Promise<{ readonly manifest: ManifestBytes; readonly paths: ReadonlyMap<string, string> }> {
  const stored = saved.Layers ?? [];
  if (stored.length > MAX_LAYERS) throw invalid(`an image has more than ${MAX_LAYERS} layers`);
  const paths = new Map<string, string>();
  const known = new Map<string, Descriptor>();
  const describe = async (path: string, mediaType?: string): Promise<Descriptor> => {
    const normal = path.replace(/^(?:\.?\/)+/, '');
    const descriptor = known.get(normal) ?? (await descriptorOf(files, normal, mediaType));
    known.set(normal, descriptor);
    paths.set(descriptor.digest, normal);
    return descriptor;
  };
  const config = await describe(saved.Config, CONFIG);
  const layers: Descriptor[] = [];
  for (const path of stored) layers.push(await describe(path));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }));
  return { manifest: manifestOf(bytes, undefined), paths };
}

async function descriptorOf(files: StoredFiles, path: string, mediaType?: string): Promise<Descriptor> {
  const stream = await files.stream(path);
  if (stream === undefined)
    throw invalid(`manifest.json names a file that is not there: ${safeText(path).slice(0, 200)}`);
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  const digest = `sha256:${hash.digest('hex')}`;
  return { mediaType: mediaType ?? (await layerType(files, path)), digest, size };
}

/** Layers are plain tars in what Docker saves; skopeo and kaniko keep them compressed. */
async function layerType(files: StoredFiles, path: string): Promise<string> {
  const compression = compressionOf((await files.head(path, 4)) ?? Buffer.alloc(0));
  return compression === undefined ? LAYER : `${LAYER}+${compression}`;
}

function invalid(what: string): RegistryError {
  return new RegistryError('archive-invalid', `the archive is not a complete docker save: ${what}`);
}
