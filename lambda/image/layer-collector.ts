import { type Problem } from '../shared/coverage.ts';
import { messageOf } from '../shared/errors.ts';
import type { AnalyzerResult, LayerAnalyzer } from './analyzer.ts';
import type { FileResult, LayerResult, Link } from './layer-result.ts';
import type { LayerLimits } from './limits.ts';
import { PathSet } from './path-set.ts';
import { ancestorsOf, baseName, joinPath, normalisePath, parentOf } from './paths.ts';
import type { EntrySink, TarEntry, TarHandler } from './tar/reader.ts';
import type { WantedContent } from './wanted-content.ts';
import { WantedEntry } from './wanted-entry.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** Which analyzers want a file of this path; several may. */
export type Chooser<Output> = (path: string, entry: TarEntry) => readonly LayerAnalyzer<Output>[];

/**
 * Sorts the entries of one layer into what is parsed, what the overlay must know, and what is skipped.
 * A path written twice counts as its last entry.
 * Whiteouts: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 */
export class LayerCollector<Output> implements TarHandler {
  readonly #choose: Chooser<Output>;
  readonly #limits: LayerLimits;
  readonly #files = new Map<string, FileResult<Output>[]>();
  readonly #symlinks = new Map<string, string>();
  readonly #hardlinks = new Map<string, string>();
  /** Folders above anything in the three maps: only an entry at one of these can bury something. */
  readonly #above = new Set<string>();
  readonly #whiteouts: string[] = [];
  readonly #opaques: string[] = [];
  readonly #problems = new Map<string, Problem>();
  /** The newest wanted entry; the only one that can be unfinished. */
  #open: WantedEntry<Output> | undefined;
  readonly #paths: PathSet;
  readonly #folders: PathSet;
  /** Parsers still at work; awaited by the reader between chunks. */
  pending: Promise<void>[] = [];
  /** Set when nothing further may be read. */
  stopped = false;
  #entries = 0;

  constructor(digest: string, choose: Chooser<Output>, limits: LayerLimits) {
    this.#choose = choose;
    this.#limits = limits;
    this.#paths = new PathSet(digest);
    this.#folders = new PathSet(digest);
  }

