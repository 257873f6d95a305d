import { type Command, Option } from 'commander';
import { type PlatformChoice, parsePlatform } from '../../lambda/image/index.ts';
import { applyFilters, exitCodeFor, type ImageReport, REPORT_FORMATS } from '../../lambda/report/index.ts';
import { type ScanOptions, type ScanProgress, scanImage } from '../../lambda/scan/index.ts';
import { TOOL } from '../../lambda/shared/tool.ts';
import { formatBytes, HOUR_MS } from '../../lambda/shared/units.ts';
import { SEVERITY_LEVELS } from '../../lambda/vulnerabilities/index.ts';
import { UsageError } from './failure.ts';
import {
  checkDatabaseFolder,
  databaseTrouble,
  type FeedFlags,
  feedsOf,
  withAgeOptions,
  withFeedOptions,
} from './feeds.ts';
import { defaultLayerFolder, layerStore, pruneLayers } from './layer-store.ts';
import { hoursOf, levelOf } from './option-values.ts';
import { checkWritable, destinations, writeReports } from './output.ts';
import { progressOn } from './progress.ts';
import { collect, explainsUsage } from './usage.ts';
import { warningsOf } from './warnings.ts';

type ScanFlags = FeedFlags & {
  readonly platform?: string;
  readonly allPlatforms?: true;
  readonly format: readonly string[];
  readonly output?: string;
  readonly severity?: string;
  readonly ignoreUnfixed?: true;
  readonly failOn?: string;
  readonly strict?: true;
  readonly quiet?: true;
  readonly offline?: true;
  readonly maxDbAge: string;
  readonly insecure?: true;
  readonly layers: string;
  /** False with `--no-layer-cache`. */
  readonly layerCache: boolean;
};

const HELP = `
Images:
  debian:12, registry.example.com/team/app:1.4, team/app@sha256:…
                           in a registry, with the logins of docker login
  ./image.tar, ./layout    what docker save or skopeo wrote, an OCI layout
  -                        the same on standard input
  oci:PATH[:NAME], docker-archive:PATH[:NAME], registry:REFERENCE
                           where a name could mean several things

Examples:
  $ backline scan debian:12
  $ backline scan registry.example.com/team/app:1.4 --platform linux/arm64
  $ backline scan ./image.tar --format json --output report.json
  $ docker save app:1 | backline scan - --fail-on high
  $ backline scan oci:./layout:1 --format table --format sarif=scan.sarif --strict

Exit codes:
  0  scanned; nothing at or over --fail-on
  1  findings at or over --fail-on
  2  the command line is wrong
  3  the image could not be scanned, or, with --strict, not all of it could be
     read and matched`;

/** `backline scan`. */
export function addScanCommand(program: Command, signal: AbortSignal): void {
  const command = explainsUsage(program.command('scan'), 'backline scan')
    .summary('read an image and report what is known to be wrong with it')
    .description(
      'Reads an image from a registry, a file, an OCI layout or standard input and reports what is in it, what is known to be wrong with that, and what could not be seen.',
    )
    .argument('<image>', 'where the image is: see Images below');
  withAgeOptions(withFeedOptions(withReportOptions(withImageOptions(command))))
    .addHelpText('after', HELP)
    .action(async (image: string, flags: ScanFlags) => {
      process.exitCode = await scan(image, flags, signal);
    });
}

function withImageOptions(command: Command): Command {
  return command
    .option(
      '--platform <os/arch[/variant]>',
      "which image of an index; default: linux on this machine's architecture",
    )
    .option('--all-platforms', 'every image of an index')
    .option('--insecure', 'plain HTTP, for registries on this machine only')
    .option(
      '--layers <dir>',
      'folder where what was read of layers is kept for later scans (BACKLINE_LAYERS)',
      defaultLayerFolder(process.env),
    )
    .option('--no-layer-cache', 'read every layer, and keep nothing');
}

