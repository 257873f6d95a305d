import type { LayerAnalyzer } from './analyzer.ts';
import { hiddenBy, layerHolding, spellings } from './hiding.ts';
import type { FileResult, LayerResult } from './layer-result.ts';
import { MAX_REREADS } from './limits.ts';
import { resolvePath } from './links.ts';
import { ancestorsOf } from './paths.ts';
import type { ViewFile } from './view.ts';

/** A file that turned out to be wanted only because a link leads to it: read `path` of layer `from` with `analyzer`. */
export type Reread = {
  readonly from: number;
  readonly path: string;
  readonly analyzer: string;
  /** Where the result belongs: as this path of this layer. */
  readonly to: { readonly layer: number; readonly path: string };
};

export type Overlay<Output> = {
  readonly files: readonly ViewFile<Output>[];
  readonly rereads: readonly Reread[];
  /** More files are wanted through links than are read again. */
  readonly rereadsDropped: number;
  /** Some folder has more links to it than were followed backwards: replaced files may still be shown. */
  readonly aliasesDropped: boolean;
  /** The canonical path that `path` leads to in the final view, its last link followed; undefined on a loop. */
  readonly resolve: (path: string) => string | undefined;
};

/** What is assumed of a file of which only a link is seen. */
const LINK_FACTS = { size: 1, mode: 0o755 };

type Content<Output> = { readonly layer: number; readonly results: readonly FileResult<Output>[] };
type History<Output> = { readonly layer: number; readonly outputs: readonly Output[] | undefined }[];

/**
 * The final view of layers laid over each other, base first, with what each path held before.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
 * Pass the results again, completed by the `rereads` it asks for, to have files behind links in the view too.
 */
export function overlayLayers<Output>(
  layers: readonly LayerResult<Output>[],
  analyzers: readonly LayerAnalyzer<Output>[],
): Overlay<Output> {
  const view = new View<Output>();
  const wanted: Reread[] = [];
  layers.forEach((layer, index) => {
    view.remove(layer, index);
    view.add(layer, index);
    wanted.push(...view.addHardlinks(layers, index, analyzers));
  });
  wanted.push(...view.behindSymlinks(layers, analyzers));
  return {
    files: view.files(),
    rereads: wanted.slice(0, MAX_REREADS),
    rereadsDropped: Math.max(0, wanted.length - MAX_REREADS),
    aliasesDropped: view.aliasesDropped,
    resolve: (path) => view.resolve(path),
  };
}

class View<Output> {
  readonly #live = new Map<string, Content<Output>>();
  readonly #symlinks = new Map<string, string>();
  readonly #history = new Map<string, History<Output>>();
  /** A folder has more links to it than are tried: what is written through them may not be seen. */
  aliasesDropped = false;

