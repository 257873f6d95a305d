import type { ViewFile } from '../image/index.ts';
import type { CatalogerOutput } from './cataloger.ts';
import { OS_PACKAGE_TYPES } from './package.ts';

/**
 * Canonical path to the name of the OS package that installed it. Judged on the final view, so that a package database
 * rewritten in a late layer still owns the files of an early one; a path that leads through a link (`lib` to `usr/lib`)
 * is found by where it leads.
 */
export function ownersOf(
  files: readonly ViewFile<CatalogerOutput>[],
  resolve: (path: string) => string | undefined,
): ReadonlyMap<string, string> {
  const installed = new Set<string>();
  const claims: { owner: string; files: readonly string[] }[] = [];
  for (const { outputs } of files) {
    for (const output of outputs) {
      if (output.kind === 'ownership') claims.push({ owner: output.packageName, files: output.files });
      if (output.kind !== 'package' || !OS_PACKAGE_TYPES.has(output.package.type)) continue;
      installed.add(output.package.name);
      if (output.package.files) claims.push({ owner: output.package.name, files: output.package.files });
    }
  }
  const owners = new Map<string, string>();
  for (const { owner, files: claimed } of claims) {
    // dpkg keeps the file list of a package that was removed but not purged: it owns nothing any more.
    if (!installed.has(owner)) continue;
    for (const path of claimed) {
      const canonical = resolve(path);
      if (canonical !== undefined && !owners.has(canonical)) owners.set(canonical, owner);
    }
  }
  return owners;
}
