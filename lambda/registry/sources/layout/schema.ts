import { z } from 'zod';

const optionalText = z.string().optional().catch(undefined);

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md#oci-layout-file */
export const layoutFileSchema = z.object({ imageLayoutVersion: z.string() });

/** Annotation keys that name an image of a layout, the specified one first. */
export const REF_NAME = 'org.opencontainers.image.ref.name';
/** https://github.com/containerd/containerd/blob/v2.0.0/core/images/annotations.go */
export const CONTAINERD_NAME = 'io.containerd.image.name';

const descriptorSchema = z.object({
  mediaType: optionalText,
  digest: z.string(),
  annotations: z
    .object({ [REF_NAME]: optionalText, [CONTAINERD_NAME]: optionalText })
    .optional()
    .catch(undefined),
  platform: z
    .object({ os: z.string(), architecture: z.string(), variant: optionalText })
    .optional()
    .catch(undefined),
});
export type LayoutDescriptor = z.infer<typeof descriptorSchema>;

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md#indexjson-file */
export const layoutIndexSchema = z.object({ manifests: z.array(descriptorSchema).max(100_000) });
