import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  openDatabase,
  readManifest,
  type UpdateOptions,
  type UpdateSummary,
  updateDatabase,
} from '../../../../lambda/vulnerabilities/database/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { writeRepository } from '../amazon-mirror.ts';
import { type MirrorServer, serveFolder } from '../mirror.ts';

/** Amazon Linux and the exploitation feeds in the database; OSV is in update.test.ts. */
describe('vulnerabilities/database/feeds', () => {
  let folder: string;
  let directory: string;
  let server: MirrorServer;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feeds-'));
    directory = join(folder, 'database');
    server = await serveFolder(folder);
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function update(options: Partial<UpdateOptions>): Promise<UpdateSummary> {
    const clock = (): Date => new Date('2026-08-20T00:00:00Z');
    return await updateDatabase({ directory, clock, retryDelayMs: 1, ...options });
  }

  describe('Amazon Linux', () => {
    const amazonMirror = (): string => pathToFileURL(join(folder, 'amazon')).href;
    const write = (path: string, ...updates: Parameters<typeof writeRepository>[1]): Promise<void> =>
      writeRepository(join(folder, 'amazon', path), updates);

    it('keeps every fix of every repository, with the repository it is from', async () => {
      await write('2/core', { id: 'ALAS2-1', fixes: { kernel: '4.14.1-1' }, cve: 'CVE-2024-1' });
      await write('2/extras/kernel-5.10', {
        id: 'ALAS2KERNEL-5.10-1',
        fixes: { kernel: '5.10.1-1' },
        cve: 'CVE-2024-1',
      });
      await write('2023/core', { id: 'ALAS2023-1', fixes: { curl: '8.0-1' } });

      await update({ amazonMirror: amazonMirror() });

      const database = openDatabase(directory);
      expect(database.ecosystems()).toEqual(['Amazon Linux:2', 'Amazon Linux:2023']);
      expect(database.advisories('Amazon Linux:2', 'kernel')).toMatchObject([
        {
          id: 'ALAS2-1',
          upstream: ['CVE-2024-1'],
          source: 'amazon:2/core',
          affected: { repository: 'core' },
        },
        {
          id: 'ALAS2KERNEL-5.10-1',
          source: 'amazon:2/kernel-5.10',
          affected: { repository: 'kernel-5.10', arch: 'x86_64' },
        },
      ]);
      database.close();
    });

    it('reads updateinfo again only when its hash changed, and lets go what it no longer says', async () => {
      await write('2/core', { id: 'ALAS2-1', fixes: { a: '1-1' } }, { id: 'ALAS2-2', fixes: { b: '1-1' } });
      await write('2023/core', { id: 'ALAS2023-1', fixes: { c: '1-1' } });
      const mirror = { amazonMirror: `${server.url}amazon` };
      await update(mirror);
      server.requests.length = 0;

      const same = await update(mirror);
      const asked = [...server.requests];
      await write('2/core', { id: 'ALAS2-2', fixes: { b: '1-2' } });
      const next = await update(mirror);

      expect(same).toMatchObject({ updated: [], unchanged: ['amazon:2', 'amazon:2023'] });
      expect(asked.filter((request) => request.includes('updateinfo'))).toEqual([]);
      expect(next).toMatchObject({
        unchanged: ['amazon:2023'],
        updated: [
          {
            source: 'amazon:2',
            packages: [{ ecosystem: 'Amazon Linux:2', names: ['a', 'b'] }],
            records: { added: 0, changed: 1, removed: 1 },
          },
        ],
      });
    });

    it('keeps the old state when a repository vanishes', async () => {
      await write('2/core', { id: 'ALAS2-1', fixes: { a: '1-1' } });
      await write('2/extras/docker', { id: 'ALAS2DOCKER-1', fixes: { docker: '1-1' } });
      await update({ amazonMirror: amazonMirror() });
      await rm(join(folder, 'amazon/2/extras/docker'), { recursive: true });

      const summary = await update({ amazonMirror: amazonMirror() });

      expect(summary.failures).toMatchObject([{ source: 'amazon:2', code: 'feed-not-found' }]);
      expect(openDatabase(directory).advisories('Amazon Linux:2', 'docker')).toHaveLength(1);
    });

    it.each([
      [['npm'], []],
      [['Amazon Linux:2023', 'npm'], ['amazon:2023']],
      [['Amazon Linux'], ['amazon:2', 'amazon:2023']],
    ])('is read only as far as it is asked for: %j', async (ecosystems, expected) => {
      await write('2/core', { id: 'ALAS2-1', fixes: { a: '1-1' } });
      await write('2023/core', { id: 'ALAS2023-1', fixes: { c: '1-1' } });

      const summary = await update({ amazonMirror: amazonMirror(), ecosystems });

      expect(summary.updated.map(({ source }) => source)).toEqual(expected);
    });
  });

  describe('exploitation', () => {
    const scores = (rows: string): Buffer =>
      gzipSync(`#model_version:v1,score_date:2026-08-16T00:00:00+0000\ncve,epss,percentile\n${rows}\n`);
    const catalog = (...entries: object[]): string =>
      JSON.stringify({ dateReleased: '2026-08-07T16:45:47Z', vulnerabilities: entries });
    const feeds = (): Partial<UpdateOptions> => ({
      epssUrl: `${server.url}epss.csv.gz`,
      kevUrl: `${server.url}kev.json`,
    });

    beforeEach(async () => {
      await writeFile(
        join(folder, 'epss.csv.gz'),
        scores('CVE-2021-44228,0.97531,1\nCVE-2024-1234567,0.00042,0.1'),
      );
      const known = {
        cveID: 'CVE-2021-44228',
        dateAdded: '2021-12-10',
        dueDate: '2021-12-24',
        knownRansomwareCampaignUse: 'Known',
      };
      await writeFile(
        join(folder, 'kev.json'),
        catalog(known, { cveID: 'CVE-2020-0001', dateAdded: '2022-01-01' }),
      );
    });

    it('gives the facts of a CVE with their dates', async () => {
      await update(feeds());

      const database = openDatabase(directory);
      expect(database.exploitation('CVE-2021-44228')).toEqual({
        epss: { score: 0.97531, percentile: 1, date: '2026-08-16' },
        kev: { dateAdded: '2021-12-10', dueDate: '2021-12-24', ransomware: true },
      });
      expect(database.exploitation('CVE-2020-0001')).toEqual({
        kev: { dateAdded: '2022-01-01', ransomware: false },
      });
      expect(database.exploitation('CVE-2024-1234567')).toEqual({
        epss: { score: 0.00042, percentile: 0.1, date: '2026-08-16' },
      });
      expect(database.exploitation('CVE-2024-9')).toEqual({});
      expect(database.exploitation('GHSA-jfh8-c2jp-5v3q')).toEqual({});
      database.close();
    });

    it('is read again only when it changed', async () => {
      await update(feeds());
      const before = readManifest(directory)?.shards;
      server.requests.length = 0;

      const same = await update(feeds());
      await writeFile(join(folder, 'kev.json'), catalog({ cveID: 'CVE-2020-0001', dateAdded: '2022-01-01' }));
      const next = await update(feeds());

      expect(same).toMatchObject({ unchanged: ['epss', 'kev'], bytesDownloaded: 0 });
      expect(server.requests.slice(0, 2)).toEqual(['304 /epss.csv.gz', '304 /kev.json']);
      expect(next).toMatchObject({ unchanged: ['epss'], updated: [{ source: 'kev', shards: ['kev'] }] });
      expect(readManifest(directory)?.shards[0]).toEqual(before?.[0]);
      expect(openDatabase(directory).exploitation('CVE-2021-44228')).not.toHaveProperty('kev');
    });

    it('keeps the old scores when the new ones are cut off', async () => {
      await update(feeds());
      await writeFile(join(folder, 'epss.csv.gz'), scores('CVE-2021-44228,0.1,0.1').subarray(0, 40));

      const summary = await update(feeds());

      expect(summary.failures).toMatchObject([{ source: 'epss', code: 'feed-malformed' }]);
      expect(openDatabase(directory).exploitation('CVE-2021-44228').epss?.score).toBe(0.97531);
    });

    it.each(['epss', 'kev'])('fails on a damaged shard of %s', async (name) => {
      await update(feeds());
      const file = readManifest(directory)?.shards.find((shard) => shard.name === name)?.file ?? '';
      const bytes = await readFile(join(directory, file));
      // Everything behind the page with the names of the tables.
      await writeFile(join(directory, file), bytes.fill(0xff, 4096));

      const database = openDatabase(directory);

      expect(await codeOf(() => database.exploitation('CVE-2021-44228'))).toBe('shard-invalid');
      database.close();
    });

    it('reports rows it could not take', async () => {
      await writeFile(join(folder, 'epss.csv.gz'), scores('CVE-2021-44228,0.9,1\nnonsense'));

      await update(feeds());

      expect(readManifest(directory)?.sources[0]?.problems.count).toBe(1);
    });
  });
});
