import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Command, Option } from 'commander';
import {
  type Integration,
  listIntegrations,
  registryOpener,
  showIntegration,
} from '../../lambda/integrations/index.ts';
import {
  type IntegrationProgress,
  reportKey,
  type ScanIntegrationOptions,
  scanIntegration,
} from '../../lambda/scan/index.ts';
import { AppError } from '../../lambda/shared/errors.ts';
import { TOOL } from '../../lambda/shared/tool.ts';
import { HOUR_MS } from '../../lambda/shared/units.ts';
import {
  type ObjectStore,
  openObjectDirectory,
  openStateFile,
  type StateStore,
} from '../../lambda/store/index.ts';
import type { SeverityLevel } from '../../lambda/vulnerabilities/index.ts';
import { reasonOf, UsageError } from './failure.ts';
import { checkDatabaseFolder, type FeedFlags, feedsOf, withAgeOptions, withFeedOptions } from './feeds.ts';
import { defaultState, loginsOf, stateFile } from './integration-target.ts';
import { exitCodeOf, jsonText } from './integrations-scan-result.ts';
import { type IntegrationScan, scanText } from './integrations-scan-text.ts';
import { hoursOf, levelOf } from './option-values.ts';
import { printed } from './output.ts';
import { progressOn } from './progress.ts';
import { explainsUsage } from './usage.ts';

type ScanFlags = FeedFlags & {
  readonly hub?: string;
  readonly state?: string;
  readonly objects?: string;
  readonly reports?: string;
  readonly failOn?: string;
  readonly strict?: true;
  readonly json?: true;
  readonly offline?: true;
  readonly maxDbAge: string;
};

const HELP = `
Images that earlier runs scanned are not read again: the table, --json, --reports
and the exit code are about those that are new, or were tried again. An image
that could not be reached is tried again at the next run.

Examples:
  $ backline integrations scan
  $ backline integrations scan ecr-111122223333 --fail-on critical --strict
  $ backline integrations scan --reports ./reports --json > scan.json

Exit codes:
  0  everything was listed, and what is new scanned
  1  findings at or over --fail-on in what is new
  2  the command line is wrong, or nothing is connected
  3  something could not be listed or scanned, or, with --strict, not all of it
     could be read and matched`;

/** `backline integrations scan`. */
export function addIntegrationsScan(parent: Command, signal: AbortSignal): void {
  const command = explainsUsage(parent.command('scan'), 'backline integrations scan')
    .summary('scan what is new in them, on this machine')
    .description(
      'Looks through connected integrations and scans the images that are new, on this machine, one after the other.',
    )
    .argument('[id...]', 'ids of integrations; all that are connected when none is named')
    .option(
      '--state <file>',
      `file of the integrations of this machine (BACKLINE_STATE; default: ${JSON.stringify(defaultState(process.env))})`,
    )
    .option(
      '--objects <dir>',
      'folder of what is kept of layers and images, and of reports (default: objects, beside the state file)',
    )
    .option('--reports <dir>', 'write a report of each image there, as JSON')
    .option('--fail-on <level>', 'exit with 1 when there is a finding of this level or a graver one')
    .option('--strict', 'exit with 3 when anything could not be read or matched')
    .option('--json', 'what was scanned as JSON')
    .addOption(new Option('--hub <function>').hideHelp());
  withAgeOptions(withFeedOptions(command))
    .addHelpText('after', HELP)
    .action(async (ids: string[], flags: ScanFlags) => {
      process.exitCode = await scan(ids, flags, signal);
    });
}

async function scan(ids: readonly string[], flags: ScanFlags, signal: AbortSignal): Promise<number> {
  if (flags.hub !== undefined) {
    throw new UsageError(
      'a hub scans what is connected to it by itself: leave --hub out to scan on this machine',
    );
  }
  const failOn: SeverityLevel | undefined = flags.failOn === undefined ? undefined : levelOf(flags.failOn);
  const maxAgeMs = hoursOf(flags.maxDbAge) * HOUR_MS;
  const path = stateFile(flags);
  if (flags.objects === '') throw new UsageError('--objects names no folder');
  await checkDatabaseFolder(flags.db);
  await prepareFolder(flags.reports);
  const now = (): Date => new Date();
  const state = openStateFile(path, now);
  try {
    const integrations = await chosen(ids, state, path);
    const objects = openObjectDirectory(flags.objects ?? join(dirname(path), 'objects'));
    const scans = await scanAll(integrations, {
      state,
      objects,
      registryOf: registryOpener(loginsOf(process.env)),
      advisories: { ...feedsOf(flags), offline: flags.offline === true, maxAgeMs },
      tool: TOOL,
      now,
      signal,
    });
    if (flags.reports !== undefined) await copyReports(scans, objects, flags.reports);
    await printed(flags.json === true ? jsonText(scans) : scanText(scans));
    return exitCodeOf(scans, failOn, flags.strict === true);
  } finally {
    await state.close();
  }
}

async function chosen(
  ids: readonly string[],
  state: StateStore,
  path: string,
): Promise<readonly Integration[]> {
  const named = await Promise.all([...new Set(ids)].map((id) => showIntegration(id, state)));
  const gone = named.find(({ connected }) => !connected);
  if (gone !== undefined) throw new UsageError(`${gone.id} is disconnected: connect it again to scan it`);
  const integrations =
    ids.length > 0 ? named : (await listIntegrations(state)).filter(({ connected }) => connected);
  if (integrations.length > 0) return integrations;
  throw new UsageError(`nothing is connected in ${path}: connect a registry with backline connect`);
}

/** One that cannot be looked through holds up no other. */
async function scanAll(
  integrations: readonly Integration[],
  options: ScanIntegrationOptions,
): Promise<readonly IntegrationScan[]> {
  const progress = progressOn(process.stderr, false);
  const scans: IntegrationScan[] = [];
  try {
    for (const integration of integrations) {
      const { id } = integration;
      const onProgress = (step: IntegrationProgress): void => progress.show(`${id}: ${describe(step)}`);
      try {
        scans.push({ id, scanned: await scanIntegration(integration, { ...options, onProgress }) });
      } catch (error) {
        if (!(error instanceof AppError) || options.signal?.aborted) throw error;
        scans.push({ id, error });
      }
    }
  } finally {
    progress.clear();
  }
  return scans;
}

function describe(step: IntegrationProgress): string {
  return step.stage === 'listing' ? 'listing images' : `${step.done + 1} of ${step.of}, ${step.image}`;
}

async function prepareFolder(folder: string | undefined): Promise<void> {
  if (folder === '') throw new UsageError('--reports names no folder');
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`cannot write reports to ${folder}: ${reasonOf(error)}`);
  });
}

async function copyReports(
  scans: readonly IntegrationScan[],
  objects: ObjectStore,
  folder: string,
): Promise<void> {
  for (const { digest, record } of scans.flatMap((one) => ('scanned' in one ? one.scanned.images : []))) {
    const report = record?.status === 'scanned' ? await objects.get(reportKey(digest)) : undefined;
    if (report === undefined) continue;
    const path = join(folder, `${digest.replace(':', '-')}.json`);
    await writeFile(path, gunzipSync(report.bytes)).catch((error: unknown) => {
      throw new Error(`cannot write the report to ${path}: ${reasonOf(error)}`);
    });
  }
}
