import { z } from 'zod';

/**
 * The parts of a `.deps.json` that say what is deployed. Both maps are keyed `Name/Version`; they are read entry by entry so
 * that one odd library does not hide the others.
 * https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md
 */
export const depsFileSchema = z.object({
  runtimeTarget: z.union([z.string(), z.object({ name: z.string() })]).optional(),
  targets: z.unknown().optional(),
  libraries: z.unknown().optional(),
});
export type DepsFile = z.infer<typeof depsFileSchema>;

export const librarySchema = z.object({ type: z.string() });

/** A library of the runtime target. Kinds of files it brings; a library without any is not deployed. */
export const targetLibrarySchema = z.object({
  runtime: z.unknown().optional(),
  native: z.unknown().optional(),
  runtimeTargets: z.unknown().optional(),
  resources: z.unknown().optional(),
});
