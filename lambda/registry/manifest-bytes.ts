import { z } from 'zod';
import { sha256Digest } from '../shared/digest.ts';
import { safeText } from '../shared/text.ts';
import { formatBytes, MiB } from '../shared/units.ts';
import { RegistryError } from './errors.ts';
import type { ManifestBytes } from './source.ts';
import { digestLike } from './verified-stream.ts';

/**
 * Largest manifest that is read, in bytes; registries must take at least this much and need not take more.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-manifests
 */
export const MAX_MANIFEST_BYTES = 4 * MiB;

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
/** https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
// https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md#media-types
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** Every kind of manifest that can be read, the preferred first. */
export const MANIFEST_TYPES = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST] as const;

const shapeSchema = z.object({
  schemaVersion: z.unknown().optional(),
  mediaType: z.string().optional().catch(undefined),
  manifests: z.unknown().optional(),
  layers: z.unknown().optional(),
});

/**
 * Checks the digest of a manifest and says what kind it is. `expected` is the digest asked for or announced; `announced`
 * the media type outside of the bytes (the Content-Type header, a descriptor). Throws `manifest-digest-mismatch`, and
 * `manifest-unsupported` for schema 1, other kinds, and bytes that call themselves something else than their label does:
 * https://github.com/opencontainers/image-spec/security/advisories/GHSA-77vh-xpmg-72qh
 */
export function manifestOf(bytes: Buffer, expected: string | undefined, announced?: string): ManifestBytes {
  const digest = expected === undefined ? sha256Digest(bytes) : digestLike(expected, bytes);
  if (expected !== undefined && digest !== expected) {
    throw new RegistryError(
      'manifest-digest-mismatch',
      `the manifest's digest is ${digest}, expected ${expected}`,
      {
        data: { expected, found: digest },
      },
    );
  }
  return { mediaType: mediaTypeOf(bytes, announced), digest, bytes };
}

/** A manifest of more than 4 MiB was met. */
export function manifestTooLarge(): RegistryError {
  const limit = formatBytes(MAX_MANIFEST_BYTES);
  return new RegistryError(
    'manifest-too-large',
    `the manifest is larger than ${limit}, the largest that is read`,
    {
      data: { expected: MAX_MANIFEST_BYTES },
    },
  );
}

function mediaTypeOf(bytes: Buffer, announced: string | undefined): string {
  const shape = shapeOf(bytes);
  if (shape?.schemaVersion === 1)
    throw unsupported('schema 1, an obsolete format: push the image again', AN_IMAGE);
  const label = announced === undefined || !isManifestType(announced) ? undefined : announced;
  const own = shape?.mediaType;
  if (own !== undefined && label !== undefined && own !== label) {
    throw unsupported(`announced as ${label} but calls itself ${own}`, AN_IMAGE);
  }
  const known = label ?? own ?? implied(shape);
  if (known !== undefined && isManifestType(known)) return known;
  throw unsupported(`of the type '${known ?? announced ?? 'unknown'}'; image manifests and indexes are read`);
}

/** OCI manifests need not say what they are; an index is known by its manifests. */
function implied(shape: z.infer<typeof shapeSchema> | undefined): string | undefined {
  if (Array.isArray(shape?.manifests)) return OCI_INDEX;
  return Array.isArray(shape?.layers) ? OCI_MANIFEST : undefined;
}

function shapeOf(bytes: Buffer): z.infer<typeof shapeSchema> | undefined {
  try {
    return shapeSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function isManifestType(mediaType: string): boolean {
  return (MANIFEST_TYPES as readonly string[]).includes(mediaType);
}

/** What is not read and may be run all the same; all else is no container image. */
const AN_IMAGE = { kind: 'image' };

function unsupported(what: string, data: Readonly<Record<string, string>> = {}): RegistryError {
  return new RegistryError('manifest-unsupported', `the manifest is ${safeText(what).slice(0, 300)}`, {
    data,
  });
}
