import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DAY_MS } from '../../shared/units.ts';
import type { ObjectStore } from '../../store/index.ts';
import { MANIFEST_FILE, type Manifest, parseManifest } from '../../vulnerabilities/index.ts';
import { bringFile, databaseFiles, MANIFEST_KEY, objectKey, PARTIAL_EXTENSION } from './stored-files.ts';

/** The database as it was published last. Without a manifest: one that cannot be built upon, to be replaced. */
export type Published = { readonly manifest?: Manifest; readonly revision: string };

/**
 * Makes a folder hold the published database, so that it can be updated there: what an update finds new is then new to all
 * readers, whatever an earlier call left in the folder. Undefined when there is none yet. A file that the store lost, or damaged, is
 * left out: the update builds its source anew.
 */
export async function restoreAdvisories(
  objects: ObjectStore,
  directory: string,
): Promise<Published | undefined> {
  const stored = await objects.get(MANIFEST_KEY);
  const manifest = stored === undefined ? undefined : usableManifest(stored.bytes);
  await mkdir(directory, { recursive: true });
  await removeUnfinished(directory);
  // Away until all files are there, and for good when the published one is.
  await rm(join(directory, MANIFEST_FILE), { force: true });
  if (stored === undefined) return undefined;
  const { bytes, revision } = stored;
  if (manifest === undefined) return { revision };
  for (const file of databaseFiles(manifest)) {
    // As if it were lost: nobody can use it, and what is made in its place may have its name.
    if ((await bringFile(objects, file, directory)) === 'damaged') await objects.delete(objectKey(file.file));
  }
  await writeFile(join(directory, MANIFEST_FILE), bytes);
  return { manifest, revision };
}

/** Undefined when it is damaged or of another version: the database is then built anew, as in a folder. */
function usableManifest(bytes: Buffer): Manifest | undefined {
  try {
    return parseManifest(bytes.toString('utf8'));
  } catch (error) {
    if ((error as { code?: string }).code === 'database-invalid') return undefined;
    throw error;
  }
}

/** Files of calls that ended while they fetched them. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith(PARTIAL_EXTENSION)) await rm(join(directory, name), { force: true });
  }
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
  const known = new Set(
    before?.manifest === undefined ? [] : databaseFiles(before.manifest).map(({ file }) => file),
  );
  for (const { file } of databaseFiles(manifest)) {
    const path = join(directory, file);
    if (known.has(file) && ((await objects.has(objectKey(file))) || !(await isThere(path)))) continue;
    await objects.put(objectKey(file), { file: path });
  }
  await objects.put(
    MANIFEST_KEY,
    bytes,
    before === undefined ? { absent: true } : { revision: before.revision },
  );
  await retire(objects, known, new Set(databaseFiles(manifest).map(({ file }) => file)), now);
  return manifest;
}

/** One that was published and is lost everywhere is made again when its source can be had. */
async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
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
