import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseDatabase } from './parse.ts';

/** rpm's default, the place immutable systems and SUSE use, and that of ostree. */
const DIRECTORIES = ['var/lib/rpm/', 'usr/lib/sysimage/rpm/', 'usr/share/rpm/'] as const;
/** SQLite, NDB, Berkeley DB: rpm itself looks for them in this order. */
const NAMES = ['rpmdb.sqlite', 'Packages.db', 'Packages'] as const;
const DATABASES = DIRECTORIES.flatMap((directory) => NAMES.map((name) => `${directory}${name}`));
const WANTED: ReadonlySet<string> = new Set(DATABASES);

/** The packages of Red Hat, Fedora, SUSE, Amazon, Oracle, Azure Linux and their kin. */
export const rpm = {
  id: 'rpm',
  version: 1,
  title: 'RPM packages',
  urls: [
    'https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/docs/manual/format_header.md',
    'https://www.sqlite.org/fileformat.html',
    'https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/lib/backend/ndb/rpmpkg.c',
    'https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h',
  ],
  files: DATABASES,
  maxBytes: 256 * MiB,
  lookups: DATABASES,
  matches: (path) => WANTED.has(path),
  parse: parseDatabase,
} as const satisfies Cataloger;
