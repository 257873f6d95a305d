import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Manifest,
  openDatabase,
  readManifest,
  type UpdateOptions,
  type UpdateSummary,
  updateDatabase,
} from '../../../../lambda/vulnerabilities/database/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { type MirrorServer, serveFolder, type TestRecord, writeMirror, zipOf } from '../mirror.ts';
import { debian, fixed, npm } from './records.ts';

describe('vulnerabilities/database/update', () => {
  let folder: string;
  let directory: string;
  let mirrorFolder: string;
  let server: MirrorServer;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'update-'));
    directory = join(folder, 'database');
    mirrorFolder = join(folder, 'mirror');
    server = await serveFolder(mirrorFolder);
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function update(options: Partial<UpdateOptions> = {}): Promise<UpdateSummary> {
    const clock = (): Date => new Date('2025-03-01T00:00:00Z');
    return await updateDatabase({ directory, mirror: server.url, clock, retryDelayMs: 1, ...options });
  }

  async function publish(records: readonly TestRecord[], singles = true): Promise<void> {
    await rm(mirrorFolder, { recursive: true, force: true });
    await writeMirror(mirrorFolder, { Debian: records }, singles);
    server.requests.length = 0;
  }

  function fixesOf(ecosystem: string, name: string, of = directory): unknown {
    const database = openDatabase(of);
    const fixes = database
      .advisories(ecosystem, name)
      ?.map((one) => [one.id, one.affected.ranges[0]?.events[1]]);
    database.close();
    return fixes;
  }

  function manifest(of = directory): Manifest {
    const found = readManifest(of);
    if (found === undefined) throw new Error('no manifest');
    return found;
  }

  async function shardBytes(of: string): Promise<Record<string, string>> {
    const names = (await readdir(of)).filter((name) => /-[0-9a-f]{16}\./.test(name));
    const used = new Set(manifest(of).shards.map((shard) => shard.file));
    const pairs = names
      .filter((name) => used.has(name))
      .map(async (name) => [name, await readFile(join(of, name), 'hex')]);
    return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
  }

  describe('the first time', () => {
    it('builds a shard per release and says what is in it', async () => {
      await writeMirror(mirrorFolder, { Debian: debian, npm });

      const summary = await update();

      expect(summary).toMatchObject({ unchanged: [], failures: [] });
      expect(summary.updated).toEqual([
        {
          source: 'osv:Debian',
          shards: ['Debian-12', 'Debian-13'],
          packages: [
            { ecosystem: 'Debian:12', names: 'all' },
            { ecosystem: 'Debian:13', names: 'all' },
          ],
          records: { added: 5, changed: 0, removed: 0 },
        },
        {
          source: 'osv:npm',
          shards: ['npm'],
          packages: [{ ecosystem: 'npm', names: 'all' }],
          records: { added: 2, changed: 0, removed: 0 },
        },
      ]);
      expect(manifest().shards).toMatchObject([
        {
          name: 'Debian-12',
          ecosystems: ['Debian:12'],
          records: 3,
          packages: 3,
          advisories: 4,
          newest: '2025-01-02T00:00:00.5Z',
        },
        { name: 'Debian-13', ecosystems: ['Debian:13'], records: 3, packages: 3, advisories: 3 },
        { name: 'npm', ecosystems: ['npm'], records: 2, packages: 2, advisories: 2 },
      ]);
      expect(fixesOf('Debian:12', 'openssl')).toEqual([
        ['DEBIAN-CVE-2024-0001', { fixed: '3.0.1' }],
        ['DEBIAN-CVE-2024-0003', { fixed: '3.0.5' }],
      ]);
    });

    it('makes the same bytes of the same records in another order', async () => {
      await publish(debian);
      await update();
      await publish(debian.toReversed());
      const other = join(folder, 'other');
      await update({ directory: other, clock: () => new Date('2030-01-01T00:00:00Z') });

      expect(await shardBytes(other)).toEqual(await shardBytes(directory));
      expect(Object.keys(await shardBytes(other))).toHaveLength(2);
    });

    it('leaves out ecosystems that are never in an image, and asks only for those wanted', async () => {
      await writeMirror(mirrorFolder, { Debian: debian, npm, 'GitHub Actions': [], GIT: [] });

      await update({ ecosystems: ['npm'] });

      expect(server.requests).toEqual(['200 /npm/modified_id.csv', '200 /npm/all.zip']);
      expect((await update()).updated.map(({ source }) => source)).toEqual(['osv:Debian']);
    });

    it('counts records that cannot be read, lists them and takes the others', async () => {
      const bad = { id: 'DEBIAN-CVE-2024-0009', modified: '2025-01-01T00:00:00Z', affected: 'none' };
      await publish([...debian, bad]);

      await update();

      const [source] = manifest().sources;
      expect(source?.problems.count).toBe(1);
      expect(source?.problems.examples).toMatchObject([{ record: 'DEBIAN-CVE-2024-0009' }]);
      expect(fixesOf('Debian:13', 'bash')).toHaveLength(1);
    });
  });

  describe('when records changed', () => {
    const changed = fixed('DEBIAN-CVE-2024-0004', { 'Debian:13 bash': '5.3' }, '2025-02-01T00:00:00Z');
    const next = [...debian.filter(({ id }) => id !== changed.id), changed];

    it('downloads nothing but the answer "the same" when none did', async () => {
      await publish(debian);
      await update();
      await publish(debian);

      const summary = await update({ ecosystems: ['Debian'], clock: () => new Date('2025-04-01T00:00:00Z') });

      expect(server.requests).toEqual(['304 /Debian/modified_id.csv']);
      expect(summary).toEqual({ updated: [], unchanged: ['osv:Debian'], failures: [], bytesDownloaded: 0 });
      expect(manifest()).toMatchObject({
        builtAt: '2025-03-01T00:00:00.000Z',
        sources: [{ checkedAt: '2025-04-01T00:00:00.000Z', changedAt: '2025-03-01T00:00:00.000Z' }],
      });
    });

    it('fetches those alone and rewrites only the shards they are in', async () => {
      await publish(debian);
      await update();
      const before = manifest();
      await publish(next);

      const summary = await update();

      expect(server.requests).toEqual([
        '200 /ecosystems.txt',
        '200 /Debian/modified_id.csv',
        '200 /Debian/DEBIAN-CVE-2024-0004.json',
      ]);
      expect(summary.updated).toEqual([
        {
          source: 'osv:Debian',
          shards: ['Debian-13'],
          packages: [{ ecosystem: 'Debian:13', names: ['bash'] }],
          records: { added: 0, changed: 1, removed: 0 },
        },
      ]);
      expect(manifest().shards[0]).toEqual(before.shards[0]);
      expect(fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.3' }]]);
    });

    it('takes them from the archive when the mirror has no single records', async () => {
      await publish(debian, false);
      await update();
      await publish(next, false);

      await update();

      expect(server.requests).toContain('200 /Debian/all.zip');
      expect(fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.3' }]]);
    });

    it('takes them from the archive when they are many', async () => {
      await publish(debian);
      await update();
      await publish(debian.map((record) => ({ ...record, modified: '2025-02-02T00:00:00Z' })));

      const summary = await update();

      expect(server.requests.filter((request) => request.endsWith('.json'))).toEqual([]);
      expect(server.requests).toContain('200 /Debian/all.zip');
      expect(summary.updated[0]?.packages).toEqual([]);
    });

    it.each([true, false])(
      'ends at the same bytes as a build from nothing (single records: %s)',
      async (singles) => {
        const more = fixed('DEBIAN-CVE-2025-0001', { 'Debian:14 new': '1', 'Debian:12 curl': '8' });
        await publish(debian, singles);
        await update();
        await publish([more, ...next.slice(1)], singles);
        await update();
        const fresh = join(folder, 'fresh');
        await update({ directory: fresh });

        expect(await shardBytes(directory)).toEqual(await shardBytes(fresh));
        expect(manifest().shards).toEqual(manifest(fresh).shards);
        expect(Object.keys(await shardBytes(fresh))).toHaveLength(3);
      },
    );

    it.each([
      ['withdrawn', [{ ...debian[2], modified: '2025-02-01T00:00:00Z', withdrawn: '2025-02-01T00:00:00Z' }]],
      ['removed from the mirror', []],
    ])('lets a record vanish that was %s', async (_case, replacement) => {
      await publish(debian);
      await update();
      await publish([
        ...debian.filter(({ id }) => id !== 'DEBIAN-CVE-2024-0003'),
        ...(replacement as TestRecord[]),
      ]);

      const summary = await update();

      expect(fixesOf('Debian:12', 'curl')).toEqual([]);
      expect(fixesOf('Debian:12', 'openssl')).toEqual([['DEBIAN-CVE-2024-0001', { fixed: '3.0.1' }]]);
      expect(summary.updated[0]).toMatchObject({
        shards: ['Debian-12'],
        packages: [{ ecosystem: 'Debian:12', names: ['curl', 'openssl'] }],
        records: { added: 0, changed: 0, removed: 1 },
      });
    });

    it('lets a record vanish from a package and a release it moved away from', async () => {
      await publish(debian);
      await update();
      const moved = fixed('DEBIAN-CVE-2024-0001', { 'Debian:13 openssl3': '3.1.1' }, '2025-02-01T00:00:00Z', {
        upstream: ['CVE-2024-0001'],
      });
      await publish([moved, ...debian.slice(1)]);

      const summary = await update();

      expect(fixesOf('Debian:12', 'openssl')).toEqual([['DEBIAN-CVE-2024-0003', { fixed: '3.0.5' }]]);
      expect(fixesOf('Debian:13', 'openssl')).toEqual([]);
      expect(fixesOf('Debian:13', 'openssl3')).toEqual([['DEBIAN-CVE-2024-0001', { fixed: '3.1.1' }]]);
      expect(summary.updated[0]?.packages).toEqual([
        { ecosystem: 'Debian:12', names: ['openssl'] },
        { ecosystem: 'Debian:13', names: ['openssl', 'openssl3'] },
      ]);
    });

    it('drops a release whose last record went', async () => {
      await publish(debian);
      await update();
      await publish(debian.filter((record) => !JSON.stringify(record).includes('Debian:12')));

      await update();

      expect(manifest().shards.map(({ name }) => name)).toEqual(['Debian-13']);
      expect(fixesOf('Debian:12', 'glibc')).toBeUndefined();
    });

    it('keeps the last good state of a record that became unreadable, and does not ask again until it changes', async () => {
      const bad = { id: 'DEBIAN-CVE-2024-0004', modified: '2025-02-01T00:00:00Z', affected: 7 };
      await publish(debian);
      await update();
      await publish([...debian.filter(({ id }) => id !== bad.id), bad]);

      await update();
      await update();

      expect(fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.2' }]]);
      expect(manifest().sources[0]?.problems.count).toBe(1);
      expect(server.requests.filter((request) => request.includes(bad.id))).toHaveLength(1);
    });

    it('asks again for a record that the archive has not yet in the announced state', async () => {
      await publish(debian, false);
      await update();
      await publish(debian, false);
      const lines = next.map(({ modified, id }) => `${modified},${id}`);
      await writeFile(join(mirrorFolder, 'Debian/modified_id.csv'), lines.join('\n'));
      await update();
      await publish(next, false);

      await update();

      expect(fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.3' }]]);
    });

    it('builds an ecosystem anew when one of its files is gone or cut off', async () => {
      await publish(debian);
      await update();
      const [first, second] = manifest().shards;
      await rm(join(directory, first?.file ?? ''));
      await truncate(join(directory, second?.file ?? ''), 100);
      server.requests.length = 0;

      await update();

      expect(server.requests).toContain('200 /Debian/all.zip');
      expect(fixesOf('Debian:12', 'glibc')).toHaveLength(1);
      expect(fixesOf('Debian:13', 'bash')).toHaveLength(1);
    });
  });

  describe('when something goes wrong', () => {
    const grown = [...debian, fixed('DEBIAN-CVE-2025-0001', { 'Debian:12 new': '1' })];

    async function expectOldStateAfter(
      breakMirror: () => Promise<void> | void,
      code: string | RegExp,
    ): Promise<void> {
      await publish(debian, false);
      await update();
      const before = await readFile(join(directory, 'manifest.json'), 'utf8');
      await publish(grown, false);
      await breakMirror();

      const summary = await update();

      expect(summary.failures).toHaveLength(1);
      expect(summary.failures[0]).toMatchObject({ source: expect.stringMatching(/^osv/) as string });
      expect(summary.failures[0]?.code).toMatch(code);
      expect(await readFile(join(directory, 'manifest.json'), 'utf8')).toBe(before);
      expect(fixesOf('Debian:12', 'new')).toEqual([]);
      expect(fixesOf('Debian:12', 'glibc')).toHaveLength(1);
      expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
      server.fault = undefined;
      await publish(grown, false);
      expect((await update()).failures).toEqual([]);
      expect(fixesOf('Debian:12', 'new')).toHaveLength(1);
    }

    it('keeps the old state when the archive is damaged', async () => {
      await expectOldStateAfter(async () => {
        const path = join(mirrorFolder, 'Debian/all.zip');
        const zip = await readFile(path);
        const at = zip.indexOf('DEBIAN-CVE-2025-0001.json') + 'DEBIAN-CVE-2025-0001.json'.length + 10;
        zip.writeUInt8(zip.readUInt8(at) ^ 255, at);
        await writeFile(path, zip);
      }, 'feed-malformed');
    });

    it('keeps the old state when the archive is cut off on the mirror', async () => {
      await expectOldStateAfter(async () => {
        const path = join(mirrorFolder, 'Debian/all.zip');
        await truncate(path, (await stat(path)).size - 30);
      }, 'feed-malformed');
    });

    it('keeps the old state when the server dies during the download', async () => {
      await expectOldStateAfter(() => {
        server.fault = (path, response, file) => {
          if (!path.endsWith('all.zip')) return false;
          response.writeHead(200, { 'content-length': file.length });
          response.write(file.subarray(0, file.length / 2), () => response.destroy());
          return true;
        };
      }, /^feed-(?:unreachable|truncated)$/);
    });

    it('keeps the old state when the index is a web page', async () => {
      await expectOldStateAfter(
        () => writeFile(join(mirrorFolder, 'Debian/modified_id.csv'), '<html>'),
        'feed-malformed',
      );
    });

    it('keeps the old state when the mirror answers errors', async () => {
      await expectOldStateAfter(() => {
        server.fault = (_path, response) => Boolean(response.writeHead(502).end());
      }, 'feed-unreachable');
    });

    it('updates the other ecosystems when one fails', async () => {
      await writeMirror(mirrorFolder, { Debian: debian, npm });
      await rm(join(mirrorFolder, 'Debian/all.zip'));

      const summary = await update();

      expect(summary.failures).toMatchObject([{ source: 'osv:Debian', code: 'feed-not-found' }]);
      expect(fixesOf('npm', 'lodash')).toHaveLength(1);
    });

    it('reports an ecosystem the mirror does not have', async () => {
      await publish(debian);

      const summary = await update({ ecosystems: ['Wolfi'] });

      expect(summary).toMatchObject({
        updated: [],
        failures: [{ source: 'osv:Wolfi', code: 'feed-not-found' }],
      });
      expect(readManifest(directory)).toBeUndefined();
    });

    it('changes nothing when cancelled', async () => {
      await publish(debian);
      await update();
      const before = await readFile(join(directory, 'manifest.json'), 'utf8');
      await publish(grown);
      const controller = new AbortController();
      const onProgress: UpdateOptions['onProgress'] = ({ step }) => {
        if (step === 'writing') controller.abort(new Error('cancelled by the user'));
      };

      await expect(update({ signal: controller.signal, onProgress })).rejects.toThrow(
        'cancelled by the user',
      );

      expect(await readFile(join(directory, 'manifest.json'), 'utf8')).toBe(before);
      expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
    });

    it('fails with database-locked while another update of the folder runs', async () => {
      await publish(debian);
      let second: string | undefined;
      const onProgress: UpdateOptions['onProgress'] = ({ step }) => {
        if (step === 'reading') void codeOf(() => update()).then((code) => (second = code));
      };

      await update({ onProgress });

      expect(second).toBe('database-locked');
      expect((await update()).unchanged).toEqual(['osv:Debian']);
    });

    it('waits for another update when asked to', async () => {
      await publish(debian);

      const [first, second] = await Promise.all([update(), update({ lockWaitMs: 10_000 })]);

      expect([first.updated.length, second.updated.length]).toEqual([1, 0]);
    });

    it('rejects a mirror that is not secure before it touches the database', async () => {
      expect(await codeOf(() => update({ mirror: 'http://mirror.example.com' }))).toBe('mirror-invalid');
      expect(readManifest(directory)).toBeUndefined();
    });

    it('builds anew when the manifest is damaged', async () => {
      await publish(debian);
      await update();
      await writeFile(join(directory, 'manifest.json'), '{"schemaVersion":1');

      expect(await codeOf(() => openDatabase(directory))).toBe('database-invalid');
      expect((await update()).updated).toHaveLength(1);
      expect(fixesOf('Debian:12', 'glibc')).toHaveLength(1);
    });
  });

  it('serves a reader the state it opened while the next is put in place', async () => {
    await publish(debian);
    await update();
    const database = openDatabase(directory);
    await publish([
      fixed('DEBIAN-CVE-2024-0002', { 'Debian:12 glibc': '2.37' }, '2025-02-01T00:00:00Z'),
      ...debian.slice(2),
    ]);

    await update();

    const events = database.advisories('Debian:12', 'glibc')?.[0]?.affected.ranges[0]?.events;
    expect(events?.[1]).toEqual({ fixed: '2.36-9+deb12u10' });
    expect(fixesOf('Debian:12', 'glibc')).toEqual([['DEBIAN-CVE-2024-0002', { fixed: '2.37' }]]);
    database.close();
  });

  it('removes the files of a generation nobody needs and what a dead update left', async () => {
    await publish(debian);
    await update();
    const old = (await readdir(directory)).filter((name) => name.startsWith('Debian-12'));
    await publish(debian.slice(1));
    await update();
    await writeFile(join(directory, '.update-dead'), '');
    expect(await readdir(directory)).toEqual(expect.arrayContaining(old));

    await update();

    expect(await readdir(directory)).not.toEqual(expect.arrayContaining(old));
    expect(await readdir(directory)).not.toContain('.update-dead');
  });

  it('never unpacks names that are not records', async () => {
    await publish(debian);
    await writeFile(
      join(mirrorFolder, 'Debian/all.zip'),
      await zipOf({ 'notes.txt': 'x', 'DEBIAN-CVE-2024-0005.json': JSON.stringify(debian[4]) }),
    );

    await update();

    expect(manifest().sources[0]?.records).toBe(1);
    expect(fixesOf('Debian:13', 'zlib')).toHaveLength(1);
  });
});
