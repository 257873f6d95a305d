import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { ownerOf, parseFileList } from './parse.ts';

/** Which files Debian packages installed; they tell language packages that came with an OS package. */
export const dpkgFiles = {
  id: 'dpkg-files',
  version: 1,
  title: 'Files of Debian packages',
  urls: ['https://man7.org/linux/man-pages/man5/deb-md5sums.5.html'],
  files: ['var/lib/dpkg/info/*.list', 'var/lib/dpkg/status.d/*.md5sums'],
  maxBytes: 16 * MiB,
  matches: (path) => ownerOf(path) !== undefined,
  parse: parseFileList,
} as const satisfies Cataloger;
