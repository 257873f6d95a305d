/** https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md; Docker's own before it. */
const LAYER_TYPE = /^application\/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs)\./;

/**
 * Whether a layer of this media type holds files of an image, readable here or not. Signatures and attestations may call their
 * configuration that of an image; their layers tell.
 */
export function isLayerType(mediaType: string): boolean {
  return LAYER_TYPE.test(mediaType);
}
