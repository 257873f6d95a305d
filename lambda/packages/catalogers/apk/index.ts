import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseInstalled } from './parse.ts';

/** The second path is where apk-tools keeps the database once `lib` is a link to `usr/lib`. */
const DATABASES = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'] as const;

/** The packages of Alpine, Wolfi and Chainguard, with the files they installed. */
export const apk = {
  id: 'apk',
  version: 1,
  title: 'Alpine packages',
  urls: ['https://wiki.alpinelinux.org/wiki/Apk_spec'],
  files: DATABASES,
  maxBytes: 128 * MiB,
  lookups: DATABASES,
  matches: (path) => path === DATABASES[0] || path === DATABASES[1],
  parse: parseInstalled,
} as const satisfies Cataloger;
