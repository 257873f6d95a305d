import { statSync } from 'node:fs';
import { join } from 'node:path';
import { AdvisoryError } from '../errors.ts';
import { type Manifest, readManifest, type StoredFile } from './manifest.ts';
import type { PreviousSource } from './source-update.ts';
import { hashFile } from './workspace.ts';

/** The manifest in force; undefined when there is none to build upon (absent, damaged, of another version). */
export function usableManifest(directory: string): Manifest | undefined {
  try {
    return readManifest(directory);
  } catch (error) {
    if (error instanceof AdvisoryError) return undefined;
    throw error;
  }
}

/** What the database has of a source; undefined when it has not, or when a file of it is missing or cut off. */
export function wholeSource(
  directory: string,
  manifest: Manifest | undefined,
  id: string,
): PreviousSource | undefined {
  const source = manifest?.sources.find((one) => one.id === id);
  if (manifest === undefined || source === undefined) return undefined;
  const shards = manifest.shards.filter((shard) => shard.source === id);
  const files = [...shards, ...(source.index === undefined ? [] : [source.index])];
  return files.every((file) => hasItsSize(directory, file)) ? { source, shards } : undefined;
}

/** The same after reading all its files: undefined as well when one has other content than the manifest says. */
export async function soundSource(
  directory: string,
  manifest: Manifest | undefined,
  id: string,
): Promise<PreviousSource | undefined> {
  const whole = wholeSource(directory, manifest, id);
  if (whole === undefined) return undefined;
  const { source, shards } = whole;
  for (const { file, sha256 } of source.index === undefined ? shards : [...shards, source.index]) {
    if ((await hashFile(join(directory, file))) !== sha256) return undefined;
  }
  return whole;
}

/** True when the file is there with as many bytes as the manifest says. */
export function hasItsSize(directory: string, { file, bytes }: StoredFile): boolean {
  return statSync(join(directory, file), { throwIfNoEntry: false })?.size === bytes;
}