function withReportOptions(command: Command): Command {
  const formats = REPORT_FORMATS.map(({ id }) => id).join(', ');
  return command
    .addOption(
      new Option('--format <format[=file]>', `${formats}; several times for several`)
        .argParser(collect)
        .default([], 'table'),
    )
    .option('--output <file>', 'write the format that names no file of its own there')
    .option('--severity <levels>', `show only these, as in critical,high (${SEVERITY_LEVELS.join(', ')})`)
    .option('--ignore-unfixed', 'hide findings that no version mends')
    .option('--fail-on <level>', 'exit with 1 when a finding of this level or a graver one is shown')
    .option('--strict', 'exit with 3 when anything could not be read or matched')
    .option('--quiet', 'no progress and no warnings');
}

async function scan(input: string, flags: ScanFlags, signal: AbortSignal): Promise<number> {
  const wanted = destinations(flags.format, flags.output);
  const severities = flags.severity?.split(',').map(levelOf);
  const failOn = flags.failOn === undefined ? undefined : levelOf(flags.failOn);
  const options = {
    input,
    platform: platformChoice(flags),
    open: { insecure: flags.insecure === true },
    advisories: {
      ...feedsOf(flags),
      offline: flags.offline === true,
      maxAgeMs: hoursOf(flags.maxDbAge) * HOUR_MS,
    },
    tool: TOOL,
    now: () => new Date(),
    signal,
    ...(flags.layerCache ? { layers: layerStore(flags.layers, (text) => warn(text, flags)) } : {}),
  };
  if (input === '-' && process.stdin.isTTY)
    throw new UsageError(
      'no image comes on standard input: pipe one, as in docker save app:1 | backline scan -',
    );
  await checkWritable(wanted);
  await checkDatabaseFolder(flags.db);
  const reports = await scanned(options, flags);
  if (flags.layerCache && reports.some(({ bytesPulled }) => bytesPulled > 0)) await pruneLayers(flags.layers);
  const filters = {
    ...(severities === undefined ? {} : { severities }),
    ignoreUnfixed: flags.ignoreUnfixed === true,
  };
  const isFiltered = severities !== undefined || filters.ignoreUnfixed;
  const shown = isFiltered ? reports.map((report) => applyFilters(report, filters)) : reports;
  await writeReports(shown, wanted);
  if (flags.quiet !== true) {
    const lines = warningsOf(shown, flags.offline === true).map((warning) => `warning: ${warning}\n`);
    process.stderr.write(lines.join(''));
  }
  return exitCodeFor(shown, { ...(failOn === undefined ? {} : { failOn }), strict: flags.strict === true });
}

function warn(text: string, { quiet }: ScanFlags): void {
  if (quiet !== true) process.stderr.write(`warning: ${text}\n`);
}

async function scanned(options: ScanOptions, flags: ScanFlags): Promise<ImageReport[]> {
  const progress = progressOn(process.stderr, flags.quiet === true);
  try {
    const onProgress = (step: ScanProgress): void => progress.show(describe(step));
    return await scanImage(progress.isShown ? { ...options, onProgress } : options);
  } catch (error) {
    throw databaseTrouble(error, flags.db) ?? error;
  } finally {
    progress.clear();
  }
}

function describe(step: ScanProgress): string {
  switch (step.stage) {
    case 'opening':
      return `opening ${step.name}`;
    case 'layers':
      return `reading layers: ${step.layersDone} of ${step.layers}, ${formatBytes(step.bytesDone)} of ${formatBytes(step.bytes)}`;
    case 'advisories':
      return `advisories: ${step.detail}`;
    case 'matching':
      return 'matching';
  }
}

function platformChoice({ platform, allPlatforms }: ScanFlags): PlatformChoice {
  if (platform !== undefined && allPlatforms)
    throw new UsageError('give --platform or --all-platforms, not both');
  if (allPlatforms) return 'all';
  if (platform === undefined)
    return { preferred: { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' } };
  try {
    return { only: parsePlatform(platform) };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
