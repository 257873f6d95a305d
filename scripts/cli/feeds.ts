import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import {
  DEFAULT_AMAZON_MIRROR,
  DEFAULT_EPSS_URL,
  DEFAULT_KEV_URL,
  DEFAULT_OSV_MIRROR,
} from '../../lambda/vulnerabilities/index.ts';

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
  return env['BACKLINE_DB'] ?? join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'backline', 'db');
}

export function withFeedOptions(command: Command): Command {
  return command
    .option('--db <dir>', 'folder of the advisory database (BACKLINE_DB)', defaultDatabase(process.env))
    .option('--mirror <url>', 'OSV mirror, https: or file:', DEFAULT_OSV_MIRROR)
    .option('--amazon-mirror <url>', 'Amazon Linux repositories, https: or file:', DEFAULT_AMAZON_MIRROR)
    .option('--epss-url <url>', 'EPSS scores, https: or file:', DEFAULT_EPSS_URL)
    .option(
      '--kev-url <url>',
      'catalogue of known exploited vulnerabilities, https: or file:',
      DEFAULT_KEV_URL,
    );
}

/** The flags as the advisory stage takes them. */
export function feedsOf(flags: FeedFlags) {
  const { db: directory, mirror, amazonMirror, epssUrl, kevUrl } = flags;
  return { directory, mirror, amazonMirror, epssUrl, kevUrl };
}
