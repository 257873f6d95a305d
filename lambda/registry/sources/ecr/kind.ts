import type { ImageDetail } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import { isLayerType } from '../../layer-type.ts';
import type { ManifestBytes } from '../../source.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md; Docker's own before it. */
const CONFIG_TYPES = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const INDEX_TYPES = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/**
 * Tags under which signatures, attestations and bills of materials stand beside the image they belong to. Some call their
 * own configuration that of an image, so that only their layers tell. https://github.com/sigstore/cosign/blob/v2.4.0/specs/SIGNATURE_SPEC.md#tag-based-discovery
 */
const ATTACHMENT_TAG = /^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/;

/** What a listed image is by what ECR says of it; `unclear` until its manifest is read. An index has no configuration. */
export function kindOf(detail: ImageDetail): 'image' | 'artifact' | 'unclear' {
  const { artifactMediaType, imageManifestMediaType = '', imageTags = [] } = detail;
  if (artifactMediaType !== undefined && !CONFIG_TYPES.has(artifactMediaType)) return 'artifact';
  if (imageTags.length > 0 && imageTags.every((tag) => ATTACHMENT_TAG.test(tag))) return 'unclear';
  return artifactMediaType !== undefined || INDEX_TYPES.has(imageManifestMediaType) ? 'image' : 'unclear';
}

const descriptorSchema = z.object({
  mediaType: z.string().optional().catch(undefined),
  artifactType: z.string().optional().catch(undefined),
  size: z.number().optional().catch(undefined),
});
const manifestSchema = z.object({
  config: descriptorSchema.optional().catch(undefined),
  layers: z.array(descriptorSchema).optional().catch(undefined),
  manifests: z.array(descriptorSchema).optional().catch(undefined),
});

/** What a manifest says of itself. Anything that could be an image is one: whoever scans it says what is wrong with it. */
export function readKind({ bytes }: ManifestBytes): { readonly isImage: boolean; readonly bytes?: number } {
  const manifest = parsed(bytes);
  if (manifest?.manifests !== undefined) {
    const artifacts = manifest.manifests.filter(({ artifactType }) => artifactType !== undefined);
    return { isImage: artifacts.length === 0 || artifacts.length < manifest.manifests.length };
  }
  const layers = manifest?.layers;
  if (layers === undefined) return { isImage: true };
  const isConfig = CONFIG_TYPES.has(manifest?.config?.mediaType ?? '');
  const isLayered = layers.length === 0 || layers.some(({ mediaType = '' }) => isLayerType(mediaType));
  return {
    isImage: isConfig && isLayered,
    bytes: layers.reduce((sum, { size = 0 }) => sum + size, 0),
  };
}

function parsed(bytes: Buffer): z.infer<typeof manifestSchema> | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
