import type { LayerResult } from './layer-result.ts';
import { resolvePath, type Symlinks } from './links.ts';
import { ancestorsOf } from './paths.ts';

/** Canonical paths that a layer's markers hide in lower layers: `exact` with all below, `below` without the folder itself. */
export function hiddenBy(
  layer: Pick<LayerResult<unknown>, 'whiteouts' | 'opaques'>,
  symlinks: Symlinks,
): { exact: Set<string>; below: Set<string> } {
  const canonical = (path: string, followLast: boolean): string =>
    resolvePath(path, symlinks, followLast) ?? path;
  return {
    exact: new Set(layer.whiteouts.map((path) => canonical(path, false))),
    // The marker lies inside the folder it speaks of: a link to that folder is followed.
    below: new Set(layer.opaques.map((path) => canonical(path, true))),
  };
}

/** The path itself, and what a layer may call it that writes through links. */
export function* spellings(path: string, aliases: ReadonlyMap<string, readonly string[]>): Generator<string> {
  yield path;
  for (const folder of ancestorsOf(path)) {
    for (const link of aliases.get(folder) ?? []) yield link + path.slice(folder.length);
  }
}

/** The newest layer at or below `top` whose entry `path` still is; undefined when the path does not exist there. */
export function layerHolding(
  layers: readonly LayerResult<unknown>[],
  top: number,
  path: string,
  symlinks: Symlinks,
): number | undefined {
  for (let index = top; index >= 0; index -= 1) {
    const layer = layers[index] as LayerResult<unknown>;
    if (layer.paths.has(path)) return index;
    const hidden = hiddenBy(layer, symlinks);
    if (hidden.exact.has(path) || layer.folders.has(path)) return undefined;
    for (const folder of ancestorsOf(path)) {
      if (hidden.exact.has(folder) || hidden.below.has(folder) || layer.paths.has(folder)) return undefined;
    }
  }
  return undefined;
}
