import type { FoundPackage } from '../../package.ts';
import type { InstalledPackage } from './schema.ts';

const MAX_LICENSES = 32;
const MAX_LICENSE_LENGTH = 256;

/**
 * Packagist names are lower case, whatever an older composer.json says. The version stays as written (`v1.2.3`, `dev-main`):
 * advisories enumerate versions as authors tagged them, and Composer's own order ignores a leading `v`.
 */
export function toPackage(entry: InstalledPackage): FoundPackage {
  const licenses = [entry.license]
    .flat(1)
    .slice(0, MAX_LICENSES)
    .filter((license) => typeof license === 'string')
    .map((license) => license.trim().slice(0, MAX_LICENSE_LENGTH))
    .filter((license) => license !== '');
  return {
    type: 'composer',
    name: entry.name.toLowerCase(),
    version: entry.version,
    ...(licenses.length === 0 ? {} : { licenses: [...new Set(licenses)] }),
  };
}
