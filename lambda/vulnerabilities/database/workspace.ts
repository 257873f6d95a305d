import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MANIFEST_FILE, type Manifest, type StoredFile } from './manifest.ts';

const SCRATCH_PREFIX = '.update-';
/** Characters of the hash in a file's name: enough to tell generations apart, the manifest has it whole. */
const HASH_IN_NAME = 16;

/**
 * Where an update builds before anyone sees it: a folder inside the database's own, so that a rename puts a file in
 * place. Files are named by content; those of the manifest in force are never written to.
 */
export type Workspace = {
  /** A path for a file that does not exist yet. */
  scratch(name: string): string;
  /** Gives a finished file its final name and makes sure it is on disk. */
  keep(path: string, name: string, extension: string): Promise<StoredFile>;
  /** Puts all kept files in place, then the manifest: from then on readers see the new database. */
  commit(manifest: Manifest): Promise<void>;
  discard(): Promise<void>;
};

export async function openWorkspace(directory: string): Promise<Workspace> {
  const folder = await mkdtemp(join(directory, SCRATCH_PREFIX));
  const kept = new Set<string>();
  let number = 0;
  return {
    scratch: (name) => join(folder, `${++number}-${name}`),
    keep: async (path, name, extension) => {
      const sha256 = await hashFile(path);
      const file = `${name}-${sha256.slice(0, HASH_IN_NAME)}.${extension}`;
      await flush(path);
      await rename(path, join(folder, file));
      kept.add(file);
      return { file, sha256, bytes: (await stat(join(folder, file))).size };
    },
    commit: async (manifest) => {
      for (const file of kept) await rename(join(folder, file), join(directory, file));
      const path = join(folder, MANIFEST_FILE);
      await writeFile(path, `${JSON.stringify(manifest, undefined, 1)}\n`);
      await flush(path);
      await flushFolder(directory);
      await rename(path, join(directory, MANIFEST_FILE));
      await flushFolder(directory);
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Removes what no reader can need: folders of updates that died, and files of generations before `current`. Files of
 * the generation `current` replaced stay until the next update, for readers that opened it and not yet all its shards.
 * Without a usable manifest nobody knows what is needed: then only the folders go.
 */
export async function removeLeftovers(directory: string, current: Manifest | undefined): Promise<void> {
  const needed = current === undefined ? undefined : new Set(filesOf(current));
  for (const name of await readdir(directory)) {
    const isOld = needed !== undefined && GENERATED.test(name) && !needed.has(name);
    if (isOld || name.startsWith(SCRATCH_PREFIX)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

const GENERATED = /^[A-Za-z0-9._-]+-[0-9a-f]{16}\.(?:sqlite|json)$/;

/** Every file a manifest speaks of. */
export function filesOf(manifest: Manifest): readonly string[] {
  return [
    ...manifest.shards.map((shard) => shard.file),
    ...manifest.sources.flatMap((source) => (source.index === undefined ? [] : [source.index.file])),
  ];
}

/** SHA-256 of a file, hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames last. Not every file system lets a folder be flushed; there the renames are merely likely to last. */
async function flushFolder(path: string): Promise<void> {
  await flush(path).catch(() => undefined);
}
