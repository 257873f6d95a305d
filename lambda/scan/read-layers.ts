import {
  type ImageLayer,
  type LayerLimits,
  type LayerResult,
  type Overlay,
  overlayLayers,
  type Reread,
  readLayer,
} from '../image/index.ts';
import type { Cataloger, CatalogerOutput } from '../packages/index.ts';
import type { ImageSource } from '../registry/index.ts';
import type { LayerCache, LayerKey } from './layer-cache.ts';
import { type AnalyseProgress, type LayerProgress, layerProgress } from './layer-progress.ts';
import { inParallel } from './parallel.ts';

type Result = LayerResult<CatalogerOutput>;

/** How layers are read. */
export type LayerReading = {
  readonly catalogers: readonly Cataloger[];
  /** Results by layer digest, shared by the images of one run. */
  readonly known: Map<string, Result>;
  /** Results of earlier runs. */
  readonly cache?: LayerCache;
  readonly limits: LayerLimits;
  /** When time is up, on the steady clock. */
  readonly deadline: number;
  readonly onProgress?: (progress: AnalyseProgress) => void;
  readonly signal?: AbortSignal;
};

/** Layers read at the same time: inflating is done by other threads, so that three keep two cores busy. */
const LAYERS_AT_ONCE = 3;
/** Fetching what is known waits more than it works. */
const LOOKUPS_AT_ONCE = 8;

/** Reads the layers that nobody read before into `known`. Gives their digests, and the stored bytes pulled for it. */
export async function readNewLayers(
  source: ImageSource,
  layers: readonly ImageLayer[],
  reading: LayerReading,
): Promise<{ readonly digests: ReadonlySet<string>; readonly bytes: number }> {
  const { known, cache, onProgress, signal } = reading;
  const missing = [...new Map(layers.map((layer) => [layer.digest, layer])).values()].filter(
    ({ digest }) => !known.has(digest),
  );
  await inParallel(
    missing,
    LOOKUPS_AT_ONCE,
    async ({ digest }) => {
      const found = await cache?.get({ digest });
      if (found !== undefined) known.set(digest, found);
    },
    signal,
  );
  const fresh = missing.filter(({ digest }) => !known.has(digest));
  const progress = layerProgress(fresh, onProgress);
  await inParallel(
    fresh,
    LAYERS_AT_ONCE,
    async (layer, abort) => {
      const result = await readOne(source, layer, reading, abort, { progress });
      known.set(layer.digest, result);
      await cache?.put({ digest: layer.digest }, result);
      progress.done();
    },
    signal,
  );
  const bytes = fresh.reduce((sum, { size }) => sum + size, 0);
  return { digests: new Set(fresh.map(({ digest }) => digest)), bytes };
}

/** The overlay of an image's layers, with the files that only links made wanted: those layers are read once more for them. */
export async function completeView(
  source: ImageSource,
  layers: readonly ImageLayer[],
  results: readonly Result[],
  reading: LayerReading,
): Promise<{ view: Overlay<CatalogerOutput>; results: readonly Result[]; bytes: number; dropped: number }> {
  const first = overlayLayers(results, reading.catalogers);
  if (first.rereads.length === 0) return { view: first, results, bytes: 0, dropped: 0 };
  let bytes = 0;
  const completed = results.map((result) => ({
    ...result,
    files: [...result.files],
    problems: [...result.problems],
  }));
  for (const [from, wanted] of Map.groupBy(first.rereads, (reread) => reread.from)) {
    const again = await readAgain(source, layers[from] as ImageLayer, wanted, reading);
    bytes += again.bytes;
    const found = new Map(again.result.files.map((file) => [fileKey(file), file]));
    for (const { path, analyzer, to } of wanted) {
      const file = found.get(fileKey({ path, analyzer }));
      if (file !== undefined) completed[to.layer]?.files.push({ ...file, path: to.path });
    }
    // The second pass may end where the first did not: what it did not reach is missing too.
    const known = new Set(completed[from]?.problems.map(({ code }) => code));
    completed[from]?.problems.push(...again.result.problems.filter(({ code }) => !known.has(code)));
  }
  const view = overlayLayers(completed, reading.catalogers);
  return { view, results: completed, bytes, dropped: first.rereadsDropped };
}

async function readAgain(
  source: ImageSource,
  layer: ImageLayer,
  wanted: readonly Reread[],
  reading: LayerReading,
): Promise<{ result: Result; bytes: number }> {
  const key = { digest: layer.digest, only: onlyThese(wanted) };
  const found = await reading.cache?.get(key);
  if (found !== undefined) return { result: found, bytes: 0 };
  const signal = reading.signal ?? new AbortController().signal;
  const result = await readOne(source, layer, reading, signal, key);
  await reading.cache?.put(key, result);
  return { result, bytes: layer.size };
}

async function readOne(
  source: ImageSource,
  layer: ImageLayer,
  reading: LayerReading,
  signal: AbortSignal,
  { only, progress }: Pick<LayerKey, 'only'> & { readonly progress?: LayerProgress },
): Promise<Result> {
  const { catalogers, deadline } = reading;
  const stored = await source.blob(layer, signal);
  const limits = { ...reading.limits, timeMs: Math.min(reading.limits.timeMs, deadline - performance.now()) };
  return await readLayer<CatalogerOutput>(progress?.counted(stored) ?? stored, {
    digest: layer.digest,
    size: layer.size,
    analyzers: catalogers,
    limits,
    ...(only === undefined
      ? {}
      : { choose: (path) => catalogers.filter(({ id }) => only.get(path)?.has(id) === true) }),
  });
}

function fileKey({ path, analyzer }: { readonly path: string; readonly analyzer: string }): string {
  return `${path}\0${analyzer}`;
}

/** Ids of the catalogers that want a path, by path. */
function onlyThese(wanted: readonly Reread[]): ReadonlyMap<string, ReadonlySet<string>> {
  const only = new Map<string, Set<string>>();
  for (const { path, analyzer } of wanted) only.set(path, (only.get(path) ?? new Set()).add(analyzer));
  return only;
}
