import type { Command } from 'commander';
import { safeText } from '../../lambda/shared/text.ts';
import { DAY_MS, formatBytes, HOUR_MS } from '../../lambda/shared/units.ts';
import {
  type DatabaseStatus,
  databaseStatus,
  type UpdateSummary,
  updateDatabase,
} from '../../lambda/vulnerabilities/index.ts';
import { EXIT } from './failure.ts';
import { defaultDatabase, type FeedFlags, feedsOf, withFeedOptions } from './feeds.ts';
import { printed } from './output.ts';
import { progressOn } from './progress.ts';

type UpdateFlags = FeedFlags & {
  readonly ecosystem: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
};
type StatusFlags = { readonly db: string; readonly json?: true; readonly verify?: true };

const UPDATE_EXAMPLES = `
Examples:
  $ backline db update
  $ backline db update --ecosystem Debian:12 --ecosystem npm
  $ backline db update --mirror file:/srv/osv --amazon-mirror file:/srv/amazon --db ./db

Only what changed since the last update is fetched. A feed that cannot be had keeps its old state and is listed;
the exit code is 3 then.`;

/** `backline db update` and `backline db status`. */
export function addDatabaseCommands(program: Command, signal: AbortSignal): void {
  const db = program.command('db').summary('build, update and inspect the advisory database');
  const update = db
    .command('update')
    .description('Builds the advisory database, or brings it up to date with its feeds.')
    .option(
      '--ecosystem <name>',
      'only this OSV ecosystem, or "Amazon Linux"; several times for several',
      collect,
      [],
    )
    .option('--json', 'the outcome as JSON')
    .option('--quiet', 'no progress');
  withFeedOptions(update).addHelpText('after', UPDATE_EXAMPLES);
  update.action(async (flags: UpdateFlags) => {
    process.exitCode = await runUpdate(flags, signal);
  });
  db.command('status')
    .description('Says which advisories the database holds, from when, and how old they are.')
    .option('--db <dir>', 'folder of the advisory database (BACKLINE_DB)', defaultDatabase(process.env))
    .option('--verify', 'read every file and compare its checksum')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ backline db status\n  $ backline db status --verify --json\n\nExit code 3: no database, or a damaged one.',
    )
    .action(async (flags: StatusFlags) => {
      process.exitCode = await showStatus(flags);
    });
}

async function runUpdate(flags: UpdateFlags, signal: AbortSignal): Promise<number> {
  const progress = progressOn(process.stderr, flags.quiet === true);
  let summary: UpdateSummary;
  try {
    summary = await updateDatabase({
      ...feedsOf(flags),
      ...(flags.ecosystem.length === 0 ? {} : { ecosystems: flags.ecosystem }),
      clock: () => new Date(),
      onProgress: ({ source, step, detail }) => progress.show(`${source}: ${step} ${detail ?? ''}`),
      signal,
    });
  } finally {
    progress.clear();
  }
  await printed(flags.json === true ? `${JSON.stringify(summary, null, 2)}\n` : describeUpdate(summary));
  return summary.failures.length === 0 ? EXIT.ok : EXIT.failed;
}

function describeUpdate({ updated, unchanged, failures, bytesDownloaded }: UpdateSummary): string {
  const lines = updated.map(({ source, shards, packages, records }) => {
    const names = packages.reduce((sum, { names }) => sum + names.length, 0);
    return `${source}: ${records.added} records added, ${records.changed} changed, ${records.removed} gone; ${shards.length} shards written, ${names} packages touched`;
  });
  if (unchanged.length > 0) lines.push(`unchanged: ${unchanged.join(', ')}`);
  for (const { source, detail, code } of failures)
    lines.push(`FAILED ${source}, old state kept: ${safeText(detail)} [${code}]`);
  lines.push(`${formatBytes(bytesDownloaded)} fetched`);
  return `${lines.join('\n')}\n`;
}

async function showStatus(flags: StatusFlags): Promise<number> {
  const status = await databaseStatus(flags.db, { clock: () => new Date(), verify: flags.verify === true });
  await printed(
    flags.json === true ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status, flags.db),
  );
  return status.state === 'present' && status.damaged.length === 0 ? EXIT.ok : EXIT.failed;
}

function describeStatus(status: DatabaseStatus, directory: string): string {
  if (status.state === 'missing') return `no advisory database in ${directory}: run backline db update\n`;
  if (status.state === 'invalid')
    return `the advisory database in ${directory} cannot be used: ${safeText(status.detail)}\n`;
  const rows = status.sources.map(({ id, records, shards, newest, ageMs, problems }) => {
    const trouble = problems.count === 0 ? '' : `, ${problems.count} not taken whole`;
    return `${id.padEnd(20)} ${String(records).padStart(7)} records in ${shards.length} shards, newest ${newest ?? 'unknown'}, checked ${age(ageMs)} ago${trouble}`;
  });
  const damaged = status.damaged.map((file) => `DAMAGED ${file}: run backline db update`);
  return `${directory}\nbuilt ${status.builtAt}, ${formatBytes(status.bytes)}\n${[...rows, ...damaged].join('\n')}\n`;
}

function age(ms: number): string {
  return ms < 2 * DAY_MS ? `${(ms / HOUR_MS).toFixed(1)} hours` : `${Math.floor(ms / DAY_MS)} days`;
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
