import { type Command, Option } from 'commander';
import { databaseStatus, type UpdateSummary, updateDatabase } from '../../lambda/vulnerabilities/index.ts';
import { failureText, statusText, updateText } from './db-text.ts';
import { EXIT } from './failure.ts';
import {
  checkDatabaseFolder,
  databaseTrouble,
  type FeedFlags,
  feedsOf,
  withDatabaseOption,
  withFeedOptions,
} from './feeds.ts';
import { printed } from './output.ts';
import { progressOn } from './progress.ts';
import { collect, explainsUsage } from './usage.ts';

type UpdateFlags = FeedFlags & {
  readonly ecosystem: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
};
type StatusFlags = { readonly db: string; readonly json?: true; readonly verify?: true };

const HELP = `
Scans fetch the advisories they need by themselves; these commands prepare for
scans without a network, and show what there is.

Examples:
  $ backline db update
  $ backline db status`;

const UPDATE_HELP = `
Examples:
  $ backline db update
  $ backline db update --ecosystem Debian:12 --ecosystem npm
  $ backline db update --mirror file:/srv/osv --amazon-mirror file:/srv/amazon --db ./db

Only what changed since the last update is fetched. A feed that cannot be had
keeps its old state and is listed; the exit code is 3 then.`;

const STATUS_HELP = `
Examples:
  $ backline db status
  $ backline db status --verify --json

Exit code 3: no database, or a damaged one.`;

/** `backline db update` and `backline db status`. */
export function addDatabaseCommands(program: Command, signal: AbortSignal): void {
  const db = explainsUsage(program.command('db'), 'backline db')
    .summary('build, update and inspect the advisory database')
    .description('Builds, updates and inspects the advisory database.')
    .addHelpText('after', HELP);
  const update = explainsUsage(db.command('update'), 'backline db update')
    .summary('build the database, or bring it up to date')
    .description('Builds the advisory database, or brings it up to date with its feeds.')
    .addOption(
      new Option('--ecosystem <name>', 'only this one of OSV, or "Amazon Linux"; several times for several')
        .argParser(collect)
        .default([], 'all'),
    )
    .option('--json', 'the outcome as JSON')
    .option('--quiet', 'no progress');
  withFeedOptions(update)
    .addHelpText('after', UPDATE_HELP)
    .action(async (flags: UpdateFlags) => {
      process.exitCode = await runUpdate(flags, signal);
    });
  const status = explainsUsage(db.command('status'), 'backline db status')
    .summary('say what the database holds, and how old that is')
    .description('Says which advisories the database holds, from when, and how old they are.');
  withDatabaseOption(status)
    .option('--verify', 'read every file and compare its checksum')
    .option('--json', 'as JSON')
    .addHelpText('after', STATUS_HELP)
    .action(async (flags: StatusFlags) => {
      process.exitCode = await showStatus(flags);
    });
}

async function runUpdate(flags: UpdateFlags, signal: AbortSignal): Promise<number> {
  await checkDatabaseFolder(flags.db);
  const progress = progressOn(process.stderr, flags.quiet === true);
  let summary: UpdateSummary;
  try {
    summary = await updateDatabase({
      ...feedsOf(flags),
      ...(flags.ecosystem.length === 0 ? {} : { ecosystems: flags.ecosystem }),
      clock: () => new Date(),
      onProgress: ({ source, step, detail }) => progress.show(`${source}: ${step} ${detail ?? ''}`.trim()),
      signal,
    });
  } catch (error) {
    throw databaseTrouble(error, flags.db) ?? error;
  } finally {
    progress.clear();
  }
  await printed(flags.json === true ? jsonText(summary) : updateText(summary));
  const failure = failureText(summary);
  if (failure !== undefined) process.stderr.write(`backline: ${failure}\n`);
  return failure === undefined ? EXIT.ok : EXIT.failed;
}

async function showStatus(flags: StatusFlags): Promise<number> {
  await checkDatabaseFolder(flags.db);
  const status = await databaseStatus(flags.db, { clock: () => new Date(), verify: flags.verify === true });
  await printed(flags.json === true ? jsonText(status) : statusText(status, flags.db));
  return status.state === 'present' && status.damaged.length === 0 ? EXIT.ok : EXIT.failed;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
