import type { Package } from '../../packages/index.ts';
import { normaliseGoToolchain } from '../../versions/index.ts';

/** The names under which Go's advisories speak of its own releases. https://go.dev/doc/security/vuln/database */
const GO_RELEASES: ReadonlySet<string> = new Set(['stdlib', 'toolchain']);
/** What the toolchain stamps on a main module that has no version: its own working copy. */
const GO_WORKING_COPY = /^(?:\(devel\)|v?0\.0\.0-\d{14}-[0-9a-f]{12}\+(?:[0-9A-Za-z.+-]*\.)?dirty)$/;

/**
 * The version of a language package as its ecosystem's advisories write it; empty when the package states none or one
 * that says nothing about its age: a working copy of a Go module, a development build of Go.
 */
export function installedVersion({
  type,
  name,
  version,
}: Pick<Package, 'type' | 'name' | 'version'>): string {
  if (type !== 'golang') return version;
  if (GO_RELEASES.has(name)) return normaliseGoToolchain(version) ?? '';
  return GO_WORKING_COPY.test(version) ? '' : version;
}
