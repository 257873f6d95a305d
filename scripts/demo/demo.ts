/**
 * Builds a small image, serves it from a registry on this machine, scans it with the advisories of a bundled snapshot, and shows
 * the report: `npm run demo [-- FOLDER]`, where the folder takes the HTML and JSON (`out/demo` when not given).
 */
import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { formatById, type ReportFormatId } from '../../lambda/report/index.ts';
import { formatBytes } from '../../lambda/shared/units.ts';
import { type Destination, printed, writeReports } from '../cli/output.ts';
import { sampleImage } from './sample-image.ts';
import { scanSample } from './scan-sample.ts';
import { readSnapshot } from './snapshot-mirror.ts';

// A reader that goes away (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const started = performance.now();
const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../../out/demo'));
const files = { html: join(folder, 'report.html'), json: join(folder, 'report.json') };

await say('Backline demo: nothing is installed, nothing leaves this machine.\n');
const sample = await sampleImage();
const bytes = [...sample.blobs.values()].reduce((sum, blob) => sum + blob.length, 0);
await say(
  `- made a sample image: Debian 12.0 with Python, Node.js and Java applications, ${formatBytes(bytes)}`,
);
const snapshot = await readSnapshot();
await say(`- read the bundled snapshot: advisories of ${snapshot.date}, facts of that day and not of today`);
const reports = await scanSample(sample, snapshot, (step) => void say(`- ${step}`));
await say(`- done after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);

await mkdir(folder, { recursive: true });
await writeReports(reports, [written('html'), written('json'), { format: formatOf('table') }]);
await say(`
Written beside this table:
  ${relative(process.cwd(), files.html)}
  ${relative(process.cwd(), files.json)}

Worth a look: log4j-core was found in a jar within a jar; handlebars 4.7.6, which layer 4 takes away again, is not listed;
the jar that is cut off could not be read, which the coverage says, and so the image would not count as clean.

The same for an image of yours, with the advisories of today (fetched once, then kept up to date):
  npm run backline -- scan IMAGE --format table --format html=report.html --format json=report.json
IMAGE is a reference such as debian:12, an archive or OCI layout, or - for what docker save writes.`);

async function say(line: string): Promise<void> {
  await printed(`${line}\n`);
}

function written(id: keyof typeof files): Destination {
  return { format: formatOf(id), path: files[id] };
}

function formatOf(id: ReportFormatId): Destination['format'] {
  const format = formatById(id);
  if (format === undefined) throw new Error(`there is no format ${id}`);
  return format;
}
