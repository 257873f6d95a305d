import { z } from 'zod';

/**
 * https://github.com/moby/moby/blob/v24.0.9/image/tarexport/tarexport.go (manifestItem). Empty lists may be null there.
 */
export const savedImagesSchema = z.array(
  z.object({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()).nullish(),
  }),
);
export type SavedImage = z.infer<typeof savedImagesSchema>[number];
