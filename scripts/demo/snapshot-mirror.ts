import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SnapshotRecord } from './snapshot-record.ts';
import { zipOf } from './zip.ts';

/** The advisories that come with the demo. */
export type Snapshot = {
  /** Day of the newest record in the mirror that it was taken from: `2025-02-18`. */
  readonly date: string;
  /** Records by OSV ecosystem, sorted by id. */
  readonly ecosystems: Readonly<Record<string, readonly SnapshotRecord[]>>;
};

/** Where the parts of the snapshot lie, and what they are. */
export const SNAPSHOT_FOLDER = join(import.meta.dirname, 'snapshot');
export const SNAPSHOT_FILES = { advisories: 'advisories.json', epss: 'epss.csv', kev: 'kev.json' } as const;

/** Feeds as `updateDatabase` takes them, all on disk. */
export type SnapshotFeeds = { readonly mirror: string; readonly epssUrl: string; readonly kevUrl: string };

/** The snapshot's advisories. */
export async function readSnapshot(): Promise<Snapshot> {
  const text = await readFile(join(SNAPSHOT_FOLDER, SNAPSHOT_FILES.advisories), 'utf8');
  return JSON.parse(text) as Snapshot;
}

/**
 * Lays a snapshot out as OSV's mirror has it, in a directory that exists: `ecosystems.txt`, and `all.zip` and
 * `modified_id.csv` for each. https://google.github.io/osv.dev/data/#data-dumps
 */
export async function layOutMirror(directory: string, { ecosystems }: Snapshot): Promise<SnapshotFeeds> {
  await writeFile(join(directory, 'ecosystems.txt'), `${Object.keys(ecosystems).join('\n')}\n`);
  for (const [name, records] of Object.entries(ecosystems)) {
    const folder = join(directory, name);
    await mkdir(folder);
    const files = records.map((record) => [`${record.id}.json`, JSON.stringify(record)] as const);
    await writeFile(join(folder, 'all.zip'), await zipOf(files, { compress: true }));
    const index = records.map(({ modified, id }) => `${modified},${id}\n`);
    await writeFile(join(folder, 'modified_id.csv'), index.toSorted().toReversed().join(''));
  }
  return {
    mirror: pathToFileURL(`${directory}/`).href,
    epssUrl: pathToFileURL(join(SNAPSHOT_FOLDER, SNAPSHOT_FILES.epss)).href,
    kevUrl: pathToFileURL(join(SNAPSHOT_FOLDER, SNAPSHOT_FILES.kev)).href,
  };
}
