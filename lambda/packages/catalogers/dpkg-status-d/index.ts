import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { debPackages } from '../../deb-package.ts';

const DIRECTORY = 'var/lib/dpkg/status.d/';

/** Debian packages of images built without dpkg (distroless): one file a package, nearly always without a Status. */
export const dpkgStatusD = {
  id: 'dpkg-status-d',
  version: 1,
  title: 'Debian packages of distroless images',
  urls: ['https://github.com/GoogleContainerTools/distroless/blob/main/PACKAGE_METADATA.md'],
  files: [`${DIRECTORY}*`],
  maxBytes: 4 * MiB,
  matches: (path) => path.startsWith(DIRECTORY) && isControl(path.slice(DIRECTORY.length)),
  parse: (file) => debPackages(file, 'installed'),
} as const satisfies Cataloger;

/** Beside the control files lie lists of checksums; they are read by the cataloger `dpkg-files`. */
function isControl(name: string): boolean {
  return name !== '' && !name.includes('/') && !name.endsWith('.md5sums') && !name.endsWith('.list');
}
