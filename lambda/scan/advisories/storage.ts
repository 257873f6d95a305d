import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../store/index.ts';
import { MANIFEST_FILE, type Manifest, parseManifest } from '../../vulnerabilities/index.ts';
import { bringFile, MANIFEST_KEY } from './stored-files.ts';

/** Advisories as some packages need them, in a folder that `openDatabase` reads. */
export type FetchedAdvisories = {
  readonly directory: string;
  /** Names what is in it: other advisories for the same ecosystems give another text. */
  readonly revision: string;
  /** To be called when the folder is no longer read. */
  readonly release: () => Promise<void>;
};

/** Where a scan gets its advisories from, when not from a folder of its own. */
export interface AdvisoryStorage {
  /** What there is for these ecosystems, and the exploitation feeds. What is missing is missing in the folder. */
  fetch(ecosystems: readonly string[]): Promise<FetchedAdvisories>;
  /** Names all there is: changes whenever advisories are published. */
  revision(): Promise<string>;
}

/** Feeds with facts of every ecosystem. */
const EXPLOITATION: ReadonlySet<string> = new Set(['epss', 'kev']);

/**
 * A published database (`publishAdvisories`). Shards are fetched when first needed and kept in `folder`, by content: the next
 * scan that needs them fetches the manifest alone. Those that the manifest no longer names are removed.
 */
export function advisoryStorage(objects: ObjectStore, folder: string): AdvisoryStorage {
  const shards = join(folder, 'shards');
  const published = async (): Promise<Manifest | undefined> => {
    const stored = await objects.get(MANIFEST_KEY);
    return stored === undefined ? undefined : parseManifest(stored.bytes.toString('utf8'));
  };
  return {
    revision: async () => revisionOf(await published()),
    fetch: async (ecosystems) => {
      await mkdir(shards, { recursive: true });
      const manifest = await published();
      const directory = await mkdtemp(join(folder, 'view-'));
      const release = (): Promise<void> => rm(directory, { recursive: true, force: true });
      try {
        const wanted = manifest === undefined ? undefined : partOf(manifest, new Set(ecosystems));
        if (manifest !== undefined && wanted !== undefined) {
          await fill(directory, wanted, objects, shards);
          await removeOthers(shards, manifest);
        }
        return { directory, revision: revisionOf(wanted), release };
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}

/** The manifest with the shards of these ecosystems alone. */
function partOf(manifest: Manifest, ecosystems: ReadonlySet<string>): Manifest {
  const shards = manifest.shards.filter(
    (shard) => EXPLOITATION.has(shard.source) || shard.ecosystems.some((name) => ecosystems.has(name)),
  );
  // The index serves updates, which nobody makes here.
  return { ...manifest, sources: manifest.sources.map(({ index: _index, ...source }) => source), shards };
}

/** Links keep a shard readable here when somebody else removes it from the folder it was fetched to. */
async function fill(
  directory: string,
  wanted: Manifest,
  objects: ObjectStore,
  shards: string,
): Promise<void> {
  for (const shard of wanted.shards) {
    // One that is gone or damaged in the store is missing in the folder: the database says so when it is asked.
    if ((await bringFile(objects, shard, shards)) === 'brought')
      await link(join(shards, shard.file), join(directory, shard.file));
  }
  await writeFile(join(directory, MANIFEST_FILE), JSON.stringify(wanted));
}

async function removeOthers(shards: string, manifest: Manifest): Promise<void> {
  const named = new Set(manifest.shards.map(({ file }) => file));
  for (const file of await readdir(shards)) {
    if (file.endsWith('.sqlite') && !named.has(file)) await rm(join(shards, file), { force: true });
  }
}

function revisionOf(manifest: Manifest | undefined): string {
  const hash = createHash('sha256');
  for (const { name, sha256 } of manifest?.shards ?? []) hash.update(`${name} ${sha256}\n`);
  return hash.digest('hex').slice(0, 16);
}
