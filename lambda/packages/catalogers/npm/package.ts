import type { FoundPackage } from '../../package.ts';
import type { PackageJson } from './schema.ts';

const MAX_LICENSES = 32;
const MAX_LICENSE_LENGTH = 256;
/** npm drops these when it reads a version (`semver.clean`), and advisories never have them. */
const VERSION_PREFIX = /^[=v\s]+/;

/**
 * The package as its own package.json names it: for an alias (`"old": "npm:strip-ansi@5"`) the folder is called otherwise,
 * but advisories speak of `strip-ansi`. The name keeps its letters: `JSONStream` and `jsonstream` are two packages.
 */
export function toPackage(entry: PackageJson): FoundPackage {
  const version = entry.version.replace(VERSION_PREFIX, '');
  const licenses = licenseNames(entry);
  return {
    type: 'npm',
    name: entry.name,
    version: version === '' ? entry.version : version,
    ...(licenses.length === 0 ? {} : { licenses }),
  };
}

/** `"MIT"`, `{type}`, `[…]` and the older `licenses: [{type}]`, whatever is there. */
function licenseNames(entry: PackageJson): string[] {
  const names = [entry.license, entry.licenses].flat(1).map(licenseName);
  return [...new Set(names)].filter((name) => name !== '').slice(0, MAX_LICENSES);
}

function licenseName(value: unknown): string {
  if (typeof value === 'string') return value.trim().slice(0, MAX_LICENSE_LENGTH);
  if (typeof value !== 'object' || value === null) return '';
  const named = 'type' in value ? value.type : 'name' in value ? value.name : undefined;
  return typeof named === 'string' ? licenseName(named) : '';
}
