import { join } from 'node:path';
import type { Advisory } from '../advisory.ts';
import { AdvisoryError } from '../errors.ts';
import type { AdvisoryLookup, Exploitation } from '../lookup.ts';
import { lookupName } from '../sources/osv/index.ts';
import { type ExploitationShard, openEpssShard, openKevShard } from './exploitation-shard.ts';
import { type Manifest, readManifest, type ShardState } from './manifest.ts';
import { openShard, type Shard } from './read-shard.ts';

/** An open database: one whole state of it, whatever updates happen meanwhile. */
export type AdvisoryDatabase = AdvisoryLookup & {
  /** What it holds. */
  status(): Manifest;
  /** Releases the files. Advisories given out before then must have been read by then. */
  close(): void;
};

/**
 * Opens the database in a folder for reading; shards are opened when first asked. Fails with `database-missing` when
 * there is none, `database-invalid` when its manifest cannot be used; a lookup fails with `shard-missing` or
 * `shard-invalid` when the shard it needs cannot be used.
 */
export function openDatabase(directory: string): AdvisoryDatabase {
  const manifest = readManifest(directory);
  if (manifest === undefined) {
    throw new AdvisoryError(
      'database-missing',
      `there is no advisory database in ${directory}: update it first`,
    );
  }
  const shardOf = new Map(
    manifest.shards.flatMap((shard) => shard.ecosystems.map((name) => [name, shard] as const)),
  );
  const shards = createCache((shard: ShardState): Shard => openShard(join(directory, shard.file)));
  const facts = createCache((shard: ShardState): ExploitationShard => {
    const path = join(directory, shard.file);
    return shard.name === 'epss' ? openEpssShard(path) : openKevShard(path);
  });
  const exploitationShards = manifest.shards.filter(({ source }) => source === 'epss' || source === 'kev');
  return {
    ecosystems: () => [...shardOf.keys()],
    advisories: (ecosystem, name): readonly Advisory[] | undefined => {
      const shard = shardOf.get(ecosystem);
      return shard === undefined
        ? undefined
        : shards.get(shard).advisories(ecosystem, lookupName(ecosystem, name));
    },
    namesOf: (ecosystem, artifact) => {
      const shard = shardOf.get(ecosystem);
      return shard === undefined ? [] : shards.get(shard).namesOf(ecosystem, artifact);
    },
    exploitation: (cve): Exploitation =>
      Object.assign({}, ...exploitationShards.map((shard) => facts.get(shard).find(cve))),
    status: () => manifest,
    close: () => {
      shards.close();
      facts.close();
    },
  };
}

type Cache<T> = { get(shard: ShardState): T; close(): void };

function createCache<T extends { close(): void }>(open: (shard: ShardState) => T): Cache<T> {
  const opened = new Map<string, T>();
  return {
    get: (shard) => {
      let found = opened.get(shard.file);
      if (found === undefined) opened.set(shard.file, (found = open(shard)));
      return found;
    },
    close: () => {
      for (const one of opened.values()) one.close();
      opened.clear();
    },
  };
}
