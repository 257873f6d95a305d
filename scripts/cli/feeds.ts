import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  DEFAULT_AMAZON_MIRROR,
  DEFAULT_EPSS_URL,
  DEFAULT_KEV_URL,
  DEFAULT_OSV_MIRROR,
} from '../../lambda/vulnerabilities/index.ts';
import { reasonOf, UsageError } from './failure.ts';

/** Options that say where advisories come from and where their database is. */
export type FeedFlags = {
  readonly db: string;
  readonly mirror: string;
  readonly amazonMirror: string;
  readonly epssUrl: string;
  readonly kevUrl: string;
};

/** `BACKLINE_DB`, else a folder in the user's cache (https://specifications.freedesktop.org/basedir-spec/latest/). */
export function defaultDatabase(env: NodeJS.ProcessEnv): string {
  return env['BACKLINE_DB'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'backline', 'db');
}

/** `--db`. */
export function withDatabaseOption(command: Command): Command {
  return command.option(
    '--db <dir>',
    'folder of the advisory database (BACKLINE_DB)',
    defaultDatabase(process.env),
  );
}

/** `--db` and the addresses of all feeds. */
export function withFeedOptions(command: Command): Command {
  return withDatabaseOption(command)
    .option('--mirror <url>', 'OSV mirror, https: or file:', DEFAULT_OSV_MIRROR)
    .option('--amazon-mirror <url>', 'Amazon Linux repositories, https: or file:', DEFAULT_AMAZON_MIRROR)
    .option('--epss-url <url>', 'EPSS scores, https: or file:', DEFAULT_EPSS_URL)
    .option(
      '--kev-url <url>',
      'catalogue of known exploited vulnerabilities, https: or file:',
      DEFAULT_KEV_URL,
    );
}

/** `--offline` and `--max-db-age`: when the database is brought up to date. */
export function withAgeOptions(command: Command): Command {
  return command
    .option('--offline', 'use the advisory database as it is')
    .option('--max-db-age <hours>', 'fetch advisories again, or warn, when older', '24');
}

/** The flags as the advisory stage takes them. */
export function feedsOf(flags: FeedFlags) {
  const { db: directory, mirror, amazonMirror, epssUrl, kevUrl } = flags;
  return { directory, mirror, amazonMirror, epssUrl, kevUrl };
}

/** Throws `UsageError` when there can be no folder of this name, because a file is in its way. */
export async function checkDatabaseFolder(directory: string): Promise<void> {
  if (directory === '') throw new UsageError('--db names no folder');
  for (let path = resolve(directory); ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() || path === dirname(path)) return;
    if (found !== undefined)
      throw new UsageError(`the advisory database cannot be in ${directory}: ${path} is a file`);
  }
}

/** The error of an update that could not write to its folder, in words that say what to do; undefined for any other. */
export function databaseTrouble(error: unknown, directory: string): Error | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_SQLITE_ERROR' && path?.startsWith(directory) !== true) return undefined;
  return new Error(
    `the advisory database in ${directory} cannot be written: ${reasonOf(error)}; name another folder with --db, or scan with --offline`,
  );
}
