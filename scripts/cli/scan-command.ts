import type { Command } from 'commander';
import { type PlatformChoice, parsePlatform } from '../../lambda/image/index.ts';
import { applyFilters, exitCodeFor, type ImageReport, outcomeOfAll } from '../../lambda/report/index.ts';
import { type ScanProgress, scanImage } from '../../lambda/scan/index.ts';
import { safeText } from '../../lambda/shared/text.ts';
import { formatBytes, HOUR_MS } from '../../lambda/shared/units.ts';
import { SEVERITY_LEVELS, type SeverityLevel } from '../../lambda/vulnerabilities/index.ts';
import { UsageError } from './failure.ts';
import { type FeedFlags, feedsOf, withFeedOptions } from './feeds.ts';
import { destinations, writeReports } from './output.ts';
import { progressOn } from './progress.ts';
import { TOOL } from './tool.ts';

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
};

const EXAMPLES = `
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
  3  the image could not be scanned, or, with --strict, not all of it could be read and matched`;

/** `backline scan`. */
export function addScanCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('scan')
    .summary('read an image and report what is known to be wrong with it')
    .description(
      'Reads an image from a registry, a file, an OCI layout or standard input and reports what is in it,\nwhat is known to be wrong with that, and what could not be seen.',
    )
    .argument('<image>', 'reference, path of an archive or layout, or - for standard input')
    .option(
      '--platform <os/arch[/variant]>',
      "which image of an index; default: linux on this machine's architecture",
    )
    .option('--all-platforms', 'every image of an index')
    .option(
      '--format <format[=file]>',
      'table, json, cyclonedx, spdx, sarif or html; several times for several',
      collect,
      [],
    )
    .option('--output <file>', 'write the format that names no file of its own there')
    .option('--severity <levels>', `show only these, as in critical,high (${SEVERITY_LEVELS.join(', ')})`)
    .option('--ignore-unfixed', 'hide findings that no version mends')
    .option('--fail-on <level>', 'exit with 1 when a finding of this level or a graver one is shown')
    .option('--strict', 'exit with 3 when anything could not be read or matched')
    .option('--quiet', 'no progress and no warnings')
    .option('--insecure', 'plain HTTP, for registries on this machine only')
    .option('--offline', 'use the advisory database as it is')
    .option('--max-db-age <hours>', 'fetch advisories again, or warn, when older', '24');
  withFeedOptions(command).addHelpText('after', EXAMPLES);
  command.action(async (image: string, flags: ScanFlags) => {
    process.exitCode = await scan(image, flags, signal);
  });
}

async function scan(input: string, flags: ScanFlags, signal: AbortSignal): Promise<number> {
  const wanted = destinations(flags.format, flags.output);
  const severities = flags.severity?.split(',').map(levelOf);
  const failOn = flags.failOn === undefined ? undefined : levelOf(flags.failOn);
  const platform = platformChoice(flags);
  const maxAgeMs = hoursOf(flags.maxDbAge) * HOUR_MS;
  const progress = progressOn(process.stderr, flags.quiet === true);
  let reports: ImageReport[];
  try {
    reports = await scanImage({
      input,
      platform,
      open: { insecure: flags.insecure === true },
      advisories: { ...feedsOf(flags), offline: flags.offline === true, maxAgeMs },
      tool: TOOL,
      now: () => new Date(),
      onProgress: (step) => progress.show(describe(step)),
      signal,
    });
  } finally {
    progress.clear();
  }
  const filtering = severities !== undefined || flags.ignoreUnfixed === true;
  const filters = {
    ...(severities === undefined ? {} : { severities }),
    ignoreUnfixed: flags.ignoreUnfixed === true,
  };
  const shown = filtering ? reports.map((report) => applyFilters(report, filters)) : reports;
  await writeReports(shown, wanted);
  if (flags.quiet !== true) warn(shown);
  return exitCodeFor(shown, { ...(failOn === undefined ? {} : { failOn }), strict: flags.strict === true });
}

/** On standard error, for those who only look at the exit code or pipe the report on. */
function warn(reports: readonly ImageReport[]): void {
  const stale = reports.flatMap(({ coverage }) =>
    coverage.filter(({ reason }) => reason === 'feed-stale' || reason === 'feed-old'),
  );
  for (const { name, detail } of stale) {
    process.stderr.write(`warning: advisories of ${safeText(name)} are old: ${safeText(detail ?? '')}\n`);
  }
  if (outcomeOfAll(reports) !== 'complete') {
    process.stderr.write('warning: not everything could be read or matched: see the coverage section\n');
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

function levelOf(text: string): SeverityLevel {
  const level = SEVERITY_LEVELS.find((known) => known === text.trim().toLowerCase());
  if (level !== undefined) return level;
  throw new UsageError(
    `there is no severity ${JSON.stringify(text)}: choose among ${SEVERITY_LEVELS.join(', ')}`,
  );
}

function hoursOf(text: string): number {
  const hours = Number(text);
  if (text.trim() !== '' && Number.isFinite(hours) && hours >= 0) return hours;
  throw new UsageError(`--max-db-age takes a number of hours, not ${JSON.stringify(text)}`);
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
