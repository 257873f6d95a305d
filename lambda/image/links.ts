import { MAX_LINK_DEPTH } from './limits.ts';
import { joinPath, parentOf } from './paths.ts';

/** Symbolic links of a view: canonical path of the link to its target as written. */
export type Symlinks = ReadonlyMap<string, string>;

/**
 * The canonical path that `path` leads to inside the image: absolute targets start at its root, `..` stops there.
 * Undefined on a loop or after 40 links. `followLast` false leaves a link in the last segment as it is (lstat).
 */
export function resolvePath(path: string, symlinks: Symlinks, followLast: boolean): string | undefined {
  if (symlinks.size === 0 && !path.includes('..')) return path;
  const todo = path.split('/').toReversed();
  let resolved = '';
  let followed = 0;
  for (let segment = todo.pop(); segment !== undefined; segment = todo.pop()) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      resolved = parentOf(resolved);
      continue;
    }
    const next = joinPath(resolved, segment);
    const target = todo.length > 0 || followLast ? symlinks.get(next) : undefined;
    if (target === undefined) {
      resolved = next;
      continue;
    }
    followed += 1;
    if (followed > MAX_LINK_DEPTH || todo.length > MAX_PENDING_SEGMENTS) return undefined;
    if (target.startsWith('/')) resolved = '';
    todo.push(...target.split('/').toReversed());
  }
  return resolved;
}

/** Targets may be 4 KiB each: without a bound, 40 of them make a path nobody can open. */
const MAX_PENDING_SEGMENTS = 4096;
