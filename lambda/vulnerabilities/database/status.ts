import { join } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import { AdvisoryError } from '../errors.ts';
import { type Manifest, readManifest, type StoredFile } from './manifest.ts';
import { hasItsSize } from './usable.ts';
import { hashFile } from './workspace.ts';

export type SourceStatus = Manifest['sources'][number] & {
  /** Milliseconds since the source was last compared with its feed. */
  readonly ageMs: number;
  readonly shards: Manifest['shards'];
};

export type DatabaseStatus =
  | { readonly state: 'missing' }
  | { readonly state: 'invalid'; readonly detail: string }
  | {
      readonly state: 'present';
      readonly builtAt: string;
      readonly bytes: number;
      readonly sources: readonly SourceStatus[];
      /** Files of the manifest that are missing, of another size or, when verified, of other content. */
      readonly damaged: readonly string[];
    };

/** What a database folder holds, with counts, dates and ages. `verify` hashes every file (200 MB a second). Never throws. */
export async function databaseStatus(
  directory: string,
  options: { readonly clock: () => Date; readonly verify?: boolean },
): Promise<DatabaseStatus> {
  let manifest: Manifest | undefined;
  try {
    manifest = readManifest(directory);
  } catch (error) {
    // The error says it in words; its cause is a list of JSON.
    return { state: 'invalid', detail: error instanceof AdvisoryError ? error.message : messageOf(error) };
  }
  if (manifest === undefined) return { state: 'missing' };
  const { shards } = manifest;
  const now = options.clock().getTime();
  const files = [...shards, ...manifest.sources.flatMap(({ index }) => (index === undefined ? [] : [index]))];
  return {
    state: 'present',
    builtAt: manifest.builtAt,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    sources: manifest.sources.map((source) => statusOf(source, shards, now)),
    damaged: await damagedFiles(directory, files, options.verify ?? false),
  };
}

function statusOf(
  source: Manifest['sources'][number],
  shards: Manifest['shards'],
  now: number,
): SourceStatus {
  return {
    ...source,
    ageMs: now - Date.parse(source.checkedAt),
    shards: shards.filter((shard) => shard.source === source.id),
  };
}

async function damagedFiles(
  directory: string,
  files: readonly StoredFile[],
  verify: boolean,
): Promise<readonly string[]> {
  const damaged: string[] = [];
  for (const stored of files) {
    const { file, sha256 } = stored;
    const isSame = async (): Promise<boolean> =>
      (await hashFile(join(directory, file)).catch(() => '')) === sha256;
    if (!hasItsSize(directory, stored) || (verify && !(await isSame()))) damaged.push(file);
  }
  return damaged;
}
