import { z } from 'zod';

const line = z
  .string()
  .max(1024)
  .regex(/^[^\n]*$/);

/**
 * Red Hat's content manifest: ids of the repositories that were enabled in the build.
 * https://github.com/containerbuildsystem/atomic-reactor/blob/master/atomic_reactor/schemas/content_manifest.json
 */
export const contentManifestSchema = z.object({ content_sets: z.array(line).optional() });

/** Labels of a Red Hat image as a file; `cpe` names the product the image belongs to. */
export const labelsSchema = z.object({ cpe: line.optional() });

/** `pro status` of Ubuntu: https://documentation.ubuntu.com/pro-client/en/latest/ */
export const proStatusSchema = z.object({ attached: z.boolean() });
