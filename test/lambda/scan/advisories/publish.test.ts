import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { advisoryStorage } from '../../../../lambda/scan/index.ts';
import { type Manifest, parseManifest } from '../../../../lambda/vulnerabilities/index.ts';
import { image, layer } from '../../../support/image-builder.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { writeMirror } from '../../vulnerabilities/mirror.ts';
import { DEBIAN_12, dpkg, npmPackage, RECORDS } from '../bench.ts';
import { hubBench } from '../registry-images/bench.ts';

const bench = hubBench();
const path = temporaryDirectory();
let folders = 0;
const emptyFolder = (): string => path(`folder-${++folders}`);

const MANIFEST = 'advisories/manifest.json';

async function published(): Promise<Manifest> {
  const stored = await bench.objects.get(MANIFEST);
  return parseManifest(stored?.bytes.toString('utf8') ?? '');
}

/** A mirror that lists npm and has nothing of it. */
async function withoutNpm(): Promise<string> {
  const mirror = await writeMirror(path(`mirror-${folders}`), RECORDS);
  await rm(path(`mirror-${folders}`, 'npm'), { recursive: true });
  return mirror;
}

async function scanned(): Promise<string> {
  const openssl = dpkg({ 'libssl3 openssl': '3.0.9-1' });
  const lodash = npmPackage('app/node_modules/lodash', 'lodash', '4.17.20');
  const digest = bench.registry.tag('team/app', '1', image([await layer([DEBIAN_12, openssl, lodash])]));
  await bench.discover();
  await bench.scanAll();
  return digest;
}

describe('scan/advisories/publish', () => {
  it('builds upon what is published in a folder that has nothing: the same feeds bring no work', async () => {
    await bench.refresh();
    await scanned();
    const before = await published();

    const { update, images } = await bench.refresh(RECORDS, { folder: emptyFolder() });

    expect(update).toMatchObject({ updated: [], failures: [] });
    expect(update.unchanged).toContain('osv:npm');
    expect(images).toBe(0);
    expect((await published()).shards).toEqual(before.shards);
  });

  it('keeps what a source that fails has published, in a folder that has nothing', async () => {
    await bench.refresh();
    const before = await published();

    const { update } = await bench.refresh(RECORDS, { folder: emptyFolder(), mirror: await withoutNpm() });
    const digest = await scanned();

    expect(update.failures.map(({ source }) => source)).toEqual(['osv:npm']);
    const after = await published();
    expect(after.shards).toEqual(before.shards);
    expect(after.sources.find(({ id }) => id === 'osv:npm')).toEqual(
      before.sources.find(({ id }) => id === 'osv:npm'),
    );
    expect((await bench.report(digest))?.reports[0]?.findings.map(({ id }) => id)).toContain(
      'CVE-2021-23337',
    );
  });

  it('keeps everything when no source can be had, in a folder that has nothing', async () => {
    await bench.refresh();
    const before = await published();

    await bench.refresh(RECORDS, { folder: emptyFolder(), mirror: new URL('file:///nowhere/').href });

    expect(await published()).toEqual(before);
  });

  it('takes what is published for what was before, though the folder is newer', async () => {
    const folder = emptyFolder();
    await bench.refresh({ Debian: RECORDS.Debian }, { folder });
    await scanned();
    const lost = { ...bench.objects, put: () => Promise.reject(new Error('no store')) };
    await expect(bench.refresh(RECORDS, { folder, objects: lost })).rejects.toThrow('no store');

    const { images } = await bench.refresh(RECORDS, { folder });

    expect(images).toBe(1);
    expect((await published()).sources.map(({ id }) => id)).toContain('osv:npm');
  });

  it('takes what is published for what was before, though the folder is older', async () => {
    const [folder, other] = [emptyFolder(), emptyFolder()];
    await bench.refresh({ Debian: RECORDS.Debian }, { folder });
    await bench.refresh(RECORDS, { folder: other });
    await scanned();
    const before = await published();

    const { update, images } = await bench.refresh(RECORDS, { folder, mirror: await withoutNpm() });

    expect(update.updated).toEqual([]);
    expect(images).toBe(0);
    expect((await published()).shards).toEqual(before.shards);
  });

  it('begins anew when nothing is published any more, whatever is in the folder', async () => {
    const folder = emptyFolder();
    await bench.refresh(RECORDS, { folder });
    await scanned();
    await bench.objects.delete(MANIFEST);

    const { update, images } = await bench.refresh(RECORDS, { folder });

    expect(update.updated.map(({ source }) => source)).toContain('osv:npm');
    expect(images).toBe(1);
  });

  it.each([
    ['no JSON', () => '{'],
    ['of another version', (text: string) => text.replace(/"schemaVersion": *\d+/, '"schemaVersion":1')],
  ])('begins anew when the manifest that is published is %s', async (_, damaged) => {
    const folder = emptyFolder();
    await bench.refresh(RECORDS, { folder });
    const before = await published();
    const text = await readFile(`${folder}/manifest.json`, 'utf8');
    await bench.objects.put(MANIFEST, Buffer.from(damaged(text)));

    const { update } = await bench.refresh(RECORDS, { folder });

    expect(update.updated.map(({ source }) => source)).toContain('osv:npm');
    expect((await published()).shards).toEqual(before.shards);
  });

  it('mends a folder that an interrupted call left half full, and its files with it', async () => {
    await bench.refresh();
    const before = await published();
    const folder = emptyFolder();
    const lost = { ...bench.objects, stream: () => Promise.reject(new Error('no store')) };
    await expect(bench.refresh(RECORDS, { folder, objects: lost })).rejects.toThrow('no store');
    await writeFile(`${folder}/npm.sqlite.1.partial`, 'half');
    await writeFile(`${folder}/manifest.json`, '{');

    const { update } = await bench.refresh(RECORDS, { folder });

    expect(update.updated).toEqual([]);
    expect((await published()).shards).toEqual(before.shards);
    await expect(readFile(`${folder}/npm.sqlite.1.partial`)).rejects.toThrow('ENOENT');
  });

  it('mends a file that the store damaged, and scans say meanwhile that it is missing', async () => {
    await bench.refresh();
    const shard = (await published()).shards.find(({ source }) => source === 'osv:npm');
    const key = `advisories/${shard?.file}`;
    const whole = (await bench.objects.get(key))?.bytes ?? Buffer.of();
    await bench.objects.put(key, Buffer.from(whole).fill(0, 100, 200));

    const storage = advisoryStorage(bench.objects, emptyFolder());
    const { directory, release } = await storage.fetch(['npm', 'Debian:12']);
    expect(await readdir(directory)).not.toContain(shard?.file);
    await release();
    const { update } = await bench.refresh(RECORDS, { folder: emptyFolder() });

    expect(update.updated.map(({ source }) => source)).toEqual(['osv:npm']);
    expect((await bench.objects.get(key))?.bytes.equals(whole)).toBe(true);
  });

  it('publishes the sources that can be had when a file of another one is lost', async () => {
    await bench.refresh({ npm: RECORDS.npm });
    const [shard] = (await published()).shards;
    await bench.objects.delete(`advisories/${shard?.file}`);

    const folder = emptyFolder();
    const broken = await bench.refresh(RECORDS, { folder, mirror: await withoutNpm() });
    const mended = await bench.refresh(RECORDS, { folder });

    expect(broken.update.updated.map(({ source }) => source)).toEqual(['osv:Debian']);
    expect(mended.update.updated.map(({ source }) => source)).toEqual(['osv:npm']);
    expect(await bench.objects.has(`advisories/${shard?.file}`)).toBe(true);
  });
});
