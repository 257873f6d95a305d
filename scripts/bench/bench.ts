import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../cdk/bundle.ts';
import { FUNCTIONS } from '../../lambda/shared/environment.ts';
import { MiB } from '../../lambda/shared/units.ts';
import { buildDebianImage } from '../debian-image/build.ts';
import { isInstalled } from '../debian-image/tools.ts';
import { samplePackages } from './sample.ts';

/**
 * Measures what Backline promises, as ratios from one run on the same work: `npm run bench`. Every measurement is a process
 * of its own; times are medians of alternating runs. Needs what the end-to-end tests need; the advisory part needs the data
 * folder (`BACKLINE_DATA`) and says so when it is missing.
 */
const root = join(import.meta.dirname, '..', '..');
const data = process.env['BACKLINE_DATA'] ?? join(root, '..', 'shared');
const ROUNDS = 7;

type Measured = Readonly<Record<string, number>> & { readonly peakMiB: number };

function measure(name: string, argument: string): Measured {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', join(import.meta.dirname, 'measure.ts'), name, argument],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

function row(what: string, value: string, budget: string, holds: boolean | undefined): void {
  const verdict = holds === undefined ? '' : holds ? 'holds' : 'MISSED';
  process.stdout.write(`${what.padEnd(58)} ${value.padStart(14)}   ${budget.padEnd(22)} ${verdict}\n`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

function benchImage(layout: string): number {
  const analyses: Measured[] = [];
  const floors: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(measure('floor', layout));
    analyses.push(measure('analyse', layout));
  }
  const analyseMs = median(analyses.map(({ ms }) => ms as number));
  const floorMs = median(floors.map(({ ms }) => ms as number));
  const peak = Math.max(...analyses.map(({ peakMiB }) => peakMiB));
  const ratio = analyseMs / floorMs;
  row(
    `analyse an image (${analyses[0]?.['packages']} packages) : sha256 + inflate`,
    `${ratio.toFixed(2)} x`,
    '<= 1.2 x',
    ratio <= 1.2,
  );
  row('  the two medians', `${analyseMs.toFixed(0)} : ${floorMs.toFixed(0)} ms`, '', undefined);
  row('  peak memory', `${peak.toFixed(0)} MiB`, '<= 256 MiB', peak <= 256);
  const many = measure('entries', '3000000');
  row(
    'a layer of 3,000,000 entries: peak memory',
    `${many.peakMiB.toFixed(0)} MiB`,
    '<= 256 MiB',
    many.peakMiB <= 256,
  );
  return analyseMs;
}

/** The same image again, its layers known. */
function benchRescan(layout: string, folder: string): void {
  measure('rescan', `${layout}::${folder}`);
  const runs = Array.from({ length: ROUNDS }, () => measure('rescan', `${layout}::${folder}`));
  const bytes = Math.max(...runs.map(({ bytesPulled }) => bytesPulled ?? Number.NaN));
  const ms = median(runs.map((run) => run['ms'] as number));
  row('rescan, all layers known: layer bytes', `${bytes}`, '0', bytes === 0);
  row('  open, take from the folder, list packages', `${ms.toFixed(0)} ms`, '<= 150 ms', ms <= 150);
}

/** The functions as they are deployed. */
function benchFunctions(work: string): void {
  for (const name of FUNCTIONS) {
    const file = join(work, name, 'index.mjs');
    bundle(join(root, 'lambda', 'handlers', `${name}.ts`), file);
    const mib = statSync(file).size / MiB;
    const ms = median(Array.from({ length: ROUNDS }, () => measure('init', file)['ms'] as number));
    row(`function ${name}: bundle`, `${mib.toFixed(1)} MiB`, '<= 5 MiB', mib <= 5);
    row('  init', `${ms.toFixed(0)} ms`, '<= 500 ms', ms <= 500);
  }
}

function benchAdvisories(work: string): void {
  if (!existsSync(join(data, 'osv'))) {
    process.stdout.write(
      `no advisory data in ${data}: set BACKLINE_DATA for the rows on matching and the database\n`,
    );
    return;
  }
  const directory = join(work, 'db');
  const build = measure('build', `${data}::${directory}`);
  const seconds = (build['ms'] ?? 0) / 1000;
  row(
    `build all shards (${build['sources']} sources)`,
    `${seconds.toFixed(1)} s`,
    '<= 180 s',
    seconds <= 180,
  );
  row('  peak memory', `${build.peakMiB.toFixed(0)} MiB`, '<= 1024 MiB', build.peakMiB <= 1024);
  const sample = join(work, 'sample.json');
  writeFileSync(sample, JSON.stringify(samplePackages(directory, 1000)));
  const runs = Array.from({ length: ROUNDS }, () => measure('match', `${directory}::${sample}`));
  const first = median(runs.map(({ ms }) => ms as number));
  const again = median(runs.map(({ againMs }) => againMs as number));
  const open = median(runs.map(({ openMs }) => openMs as number));
  row(
    `match 1,000 packages, shards open (${runs[0]?.['findings']} findings)`,
    `${again.toFixed(0)} ms`,
    '<= 50 ms',
    again <= 50,
  );
  row('  the first time in a process', `${first.toFixed(0)} ms`, '', undefined);
  row('open the slower of two shards, cold', `${open.toFixed(1)} ms`, '<= 100 ms', open <= 100);
}

/** Other scanners, when they are there, list the packages of the same image in the same run. */
function benchPeers(layout: string, ownMs: number): void {
  const peers: Readonly<Record<string, readonly string[]>> = {
    syft: ['syft', 'scan', `oci-dir:${layout}`, '-q', '-o', 'json'],
    trivy: [
      'trivy',
      'image',
      '--input',
      layout,
      '--format',
      'cyclonedx',
      '--quiet',
      '--offline-scan',
      '--skip-db-update',
    ],
    grype: ['grype', `oci-dir:${layout}`, '-q', '-o', 'json'],
    'osv-scanner': ['osv-scanner', 'scan', 'image', '--archive', layout, '--offline'],
  };
  for (const [name, [program, ...args]] of Object.entries(peers)) {
    if (program === undefined || !isInstalled(program)) {
      row(`${name} on the same image`, 'not on PATH', '', undefined);
      continue;
    }
    const started = performance.now();
    const { status } = spawnSync(program, args, { stdio: 'ignore' });
    const ratio = (performance.now() - started) / ownMs;
    row(
      `${name} on the same image : Backline${status === 0 ? '' : ' (it failed)'}`,
      `${ratio.toFixed(1)} x`,
      '>= 3 x',
      status === 0 ? ratio >= 3 : undefined,
    );
  }
}

const work = mkdtempSync(join(tmpdir(), 'backline-bench-'));
try {
  mkdirSync(join(root, 'build'), { recursive: true });
  const { layout } = buildDebianImage(join(root, 'build', 'debian-image'));
  const ownMs = benchImage(layout);
  benchRescan(layout, join(work, 'layers'));
  benchFunctions(work);
  benchAdvisories(work);
  benchPeers(layout, ownMs);
} finally {
  rmSync(work, { recursive: true, force: true });
}
