/**
 * Takes the demo's advisory snapshot anew from copies of the feeds:
 *
 *     node scripts/demo/make-snapshot.ts --mirror osv/ --epss epss_scores-2026-08-16.csv.gz --kev known_exploited_vulnerabilities.json
 *
 * `--mirror` is a folder laid out like OSV's, with `all.zip` and `modified_id.csv` for each ecosystem of the sample image.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { openPromise } from 'yauzl';
import { z } from 'zod';
import { SAMPLE_NAMES } from './sample-image.ts';
import { SNAPSHOT_FILES, SNAPSHOT_FOLDER } from './snapshot-mirror.ts';
import { cvesOf, factsOf, type SnapshotRecord } from './snapshot-record.ts';

const catalogSchema = z.object({
  dateReleased: z.string(),
  vulnerabilities: z.array(
    z.object({
      cveID: z.string(),
      dateAdded: z.string(),
      dueDate: z.string().optional(),
      knownRansomwareCampaignUse: z.string().optional(),
    }),
  ),
});

const { mirror, epss, kev } = parseArgs({
  options: { mirror: { type: 'string' }, epss: { type: 'string' }, kev: { type: 'string' } },
}).values;
if (mirror === undefined || epss === undefined || kev === undefined) {
  throw new Error('give --mirror FOLDER, --epss FILE and --kev FILE');
}

/** Folders of the mirror: the ecosystems without their releases. */
const folders = [...SAMPLE_NAMES.keys()].map((ecosystem) => ecosystem.replace(/:.*$/, ''));
const ecosystems = new Map<string, readonly SnapshotRecord[]>();
for (const name of folders) ecosystems.set(name, await recordsOf(join(mirror, name)));
const cves = new Set([...ecosystems.values()].flat().flatMap(cvesOf));
await write('advisories', advisoriesText(await newestDay(mirror), ecosystems));
await write('epss', epssText(gunzipSync(await readFile(epss)).toString('utf8'), cves));
await write('kev', kevText(JSON.parse(await readFile(kev, 'utf8')), cves));

/** The facts about the sample's packages in one ecosystem's archive, sorted by id. */
async function recordsOf(folder: string): Promise<readonly SnapshotRecord[]> {
  const zip = await openPromise(join(folder, 'all.zip'));
  const records: SnapshotRecord[] = [];
  for await (const entry of zip.eachEntry()) {
    const bytes = await buffer(await zip.openReadStreamPromise(entry));
    const facts = factsOf(JSON.parse(bytes.toString('utf8')));
    if (facts !== undefined) records.push(facts);
  }
  return records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Day of the newest record of the ecosystems; each index begins with its newest line. */
async function newestDay(folder: string): Promise<string> {
  const days = folders.map(async (name) => {
    const index = await readFile(join(folder, name, 'modified_id.csv'), 'utf8');
    return index.slice(0, 'YYYY-MM-DD'.length);
  });
  return (await Promise.all(days)).toSorted().at(-1) ?? '';
}

/** One record a line, so that a newer snapshot shows what changed. */
function advisoriesText(date: string, records: ReadonlyMap<string, readonly SnapshotRecord[]>): string {
  const blocks = [...records].map(
    ([name, list]) => `${JSON.stringify(name)}: [\n${list.map(compact).join(',\n')}\n]`,
  );
  return `{"date": ${JSON.stringify(date)}, "ecosystems": {\n${blocks.join(',\n')}\n}}\n`;
}

/** JSON without what says nothing: null, empty lists and empty objects. */
function compact(record: SnapshotRecord): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    value === null || (typeof value === 'object' && Object.keys(value).length === 0) ? undefined : value,
  );
}

/** The two lines the feed begins with, and the rows of the CVEs. */
function epssText(feed: string, cves: ReadonlySet<string>): string {
  const [date, columns, ...rows] = feed.split('\n');
  const kept = rows.filter((row) => cves.has(row.slice(0, row.indexOf(','))));
  return `${[date, columns, ...kept].join('\n')}\n`;
}

function kevText(catalog: unknown, cves: ReadonlySet<string>): string {
  const { dateReleased, vulnerabilities } = catalogSchema.parse(catalog);
  const kept = vulnerabilities.filter(({ cveID }) => cves.has(cveID));
  return `${JSON.stringify({ dateReleased, vulnerabilities: kept }, undefined, 2)}\n`;
}

async function write(part: keyof typeof SNAPSHOT_FILES, text: string): Promise<void> {
  await writeFile(join(SNAPSHOT_FOLDER, SNAPSHOT_FILES[part]), text);
  console.log(`${SNAPSHOT_FILES[part]}: ${Buffer.byteLength(text)} bytes`);
}
