import { z } from 'zod';
import { isWord } from '../../word.ts';

/** Composer 2 writes `{packages: […]}`, Composer 1 the bare list. Entries are checked one by one. https://getcomposer.org */
export const installedFileSchema = z.union([
  z.array(z.unknown()),
  z.object({ packages: z.array(z.unknown()) }).transform((file) => file.packages),
]);

/** One installed package. `version` is the pretty version as its author wrote it. */
export const installedPackageSchema = z.object({
  name: z.string().trim().refine(isWord),
  version: z.string().trim().refine(isWord),
  license: z.unknown().optional(),
});
export type InstalledPackage = z.infer<typeof installedPackageSchema>;
