import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EnsureOptions,
  type EnsureResult,
  ensureShards,
  openDatabase,
} from '../../../../lambda/vulnerabilities/database/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { type MirrorServer, serveFolder, writeMirror } from '../mirror.ts';
import { debian, npm } from './records.ts';

describe('vulnerabilities/database/ensure', () => {
  let folder: string;
  let directory: string;
  let server: MirrorServer;
  const HOUR_MS = 3_600_000;
  const start = Date.parse('2025-03-01T00:00:00Z');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ensure-'));
    directory = join(folder, 'database');
    await writeMirror(join(folder, 'mirror'), { Debian: debian, npm });
    server = await serveFolder(join(folder, 'mirror'));
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function ensure(
    ecosystems: readonly string[],
    hoursLater = 0,
    options: Partial<EnsureOptions> = {},
  ): Promise<EnsureResult> {
    const clock = (): Date => new Date(start + hoursLater * HOUR_MS);
    return await ensureShards({
      directory,
      mirror: server.url,
      ecosystems,
      clock,
      retryDelayMs: 1,
      ...options,
    });
  }

  it('builds what an image needs and nothing else', async () => {
    const { coverage, update } = await ensure(['Debian:12']);

    expect(coverage).toEqual([{ subject: 'feed', name: 'Debian:12', outcome: 'complete' }]);
    expect(update?.updated.map(({ source }) => source)).toEqual(['osv:Debian']);
    expect(server.requests.some((request) => request.includes('npm'))).toBe(false);
    expect(openDatabase(directory).ecosystems()).toEqual(['Debian:12', 'Debian:13']);
  });

  it('fetches nothing while the last comparison holds good', async () => {
    await ensure(['Debian:12', 'npm']);
    server.requests.length = 0;

    const { coverage, update } = await ensure(['Debian:13', 'npm'], 24);

    expect(coverage.map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
    expect(update).toBeUndefined();
    expect(server.requests).toEqual([]);
  });

  it('compares again what is older, and that alone', async () => {
    await ensure(['Debian:12']);
    await ensure(['npm'], 10);
    server.requests.length = 0;

    const { update } = await ensure(['Debian:12', 'npm'], 25);

    expect(update?.unchanged).toEqual(['osv:Debian']);
    expect(server.requests).toEqual(['304 /Debian/modified_id.csv']);
  });

  it('reports what is missing offline, and asks no one', async () => {
    await ensure(['npm']);
    server.requests.length = 0;

    const { coverage } = await ensure(['Debian:12', 'npm'], 1, { offline: true });

    expect(coverage).toMatchObject([
      { name: 'Debian:12', outcome: 'none', reason: 'feed-missing' },
      { name: 'npm', outcome: 'complete' },
    ]);
    expect(server.requests).toEqual([]);
  });

  it('reports what is stale offline', async () => {
    await ensure(['npm']);

    const { coverage } = await ensure(['npm'], 30, { offline: true });

    expect(coverage).toMatchObject([
      {
        name: 'npm',
        outcome: 'partial',
        reason: 'feed-stale',
        detail: 'last checked 2025-03-01T00:00:00.000Z',
      },
    ]);
  });

  it('reports a feed that is compared but has brought nothing for months', async () => {
    const { coverage } = await ensure(['npm'], 24 * 365);

    expect(coverage).toMatchObject([{ name: 'npm', outcome: 'partial', reason: 'feed-old' }]);
  });

  it('reports what is stale because its mirror fails, and why', async () => {
    await ensure(['npm']);
    server.fault = (_path, response) => Boolean(response.writeHead(500).end());

    const { coverage } = await ensure(['npm', 'Debian:12'], 30);

    expect(coverage).toMatchObject([
      {
        name: 'npm',
        outcome: 'partial',
        reason: 'feed-stale',
        detail: expect.stringContaining('answered 500'),
      },
      { name: 'Debian:12', outcome: 'none', reason: 'feed-missing' },
    ]);
  });

  it('reports ecosystems and releases that the mirror does not have', async () => {
    const { coverage } = await ensure(['Debian:9', 'Wolfi', 'Amazon Linux:2']);

    expect(coverage).toMatchObject([
      { name: 'Debian:9', outcome: 'none', reason: 'release-not-covered' },
      { name: 'Wolfi', outcome: 'none', reason: 'feed-not-in-mirror' },
      { name: 'Amazon Linux:2', outcome: 'none', reason: 'feed-not-in-mirror' },
    ]);
  });

  it('covers the exploitation feeds too', async () => {
    const { coverage } = await ensure(['npm'], 0, { epssUrl: `${server.url}missing.csv.gz` });

    expect(coverage).toMatchObject([{ name: 'npm' }, { name: 'epss', outcome: 'none' }]);
  });

  it('builds anew what lost a file', async () => {
    await ensure(['npm']);
    const file = openDatabase(directory).status().shards[0]?.file ?? '';
    await rm(join(directory, file));

    const { coverage } = await ensure(['npm'], 1);

    expect(coverage).toMatchObject([{ outcome: 'complete' }]);
    expect(openDatabase(directory).advisories('npm', 'lodash')).toHaveLength(1);
  });

  it('builds once when two ask at a time', async () => {
    const [first, second] = await Promise.all([ensure(['npm']), ensure(['npm'])]);

    expect([...first.coverage, ...second.coverage].map(({ outcome }) => outcome)).toEqual([
      'complete',
      'complete',
    ]);
    expect(server.requests.filter((request) => request.endsWith('all.zip'))).toHaveLength(1);
  });

  it('rejects an address that is not secure', async () => {
    expect(await codeOf(() => ensure(['npm'], 0, { mirror: 'http://mirror.example.com' }))).toBe(
      'mirror-invalid',
    );
  });
});
