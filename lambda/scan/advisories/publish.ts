import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DAY_MS } from '../../shared/units.ts';
import type { ObjectStore } from '../../store/index.ts';
import { MANIFEST_FILE, type Manifest, parseManifest } from '../../vulnerabilities/index.ts';
import { bringFile, databaseFiles, MANIFEST_KEY, objectKey } from './stored-files.ts';

/** The database as it was published last. */
export type Published = { readonly manifest: Manifest; readonly revision: string };

/**
 * Brings the published database into a folder, so that it can be updated there. Undefined when there is none yet. A file that the
 * store lost is left out: the update builds its source anew.
 */
export async function restoreAdvisories(
  objects: ObjectStore,
  directory: string,
): Promise<Published | undefined> {
  const stored = await objects.get(MANIFEST_KEY);
  if (stored === undefined) return undefined;
  const text = stored.bytes.toString('utf8');
  const manifest = parseManifest(text);
  for (const file of databaseFiles(manifest)) await bringFile(objects, file, directory);
  return { manifest, revision: stored.revision };
}

/** Readers of the manifest before may fetch its files for so long. */
const RETIRED_KEPT_MS = 1 * DAY_MS;
const RETIRED_KEY = objectKey('retired.json');
const retiredSchema = z.array(z.strictObject({ file: z.string(), since: z.number() }));

/**
 * Publishes the database of a folder: files that are new, then the manifest, so that readers see the old or the new one whole;
 * files that no manifest named for a day are deleted. Does nothing when there is no database in the folder. Fails with
 * `object-changed` when somebody else published meanwhile.
 */
export async function publishAdvisories(
  objects: ObjectStore,
  directory: string,
  before: Published | undefined,
  now: number,
): Promise<Manifest | undefined> {
  const bytes = await readFile(join(directory, MANIFEST_FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const manifest = parseManifest(bytes.toString('utf8'));
  const known = new Set(before === undefined ? [] : databaseFiles(before.manifest).map(({ file }) => file));
  for (const { file } of databaseFiles(manifest)) {
    const isThere = known.has(file) && (await objects.has(objectKey(file)));
    if (!isThere) await objects.put(objectKey(file), { file: join(directory, file) });
  }
  await objects.put(
    MANIFEST_KEY,
    bytes,
    before === undefined ? { absent: true } : { revision: before.revision },
  );
  await retire(objects, known, new Set(databaseFiles(manifest).map(({ file }) => file)), now);
  return manifest;
}

async function retire(
  objects: ObjectStore,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  now: number,
): Promise<void> {
  const stored = await objects.get(RETIRED_KEY);
  const listed = stored === undefined ? [] : retiredSchema.parse(JSON.parse(stored.bytes.toString('utf8')));
  const fresh = [...before].filter((file) => !after.has(file)).map((file) => ({ file, since: now }));
  // A file may come back: the same records make the same bytes.
  const retired = [...listed, ...fresh].filter(({ file }) => !after.has(file));
  const isDue = ({ since }: { since: number }): boolean => now - since > RETIRED_KEPT_MS;
  for (const { file } of retired.filter(isDue)) await objects.delete(objectKey(file));
  const kept = retired.filter((one) => !isDue(one));
  if (kept.length > 0 || stored !== undefined) {
    await objects.put(RETIRED_KEY, Buffer.from(JSON.stringify(kept)));
  }
}