  /** Takes away what the layer hides or replaces, before its own entries are added. */
  remove(layer: LayerResult<Output>, index: number): void {
    if (index === 0) return;
    const hidden = hiddenBy(layer, this.#symlinks);
    const aliases = this.#aliases();
    const isGone = (path: string): boolean => {
      if (hidden.exact.has(path) || hidden.below.has('')) return true;
      for (const name of spellings(path, aliases))
        if (layer.paths.has(name) || layer.folders.has(name)) return true;
      for (const folder of ancestorsOf(path)) {
        if (hidden.exact.has(folder) || hidden.below.has(folder)) return true;
        for (const name of spellings(folder, aliases)) if (layer.paths.has(name)) return true;
      }
      return false;
    };
    for (const path of this.#live.keys()) {
      if (!isGone(path)) continue;
      this.#note(path, index, this.#live.get(path)?.results ?? [], undefined);
      this.#live.delete(path);
    }
    for (const path of this.#symlinks.keys()) if (isGone(path)) this.#symlinks.delete(path);
  }

  add(layer: LayerResult<Output>, index: number): void {
    for (const { path, target } of layer.symlinks) {
      const canonical = resolvePath(path, this.#symlinks, false);
      if (canonical !== undefined) this.#symlinks.set(canonical, target);
    }
    const byPath = Map.groupBy(layer.files, ({ path }) => resolvePath(path, this.#symlinks, false));
    for (const [path, results] of byPath) if (path !== undefined) this.#put(path, index, results);
  }

  /** A hard link holds what its target held at that point; a target that was not parsed has to be read again. */
  addHardlinks(
    layers: readonly LayerResult<Output>[],
    index: number,
    analyzers: readonly LayerAnalyzer<Output>[],
  ): Reread[] {
    const rereads: Reread[] = [];
    const layer = layers[index] as LayerResult<Output>;
    for (const { path, target } of layer.hardlinks) {
      const canonical = resolvePath(path, this.#symlinks, false);
      const source = resolvePath(target, this.#symlinks, false);
      if (canonical === undefined || source === undefined || this.#live.get(canonical)?.layer === index)
        continue;
      const content = this.#live.get(source);
      if (content !== undefined) {
        const results = content.results.map((result) => renamed(result, canonical));
        this.#put(canonical, index, results);
        continue;
      }
      const from = layerHolding(layers, index, source, this.#symlinks);
      if (from === undefined) continue;
      const to = { layer: index, path: canonical };
      for (const analyzer of analyzers) {
        if (analyzer.matches(path, LINK_FACTS))
          rereads.push({ from, path: source, analyzer: analyzer.id, to });
      }
    }
    return rereads;
  }

  /** Files that an analyzer looks up by exact path, or in a linked folder, and that only a symbolic link leads to. */
  behindSymlinks(
    layers: readonly LayerResult<Output>[],
    analyzers: readonly LayerAnalyzer<Output>[],
  ): Reread[] {
    const rereads: Reread[] = [];
    const want = (path: string, analyzer: LayerAnalyzer<Output>): void => {
      const target = resolvePath(path, this.#symlinks, true);
      if (target === undefined || target === path || this.#reads(target, analyzer.id)) return;
      const from = layerHolding(layers, layers.length - 1, target, this.#symlinks);
      if (from !== undefined) {
        rereads.push({ from, path: target, analyzer: analyzer.id, to: { layer: from, path: target } });
      }
    };
    for (const analyzer of analyzers) {
      for (const path of analyzer.lookups ?? []) want(path, analyzer);
      for (const name of analyzer.linkedFiles ?? []) {
        for (const link of this.#symlinks.keys()) {
          const path = `${link}/${name}`;
          if (analyzer.matches(path, LINK_FACTS)) want(path, analyzer);
        }
      }
    }
    return rereads;
  }

  resolve(path: string): string | undefined {
    return resolvePath(path, this.#symlinks, true);
  }

  files(): ViewFile<Output>[] {
    const files: ViewFile<Output>[] = [];
    for (const [path, { layer, results }] of this.#live) {
      for (const { analyzer, outputs, problems } of results) {
        const history = (this.#history.get(`${path}\0${analyzer}`) ?? []).toReversed();
        files.push({ path, analyzer, layer, outputs, problems, history });
      }
    }
    return files;
  }

  #reads(path: string, analyzer: string): boolean {
    return this.#live.get(path)?.results.some((result) => result.analyzer === analyzer) ?? false;
  }

  #put(path: string, layer: number, results: readonly FileResult<Output>[]): void {
    this.#live.set(path, { layer, results });
    this.#note(path, layer, results, results);
  }

  #note(
    path: string,
    layer: number,
    analyzers: readonly FileResult<Output>[],
    results: readonly FileResult<Output>[] | undefined,
  ): void {
    for (const { analyzer, outputs } of analyzers) {
      const key = `${path}\0${analyzer}`;
      const history = this.#history.get(key) ?? [];
      // Hidden and written again by the same layer: replaced.
      if (history.at(-1)?.layer === layer) history.pop();
      history.push({ layer, outputs: results === undefined ? undefined : outputs });
      this.#history.set(key, history);
    }
  }

  /** Folder to the links that lead to it: a layer may write below a link and mean the folder. */
  #aliases(): Map<string, string[]> {
    const folders = new Set<string>();
    for (const path of this.#live.keys()) for (const folder of ancestorsOf(path)) folders.add(folder);
    const aliases = new Map<string, string[]>();
    for (const link of this.#symlinks.keys()) {
      const target = resolvePath(link, this.#symlinks, true);
      if (target === undefined || !folders.has(target)) continue;
      const links = aliases.get(target) ?? [];
      if (links.length < MAX_ALIASES) links.push(link);
      else this.aliasesDropped = true;
      aliases.set(target, links);
    }
    return aliases;
  }
}

function renamed<Output>(result: FileResult<Output>, path: string): FileResult<Output> {
  return { path, analyzer: result.analyzer, outputs: result.outputs, problems: result.problems };
}

/** Links to one folder that are tried; images have one or two. */
const MAX_ALIASES = 64;