  entry(entry: TarEntry): EntrySink | undefined {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) {
      this.stop('limit-entries', `more than ${this.#limits.entries} entries`);
      return undefined;
    }
    const path = this.#pathOf(entry);
    if (path === undefined || path === '') return undefined;
    const name = baseName(path);
    if (name.startsWith(WHITEOUT)) {
      this.#whiteout(path, name);
      return undefined;
    }
    if (entry.kind === 'directory') {
      this.#forget(path, false);
      this.#folders.add(path);
      return undefined;
    }
    this.#forget(path, true);
    this.#paths.add(path);
    if (entry.kind === 'file') return this.#file(path, entry);
    if (entry.kind === 'symlink') this.#remember(this.#symlinks, path, entry.linkName);
    if (entry.kind === 'hardlink') this.#hardlink(path, entry);
    return undefined;
  }

  damage(code: 'malformed' | 'too-large', detail: string): void {
    this.stop(
      code === 'malformed' ? 'layer-malformed' : 'limit-metadata',
      `${detail}; the rest of the layer is not read`,
    );
  }

  /** Releases what an entry holds that was not read to its end. */
  close(): void {
    this.#open?.abandon();
  }

  /** Records why the rest of the layer is not read. */
  stop(code: string, detail: string): void {
    this.stopped = true;
    this.problem(code, detail);
  }

  /** Keeps the first problem of each code, so that a hostile layer cannot fill the report. */
  problem(code: string, detail: string, path?: string): void {
    const key = `${code} ${path ?? ''}`;
    if (!this.#problems.has(key) && this.#problems.size < 1000) {
      this.#problems.set(key, path === undefined ? { code, detail } : { code, detail, path });
    }
  }

  result(digest: string, analyzers: readonly LayerAnalyzer<Output>[], bytes: number): LayerResult<Output> {
    return {
      digest,
      analyzers: Object.fromEntries(analyzers.map(({ id, version }) => [id, version])),
      files: [...this.#files.values()].flat(),
      paths: this.#paths,
      folders: this.#folders,
      whiteouts: this.#whiteouts,
      opaques: this.#opaques,
      symlinks: links(this.#symlinks),
      hardlinks: links(this.#hardlinks),
      problems: [...this.#problems.values()],
      entries: this.#entries,
      bytes,
    };
  }

  #pathOf(entry: TarEntry): string | undefined {
    const path = normalisePath(entry.name);
    if (path === undefined) {
      this.problem('path-escape', 'an entry whose name climbs above the root is not part of the image');
    } else if (path.length > this.#limits.pathBytes || depthOf(path) > this.#limits.pathDepth) {
      this.problem(
        'limit-path',
        `a path of more than ${this.#limits.pathBytes} bytes or ${this.#limits.pathDepth} folders`,
      );
      return undefined;
    }
    return path;
  }

  #whiteout(path: string, name: string): void {
    if (this.#whiteouts.length + this.#opaques.length >= this.#limits.links) {
      this.problem('limit-links', `more than ${this.#limits.links} whiteouts`);
    } else if (name === OPAQUE) this.#opaques.push(parentOf(path));
    else if (name === WHITEOUT) this.problem('whiteout-invalid', 'a whiteout without a name', path);
    else this.#whiteouts.push(joinPath(parentOf(path), name.slice(WHITEOUT.length)));
  }

  #hardlink(path: string, entry: TarEntry): void {
    const target = normalisePath(entry.linkName);
    if (target === undefined || target === path) return;
    if (this.#choose(path, { ...entry, kind: 'file', size: 1 }).length > 0)
      this.#remember(this.#hardlinks, path, target);
  }

  #remember(links: Map<string, string>, path: string, target: string): void {
    if (links.size >= this.#limits.links) {
      this.problem('limit-links', `more than ${this.#limits.links} links`);
      return;
    }
    links.set(path, target);
    for (const folder of ancestorsOf(path)) this.#above.add(folder);
  }

  /** An earlier entry of this path is replaced; unless both are folders, so is everything below it. */
  #forget(path: string, withContent: boolean): void {
    this.#files.delete(path);
    this.#symlinks.delete(path);
    this.#hardlinks.delete(path);
    if (!withContent || !this.#above.has(path)) return;
    const below = `${path}/`;
    for (const kept of [this.#files, this.#symlinks, this.#hardlinks]) {
      for (const key of kept.keys()) if (key.startsWith(below)) kept.delete(key);
    }
    this.#above.delete(path);
  }

  #file(path: string, entry: TarEntry): EntrySink | undefined {
    const wanting = this.#choose(path, entry);
    if (wanting.length === 0 || entry.size === 0) return undefined;
    const readable = wanting.filter((analyzer) => {
      const code = entry.sparse
        ? 'sparse-unsupported'
        : entry.size > analyzer.maxBytes
          ? 'too-large'
          : undefined;
      if (code !== undefined && analyzer.accepts === undefined)
        this.#unread(path, analyzer, code, entry.size);
      return code === undefined || (analyzer.accepts !== undefined && !entry.sparse);
    });
    return readable.length === 0 ? undefined : this.#sink(path, entry, readable);
  }

  #unread(path: string, analyzer: LayerAnalyzer<Output>, code: string, size: number): void {
    const detail =
      code === 'too-large'
        ? `${size} bytes, at most ${analyzer.maxBytes} are read`
        : 'a sparse file is not read';
    this.#keep(path, { path, analyzer: analyzer.id, outputs: [], problems: [{ code, detail, path }] });
  }

  #sink(path: string, entry: TarEntry, wanting: readonly LayerAnalyzer<Output>[]): EntrySink {
    const file = { path, size: entry.size, mode: entry.mode };
    this.#open = new WantedEntry(file, wanting, this.#limits.memoryFileBytes, {
      tooLarge: (analyzer) => this.#unread(path, analyzer, 'too-large', entry.size),
      complete: (content, analyzers) => this.#parse(content, analyzers),
    });
    return this.#open;
  }

  #parse(content: WantedContent, analyzers: readonly LayerAnalyzer<Output>[]): void {
    const file = content.file();
    const waiting: Promise<void>[] = [];
    for (const analyzer of analyzers) {
      const keep = (result: AnalyzerResult<Output>): void => {
        if (result.outputs.length + result.problems.length > 0) {
          this.#keep(file.path, { path: file.path, analyzer: analyzer.id, ...result });
        }
      };
      const result = guarded(analyzer, () => analyzer.parse(file), file.path);
      if (result instanceof Promise) waiting.push(result.then(keep));
      else keep(result);
    }
    if (waiting.length === 0) content.release();
    else this.pending.push(Promise.all(waiting).then(() => content.release()));
  }

  #keep(path: string, result: FileResult<Output>): void {
    const results = this.#files.get(path);
    if (results !== undefined) {
      results.push(result);
      return;
    }
    this.#files.set(path, [result]);
    for (const folder of ancestorsOf(path)) this.#above.add(folder);
  }
}

/** A parser that throws all the same is a defect of ours: the file is reported as not read, the scan goes on. */
function guarded<Output>(
  analyzer: LayerAnalyzer<Output>,
  parse: () => AnalyzerResult<Output> | Promise<AnalyzerResult<Output>>,
  path: string,
): AnalyzerResult<Output> | Promise<AnalyzerResult<Output>> {
  const failed = (error: unknown): AnalyzerResult<Output> => ({
    outputs: [],
    problems: [{ code: 'analyzer-failed', detail: `${analyzer.id} failed: ${messageOf(error)}`, path }],
  });
  try {
    const result = parse();
    return result instanceof Promise ? result.catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}

function depthOf(path: string): number {
  let depth = 1;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) depth += 1;
  return depth;
}

function links(map: ReadonlyMap<string, string>): Link[] {
  return [...map].map(([path, target]) => ({ path, target }));
}
