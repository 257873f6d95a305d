import { z } from 'zod';
import { isDigest } from '../shared/digest.ts';

const digestSchema = z.string().refine(isDigest, 'not a sha256 or sha512 digest');
const sizeSchema = z.int().min(0);

const platformSchema = z.object({
  os: z.string().default(''),
  architecture: z.string().default(''),
  variant: z.string().optional(),
  'os.version': z.string().optional(),
});

const descriptorSchema = z.object({ mediaType: z.string(), digest: digestSchema, size: sizeSchema });

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  artifactType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md */
export const indexSchema = z.object({
  schemaVersion: z.literal(2),
  manifests: z.array(
    descriptorSchema.extend({
      platform: platformSchema.optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
export type IndexEntry = z.infer<typeof indexSchema>['manifests'][number];

const nullable = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

/** https://github.com/opencontainers/image-spec/blob/main/config.md ; writers leave nulls where they mean nothing. */
export const configSchema = z.object({
  ...platformSchema.shape,
  created: nullable(z.string()),
  rootfs: nullable(z.object({ diff_ids: nullable(z.array(z.string())) })),
  history: nullable(
    z.array(
      z.object({
        created: nullable(z.string()),
        created_by: nullable(z.string()),
        comment: nullable(z.string()),
        empty_layer: nullable(z.boolean()),
      }),
    ),
  ),
});
export type ConfigFile = z.infer<typeof configSchema>;
