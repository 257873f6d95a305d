import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RegistryError, type RegistryErrorCode, verifiedStream } from '../../registry/index.ts';
import { OBJECT_PREFIXES } from '../../shared/environment.ts';
import type { ObjectStore } from '../../store/index.ts';
import { MANIFEST_FILE, type Manifest } from '../../vulnerabilities/index.ts';

/** A file of the database, as its manifest names it. */
export type DatabaseFile = { readonly file: string; readonly sha256: string; readonly bytes: number };

/** Where the manifest of the database is kept; its other files lie beside it. */
export const MANIFEST_KEY = objectKey(MANIFEST_FILE);

/** Of files that are being fetched into a folder. */
export const PARTIAL_EXTENSION = '.partial';

/** The key of a file of the database. */
export function objectKey(file: string): string {
  return `${OBJECT_PREFIXES.advisories}${file}`;
}

/** Every file a manifest speaks of. */
export function databaseFiles({ shards, sources }: Manifest): readonly DatabaseFile[] {
  return [...shards, ...sources.flatMap(({ index }) => (index === undefined ? [] : [index]))];
}

/** What content other than the manifest speaks of is called on its way. */
const DAMAGE: ReadonlySet<string> = new Set([
  'blob-digest-mismatch',
  'blob-size-mismatch',
] satisfies RegistryErrorCode[]);

/**
 * Brings a file into a folder, unless it is there in its size; its content is checked on the way. Says whether the store has it,
 * and whether as the manifest says. Fails with the store's errors.
 */
export async function bringFile(
  objects: ObjectStore,
  { file, sha256, bytes }: DatabaseFile,
  folder: string,
): Promise<'brought' | 'missing' | 'damaged'> {
  const path = join(folder, file);
  if ((await stat(path).catch(() => undefined))?.size === bytes) return 'brought';
  const stored = await objects.stream(objectKey(file));
  if (stored === undefined) return 'missing';
  await mkdir(folder, { recursive: true });
  const partial = `${path}.${randomUUID()}${PARTIAL_EXTENSION}`;
  try {
    const checked = verifiedStream({ digest: `sha256:${sha256}`, size: bytes });
    await pipeline(stored, checked, createWriteStream(partial));
    await rename(partial, path);
  } catch (error) {
    if (error instanceof RegistryError && DAMAGE.has(error.code)) return 'damaged';
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
  return 'brought';
}
