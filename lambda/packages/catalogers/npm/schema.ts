import { z } from 'zod';
import { isWord } from '../../word.ts';

/**
 * The fields read from an installed package.json. `license` and `licenses` have had many shapes and must not spoil a package.
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-json
 */
export const packageJsonSchema = z.object({
  name: z.string().trim().refine(isWord),
  version: z.string().trim().refine(isWord),
  license: z.unknown().optional(),
  licenses: z.unknown().optional(),
});
export type PackageJson = z.infer<typeof packageJsonSchema>;
