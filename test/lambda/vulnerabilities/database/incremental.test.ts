import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type TestRecord, writeMirror } from '../mirror.ts';
import { useBench } from './bench.ts';
import { debian, fixed } from './records.ts';

describe('vulnerabilities/database/incremental', () => {
  const bench = useBench();

  const changed = fixed('DEBIAN-CVE-2024-0004', { 'Debian:13 bash': '5.3' }, '2025-02-01T00:00:00Z');
  const next = [...debian.filter(({ id }) => id !== changed.id), changed];

  it('downloads nothing but the answer "the same" when none did', async () => {
    await bench.publish(debian);
    await bench.update();
    await bench.publish(debian);

    const summary = await bench.update({
      ecosystems: ['Debian'],
      clock: () => new Date('2025-04-01T00:00:00Z'),
    });

    expect(bench.server.requests).toEqual(['304 /Debian/modified_id.csv']);
    expect(summary).toEqual({
      updated: [],
      unchanged: ['osv:Debian'],
      absent: [],
      failures: [],
      bytesDownloaded: 0,
    });
    expect(bench.manifest()).toMatchObject({
      builtAt: '2025-03-01T00:00:00.000Z',
      sources: [{ checkedAt: '2025-04-01T00:00:00.000Z', changedAt: '2025-03-01T00:00:00.000Z' }],
    });
  });

  it('notices that none did on a mirror without entity tags', async () => {
    const mirror = await writeMirror(bench.mirrorFolder, { Debian: debian });
    await bench.update({ mirror });
    await rm(join(bench.mirrorFolder, 'Debian/all.zip'));

    expect(await bench.update({ mirror })).toMatchObject({ unchanged: ['osv:Debian'], failures: [] });
  });

  it('fetches those alone and rewrites only the shards they are in', async () => {
    await bench.publish(debian);
    await bench.update();
    const before = bench.manifest();
    await bench.publish(next);

    const summary = await bench.update();

    expect(bench.server.requests).toEqual([
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
    expect(bench.manifest().shards[0]).toEqual(before.shards[0]);
    expect(bench.fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.3' }]]);
  });

  it('takes them from the archive when the mirror has no single records', async () => {
    await bench.publish(debian, false);
    await bench.update();
    await bench.publish(next, false);

    await bench.update();

    expect(bench.server.requests).toContain('200 /Debian/all.zip');
    expect(bench.fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.3' }]]);
  });

  it('takes them from the archive when they are many', async () => {
    await bench.publish(debian);
    await bench.update();
    await bench.publish(debian.map((record) => ({ ...record, modified: '2025-02-02T00:00:00Z' })));

    const summary = await bench.update();

    expect(bench.server.requests.filter((request) => request.endsWith('.json'))).toEqual([]);
    expect(bench.server.requests).toContain('200 /Debian/all.zip');
    expect(summary.updated[0]?.packages).toEqual([]);
  });

  it.each([true, false])(
    'ends at the same bytes as a build from nothing (single records: %s)',
    async (singles) => {
      const more = fixed('DEBIAN-CVE-2025-0001', { 'Debian:14 new': '1', 'Debian:12 curl': '8' });
      await bench.publish(debian, singles);
      await bench.update();
      await bench.publish([more, ...next.slice(1)], singles);
      await bench.update();
      const fresh = join(bench.folder, 'fresh');
      await bench.update({ directory: fresh });

      expect(await bench.shardBytes()).toEqual(await bench.shardBytes(fresh));
      expect(bench.manifest().shards).toEqual(bench.manifest(fresh).shards);
      expect(Object.keys(await bench.shardBytes(fresh))).toHaveLength(3);
    },
  );

  it.each([
    ['withdrawn', [{ ...debian[2], modified: '2025-02-01T00:00:00Z', withdrawn: '2025-02-01T00:00:00Z' }]],
    ['removed from the mirror', []],
  ])('lets a record vanish that was %s', async (_case, replacement) => {
    await bench.publish(debian);
    await bench.update();
    await bench.publish([
      ...debian.filter(({ id }) => id !== 'DEBIAN-CVE-2024-0003'),
      ...(replacement as TestRecord[]),
    ]);

    const summary = await bench.update();

    expect(bench.fixesOf('Debian:12', 'curl')).toEqual([]);
    expect(bench.fixesOf('Debian:12', 'openssl')).toEqual([['DEBIAN-CVE-2024-0001', { fixed: '3.0.1' }]]);
    expect(summary.updated[0]).toMatchObject({
      shards: ['Debian-12'],
      packages: [{ ecosystem: 'Debian:12', names: ['curl', 'openssl'] }],
      records: { added: 0, changed: 0, removed: 1 },
    });
  });

  it('lets a record vanish from a package and a release it moved away from', async () => {
    await bench.publish(debian);
    await bench.update();
    const moved = fixed('DEBIAN-CVE-2024-0001', { 'Debian:13 openssl3': '3.1.1' }, '2025-02-01T00:00:00Z', {
      upstream: ['CVE-2024-0001'],
    });
    await bench.publish([moved, ...debian.slice(1)]);

    const summary = await bench.update();

    expect(bench.fixesOf('Debian:12', 'openssl')).toEqual([['DEBIAN-CVE-2024-0003', { fixed: '3.0.5' }]]);
    expect(bench.fixesOf('Debian:13', 'openssl')).toEqual([]);
    expect(bench.fixesOf('Debian:13', 'openssl3')).toEqual([['DEBIAN-CVE-2024-0001', { fixed: '3.1.1' }]]);
    expect(summary.updated[0]?.packages).toEqual([
      { ecosystem: 'Debian:12', names: ['openssl'] },
      { ecosystem: 'Debian:13', names: ['openssl', 'openssl3'] },
    ]);
  });

  it('drops a release whose last record went', async () => {
    await bench.publish(debian);
    await bench.update();
    await bench.publish(debian.filter((record) => !JSON.stringify(record).includes('Debian:12')));

    await bench.update();

    expect(bench.manifest().shards.map(({ name }) => name)).toEqual(['Debian-13']);
    expect(bench.fixesOf('Debian:12', 'glibc')).toBeUndefined();
  });

  it('keeps the last good state of a record that became unreadable, and does not ask again until it changes', async () => {
    const bad = { id: 'DEBIAN-CVE-2024-0004', modified: '2025-02-01T00:00:00Z', affected: 7 };
    await bench.publish(debian);
    await bench.update();
    await bench.publish([...debian.filter(({ id }) => id !== bad.id), bad]);

    await bench.update();
    await bench.update();

    expect(bench.fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.2' }]]);
    expect(bench.manifest().sources[0]?.problems.count).toBe(1);
    expect(bench.server.requests.filter((request) => request.includes(bad.id))).toHaveLength(1);
  });

  it('asks again for a record that the archive has not yet in the announced state', async () => {
    await bench.publish(debian, false);
    await bench.update();
    await bench.publish(debian, false);
    const lines = next.map(({ modified, id }) => `${modified},${id}`);
    await writeFile(join(bench.mirrorFolder, 'Debian/modified_id.csv'), lines.join('\n'));
    await bench.update();
    await bench.publish(next, false);

    await bench.update();

    expect(bench.fixesOf('Debian:13', 'bash')).toEqual([['DEBIAN-CVE-2024-0004', { fixed: '5.3' }]]);
  });

  it('builds an ecosystem anew when one of its files is gone or cut off', async () => {
    await bench.publish(debian);
    await bench.update();
    const [first, second] = bench.manifest().shards;
    await rm(join(bench.directory, first?.file ?? ''));
    await truncate(join(bench.directory, second?.file ?? ''), 100);
    bench.server.requests.length = 0;

    await bench.update();

    expect(bench.server.requests).toContain('200 /Debian/all.zip');
    expect(bench.fixesOf('Debian:12', 'glibc')).toHaveLength(1);
    expect(bench.fixesOf('Debian:13', 'bash')).toHaveLength(1);
  });

  it('builds an ecosystem anew when a shard it would build upon is damaged', async () => {
    await bench.publish(debian);
    await bench.update();
    const path = join(bench.directory, bench.manifest().shards[1]?.file ?? '');
    const bytes = await readFile(path);
    const at = bytes.indexOf('DEBIAN-CVE-2024-0005');
    bytes.write('DEBIAN-CVE-2024-6666', at);
    await writeFile(path, bytes);
    await bench.publish([
      ...debian.slice(0, 4),
      fixed('DEBIAN-CVE-2024-0005', { 'Debian:13 zlib': '1.4' }, '2025-02-01T00:00:00Z'),
    ]);

    const summary = await bench.update();

    expect(summary.failures).toEqual([]);
    expect(bench.fixesOf('Debian:13', 'zlib')).toEqual([['DEBIAN-CVE-2024-0005', { fixed: '1.4' }]]);
  });

  it('builds an ecosystem anew when a file has other content, though its feed has nothing new', async () => {
    await bench.publish(debian);
    await bench.update();
    const path = join(bench.directory, bench.manifest().shards[0]?.file ?? '');
    const before = await readFile(path);
    await writeFile(path, Buffer.alloc(before.length, 1));

    const summary = await bench.update();

    expect(summary.failures).toEqual([]);
    expect(await readFile(path)).toEqual(before);
  });
});
