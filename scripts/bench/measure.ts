import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { readImages, readLayer } from '../../lambda/image/index.ts';
import { catalogers, type Package } from '../../lambda/packages/index.ts';
import { openSource } from '../../lambda/registry/index.ts';
import { analyseImage } from '../../lambda/scan/analyse-image.ts';
import { layerCache } from '../../lambda/scan/layer-cache.ts';
import { inParallel } from '../../lambda/scan/parallel.ts';
import { openObjectDirectory } from '../../lambda/store/index.ts';
import { matchPackages, openDatabase, updateDatabase } from '../../lambda/vulnerabilities/index.ts';
import { emptyFileHeaders } from '../demo/tar-header.ts';
import { matchSample } from './sample.ts';

/**
 * One measurement in a process of its own, so that its peak memory is its own: `measure.ts <name> <argument>`.
 * Prints one line of JSON: milliseconds, and what else was counted.
 */
type Measured = Readonly<Record<string, number>>;

const measurements: Readonly<Record<string, (argument: string) => Promise<Measured>>> = {
  analyse,
  floor,
  entries: manyEntries,
  build: buildDatabase,
  match,
  rescan,
  init,
};

/** Everything `scan` does to an image before advisories: from an OCI layout to the inventory. */
async function analyse(layout: string): Promise<Measured> {
  const started = performance.now();
  const source = await openSource(`oci:${layout}:1`);
  const [image] = await readImages(source, 'all');
  if (image === undefined) throw new Error('no image');
  const { packages } = await analyseImage(source, image, { catalogers, known: new Map() });
  await source.close();
  return { ms: performance.now() - started, packages: packages.length };
}

/** What cannot be avoided: hash the same layers and inflate them with Node's zlib streams, as many at a time. */
async function floor(layout: string): Promise<Measured> {
  const started = performance.now();
  const source = await openSource(`oci:${layout}:1`);
  const [image] = await readImages(source, 'all');
  if (image === undefined) throw new Error('no image');
  let bytes = 0;
  await inParallel(image.layers, 3, async ({ digest }) => {
    const hash = createHash('sha256');
    const tap = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    const drain = async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) bytes += chunk.length;
    };
    await pipeline(
      createReadStream(join(layout, 'blobs', digest.replace(':', '/'))),
      tap,
      createGunzip(),
      drain,
    );
    if (`sha256:${hash.digest('hex')}` !== digest) throw new Error(`wrong digest ${digest}`);
  });
  await source.close();
  return { ms: performance.now() - started, bytes };
}

/** An image whose layers are all kept: opened, taken from the folder, and its inventory made. The first run fills the folder. */
async function rescan(argument: string): Promise<Measured> {
  const [layout, folder] = argument.split('::') as [string, string];
  const cache = layerCache(openObjectDirectory(folder));
  const started = performance.now();
  const source = await openSource(`oci:${layout}:1`);
  const [image] = await readImages(source, 'all');
  if (image === undefined) throw new Error('no image');
  const { bytesPulled } = await analyseImage(source, image, { catalogers, known: new Map(), cache });
  await source.close();
  return { ms: performance.now() - started, bytesPulled };
}

/** What Lambda does before the first call of a function: loads its bundle. */
async function init(bundle: string): Promise<Measured> {
  const started = performance.now();
  const { handler } = (await import(pathToFileURL(bundle).href)) as { handler?: unknown };
  if (typeof handler !== 'function') throw new Error(`${bundle} exports no handler`);
  return { ms: performance.now() - started };
}

/** A layer of this many empty files. */
async function manyEntries(count: string): Promise<Measured> {
  const entries = Number(count);
  const started = performance.now();
  const result = await readLayer(Readable.from(emptyFileHeaders(entries, 'srv/data/file-')), {
    digest: 'sha256:bench',
    size: entries * 512,
    analyzers: catalogers,
  });
  if (result.entries !== entries) throw new Error(`${result.entries} entries read`);
  result.paths.has('srv');
  return { ms: performance.now() - started };
}

/** All shards from the mirrors below this folder. */
async function buildDatabase(argument: string): Promise<Measured> {
  const [data, directory] = argument.split('::') as [string, string];
  const started = performance.now();
  const feed = (path: string): string => pathToFileURL(join(data, path)).href;
  const summary = await updateDatabase({
    directory,
    mirror: feed('osv'),
    amazonMirror: feed('amazon'),
    epssUrl: feed('epss/epss_scores-2026-08-16.csv.gz'),
    kevUrl: feed('kev/known_exploited_vulnerabilities.json'),
    clock: () => new Date(),
  });
  if (summary.failures.length > 0) throw new Error(JSON.stringify(summary.failures));
  return { ms: performance.now() - started, sources: summary.updated.length };
}

/** A thousand packages that the shards know, half of a distribution and half of npm; first the cold opening of each shard. */
async function match(argument: string): Promise<Measured> {
  const [directory, sampleFile] = argument.split('::') as [string, string];
  const packages = JSON.parse(readFileSync(sampleFile, 'utf8')) as Package[];
  const database = openDatabase(directory);
  let openMs = 0;
  for (const ecosystem of ['Debian:12', 'npm']) {
    const opened = performance.now();
    database.advisories(ecosystem, 'none');
    openMs = Math.max(openMs, performance.now() - opened);
  }
  const run = (): { ms: number; findings: number } => {
    const started = performance.now();
    const { findings } = matchPackages({ ...matchSample, packages, lookup: database });
    return { ms: performance.now() - started, findings: findings.length };
  };
  const first = run();
  const again = Array.from({ length: 4 }, run).map(({ ms }) => ms);
  database.close();
  return {
    ms: first.ms,
    againMs: Math.min(...again),
    openMs,
    findings: first.findings,
    packages: packages.length,
  };
}

const [name = '', argument = ''] = process.argv.slice(2);
const measure = measurements[name];
if (measure === undefined) throw new Error(`no measurement ${name}`);
const measured = await measure(argument);
process.stdout.write(`${JSON.stringify({ ...measured, peakMiB: process.resourceUsage().maxRSS / 1024 })}\n`);
