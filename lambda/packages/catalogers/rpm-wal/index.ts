import { GiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parsePendingLog } from './parse.ts';

const LOGS = [
  'var/lib/rpm/rpmdb.sqlite-wal',
  'usr/lib/sysimage/rpm/rpmdb.sqlite-wal',
  'usr/share/rpm/rpmdb.sqlite-wal',
] as const;
const WANTED: ReadonlySet<string> = new Set(LOGS);

/** A log header of 32 bytes; the first change has 24 more and a page. */
const EMPTY_LOG_BYTES = 56;

/**
 * Changes of an rpm database that SQLite keeps beside it. rpm leaves the log empty when it ends in order, and images of the
 * Fedora family have such an empty one; a log with content means that the database file may be behind.
 */
export const rpmWal = {
  id: 'rpm-wal',
  version: 1,
  title: 'Write-ahead log of an RPM database (reported, not read)',
  urls: ['https://www.sqlite.org/fileformat.html#the_write_ahead_log'],
  files: LOGS,
  maxBytes: GiB,
  matches: (path, facts) => facts.size > EMPTY_LOG_BYTES && WANTED.has(path),
  parse: parsePendingLog,
} as const satisfies Cataloger;
