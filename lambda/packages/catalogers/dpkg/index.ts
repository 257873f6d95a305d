import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { debPackages } from '../../deb-package.ts';

const STATUS = 'var/lib/dpkg/status';

/** The packages dpkg calls installed. */
export const dpkg = {
  id: 'dpkg',
  version: 1,
  title: 'Debian packages',
  urls: ['https://www.debian.org/doc/debian-policy/ch-controlfields.html'],
  files: [STATUS],
  maxBytes: 64 * MiB,
  lookups: [STATUS],
  matches: (path) => path === STATUS,
  parse: (file) => debPackages(file, 'malformed'),
} as const satisfies Cataloger;
