import type { ViewFile } from '../image/index.ts';
import type { CatalogerOutput } from './cataloger.ts';
import type { FoundPackage } from './package.ts';

/** Which layer brought a package, and which last changed its version. */
export type Attribution = { readonly introducedIn: number; readonly lastChangedIn: number };

/**
 * Answers for the packages of one file of the final view. Walking its contents from the newest to the oldest, a package was
 * introduced by the layer just above the newest one whose content lacks it: a package removed and installed again counts
 * from its second installation.
 */
export function attributor(file: ViewFile<CatalogerOutput>): (found: FoundPackage) => Attribution {
  const contents = file.history.map(({ layer, outputs }) => ({ layer, ...keysOf(outputs ?? []) }));
  const since = (has: (content: (typeof contents)[number]) => boolean): number => {
    let layer = file.layer;
    for (const content of contents) {
      if (!has(content)) break;
      layer = content.layer;
    }
    return layer;
  };
  return (found) => ({
    introducedIn: since(({ names }) => names.has(nameKey(found))),
    lastChangedIn: since(({ versions }) => versions.has(versionKey(found))),
  });
}

function keysOf(outputs: readonly CatalogerOutput[]): { names: Set<string>; versions: Set<string> } {
  const names = new Set<string>();
  const versions = new Set<string>();
  for (const output of outputs) {
    if (output.kind !== 'package') continue;
    names.add(nameKey(output.package));
    versions.add(versionKey(output.package));
  }
  return { names, versions };
}

function nameKey({ name, arch, innerPath }: FoundPackage): string {
  return `${name}\0${arch ?? ''}\0${innerPath ?? ''}`;
}

function versionKey(found: FoundPackage): string {
  return `${nameKey(found)}\0${found.version}`;
}
