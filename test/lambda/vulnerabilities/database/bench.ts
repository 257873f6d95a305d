import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import {
  type Manifest,
  openDatabase,
  readManifest,
  type UpdateOptions,
  type UpdateSummary,
  updateDatabase,
} from '../../../../lambda/vulnerabilities/database/index.ts';
import { type MirrorServer, serveFolder, type TestRecord, writeMirror } from '../mirror.ts';

/** A database and a served mirror of Debian in a folder of their own, made anew for each test. */
export class Bench {
  folder = '';
  server!: MirrorServer;

  get directory(): string {
    return join(this.folder, 'database');
  }

  get mirrorFolder(): string {
    return join(this.folder, 'mirror');
  }

  async update(options: Partial<UpdateOptions> = {}): Promise<UpdateSummary> {
    const { directory, server } = this;
    const clock = (): Date => new Date('2025-03-01T00:00:00Z');
    return await updateDatabase({ directory, mirror: server.url, clock, retryDelayMs: 1, ...options });
  }

  /** Makes these the mirror's records of Debian, and forgets the requests so far. */
  async publish(records: readonly TestRecord[], singles = true): Promise<void> {
    await rm(this.mirrorFolder, { recursive: true, force: true });
    await writeMirror(this.mirrorFolder, { Debian: records }, singles);
    this.server.requests.length = 0;
  }

  /** Ids of a package's advisories, each with the end of its range. */
  fixesOf(ecosystem: string, name: string): unknown {
    const database = openDatabase(this.directory);
    const found = database.advisories(ecosystem, name);
    const fixes = found?.map((one) => [one.id, one.affected.ranges[0]?.events[1]]);
    database.close();
    return fixes;
  }

  manifest(directory = this.directory): Manifest {
    const found = readManifest(directory);
    if (found === undefined) throw new Error('no manifest');
    return found;
  }

  /** Content of the shards in force, by file. */
  async shardBytes(directory = this.directory): Promise<Record<string, string>> {
    const files = this.manifest(directory).shards.map((shard) => shard.file);
    const pairs = files.map(async (file) => [file, await readFile(join(directory, file), 'hex')]);
    return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
  }

  async hiddenFiles(): Promise<readonly string[]> {
    return (await readdir(this.directory)).filter((name) => name.startsWith('.'));
  }
}

export function useBench(): Bench {
  const bench = new Bench();
  beforeEach(async () => {
    bench.folder = await mkdtemp(join(tmpdir(), 'update-'));
    bench.server = await serveFolder(bench.mirrorFolder);
  });
  afterEach(async () => {
    await bench.server.close();
    await rm(bench.folder, { recursive: true });
  });
  return bench;
}
