import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../../../lambda/vulnerabilities/database/index.ts';
import { writeMirror, zipOf } from '../mirror.ts';
import { useBench } from './bench.ts';
import { debian, fixed, npm } from './records.ts';

describe('vulnerabilities/database/update', () => {
  const bench = useBench();

  it('builds a shard per release and says what is in it', async () => {
    await writeMirror(bench.mirrorFolder, { Debian: debian, npm });

    const summary = await bench.update();

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
    expect(bench.manifest().shards).toMatchObject([
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
    expect(bench.fixesOf('Debian:12', 'openssl')).toEqual([
      ['DEBIAN-CVE-2024-0001', { fixed: '3.0.1' }],
      ['DEBIAN-CVE-2024-0003', { fixed: '3.0.5' }],
    ]);
  });

  it('makes the same bytes of the same records in another order', async () => {
    await bench.publish(debian);
    await bench.update();
    await bench.publish(debian.toReversed());
    const other = join(bench.folder, 'other');
    await bench.update({ directory: other, clock: () => new Date('2030-01-01T00:00:00Z') });

    expect(await bench.shardBytes(other)).toEqual(await bench.shardBytes());
    expect(Object.keys(await bench.shardBytes(other))).toHaveLength(2);
  });

  it('leaves out ecosystems that are never in an image, and asks only for those wanted', async () => {
    await writeMirror(bench.mirrorFolder, { Debian: debian, npm, 'GitHub Actions': [], GIT: [] });

    await bench.update({ ecosystems: ['npm'] });

    expect(bench.server.requests).toEqual(['200 /npm/modified_id.csv', '200 /npm/all.zip']);
    expect((await bench.update()).updated.map(({ source }) => source)).toEqual(['osv:Debian']);
  });

  it('counts records that cannot be read, lists them and takes the others', async () => {
    const bad = { id: 'DEBIAN-CVE-2024-0009', modified: '2025-01-01T00:00:00Z', affected: 'none' };
    await bench.publish([...debian, bad]);

    await bench.update();

    const [source] = bench.manifest().sources;
    expect(source?.problems.count).toBe(1);
    expect(source?.problems.examples).toMatchObject([{ record: 'DEBIAN-CVE-2024-0009' }]);
    expect(bench.fixesOf('Debian:13', 'bash')).toHaveLength(1);
  });

  it('serves a reader the state it opened while the next is put in place', async () => {
    await bench.publish(debian);
    await bench.update();
    const database = openDatabase(bench.directory);
    await bench.publish([
      fixed('DEBIAN-CVE-2024-0002', { 'Debian:12 glibc': '2.37' }, '2025-02-01T00:00:00Z'),
      ...debian.slice(2),
    ]);

    await bench.update();

    const events = database.advisories('Debian:12', 'glibc')?.[0]?.affected.ranges[0]?.events;
    expect(events?.[1]).toEqual({ fixed: '2.36-9+deb12u10' });
    expect(bench.fixesOf('Debian:12', 'glibc')).toEqual([['DEBIAN-CVE-2024-0002', { fixed: '2.37' }]]);
    database.close();
  });

  it('removes the files of a generation nobody needs and what a dead update left', async () => {
    await bench.publish(debian);
    await bench.update();
    const old = (await readdir(bench.directory)).filter((name) => name.startsWith('Debian-12'));
    await bench.publish(debian.slice(1));
    await bench.update();
    await writeFile(join(bench.directory, '.update-dead'), '');
    expect(await readdir(bench.directory)).toEqual(expect.arrayContaining(old));

    await bench.update();

    expect(await readdir(bench.directory)).not.toEqual(expect.arrayContaining(old));
    expect(await readdir(bench.directory)).not.toContain('.update-dead');
  });

  it('never unpacks names that are not records', async () => {
    await bench.publish(debian);
    await writeFile(
      join(bench.mirrorFolder, 'Debian/all.zip'),
      await zipOf({ 'notes.txt': 'x', 'DEBIAN-CVE-2024-0005.json': JSON.stringify(debian[4]) }),
    );

    await bench.update();

    expect(bench.manifest().sources[0]?.records).toBe(1);
    expect(bench.fixesOf('Debian:13', 'zlib')).toHaveLength(1);
  });
});
