import {
  DEFAULT_LAYER_LIMITS,
  type Image,
  type ImageLayer,
  isForeignLayer,
  type LayerLimits,
  type LayerResult,
  layerCompression,
  overlayLayers,
  type Reread,
  readLayer,
} from '../image/index.ts';
import { type Cataloger, type CatalogerOutput, type Inventory, takeInventory } from '../packages/index.ts';
import type { ImageSource } from '../registry/index.ts';
import type { Coverage } from '../shared/coverage.ts';
import { HOUR_MS } from '../shared/units.ts';
import { type AnalyseProgress, type LayerProgress, layerProgress } from './layer-progress.ts';
import { inParallel } from './parallel.ts';

export type AnalyseOptions = {
  readonly catalogers: readonly Cataloger[];
  /** Results by layer digest, shared by the images of one run: a layer is pulled and analysed once. */
  readonly known: Map<string, LayerResult<CatalogerOutput>>;
  readonly limits?: LayerLimits;
  /** Most milliseconds for all layers of the image, an hour when absent; what is not read by then is reported. */
  readonly timeMs?: number;
  readonly onProgress?: (progress: AnalyseProgress) => void;
  readonly signal?: AbortSignal;
};

/** The options, and when time is up on the steady clock. */
type Run = AnalyseOptions & { readonly limits: LayerLimits; readonly deadline: number };

export type Analysis = Inventory & {
  /** Entries of each layer, base first; undefined where a layer was not read. */
  readonly entries: readonly (number | undefined)[];
  /** Stored bytes fetched for this image. */
  readonly bytesPulled: number;
  readonly layersReused: number;
};

/** Layers read at the same time: inflating is done by other threads, so that three keep two cores busy. */
const LAYERS_AT_ONCE = 3;
const IMAGE_TIME_MS = 1 * HOUR_MS;

/** Reads every layer of an image that is not known yet, and lists what its final view holds. */
export async function analyseImage(
  source: ImageSource,
  image: Image,
  options: AnalyseOptions,
): Promise<Analysis> {
  const deadline = performance.now() + (options.timeMs ?? IMAGE_TIME_MS);
  const run: Run = { ...options, limits: options.limits ?? DEFAULT_LAYER_LIMITS, deadline };
  const coverage: Coverage[] = image.contradictions.map((detail) => ({
    subject: 'image',
    name: image.manifestDigest,
    outcome: 'partial',
    reason: 'layers-contradict',
    detail,
  }));
  const readable = image.layers.filter((layer) => isReadable(layer, coverage));
  const reused = readable.filter(({ digest }) => options.known.has(digest)).length;
  const pulled = await readNewLayers(source, readable, run);
  const read = readable.map(({ digest }) => options.known.get(digest) as LayerResult<CatalogerOutput>);
  const { view, results, bytes, dropped } = await completeView(source, readable, read, run);
  if (dropped > 0 || view.aliasesDropped) {
    const detail = `too many links: ${dropped} files behind them were not read, and replaced files may still be listed`;
    coverage.push({
      subject: 'image',
      name: image.manifestDigest,
      outcome: 'partial',
      reason: 'limit-links',
      detail,
    });
  }
  // Layers that cannot be read are missing from the results, so that positions are those of the image again.
  const positions = readable.map(({ index }) => index);
  const files = view.files.map((file) => ({
    ...file,
    layer: positions[file.layer] as number,
    history: file.history.map((entry) => ({ ...entry, layer: positions[entry.layer] as number })),
  }));
  const inventory = takeInventory(files, view.resolve);
  return {
    ...inventory,
    coverage: [
      ...coverage,
      ...readable.flatMap((layer, at) => layerCoverage(layer, results[at])),
      ...inventory.coverage,
    ],
    entries: image.layers.map(({ digest }) => options.known.get(digest)?.entries),
    bytesPulled: pulled + bytes,
    layersReused: reused,
  };
}

function isReadable(layer: ImageLayer, coverage: Coverage[]): boolean {
  if (layerCompression(layer.mediaType) !== undefined) return true;
  const foreign = isForeignLayer(layer.mediaType);
  coverage.push({
    subject: 'layer',
    name: layer.digest,
    outcome: 'none',
    reason: foreign ? 'foreign-layer' : 'media-type-unsupported',
    detail: foreign
      ? 'the layer is kept elsewhere by its publisher; such addresses are not followed'
      : `layers of type ${layer.mediaType} cannot be read`,
  });
  return false;
}

async function readNewLayers(
  source: ImageSource,
  layers: readonly ImageLayer[],
  options: Run,
): Promise<number> {
  const fresh = [...new Map(layers.map((layer) => [layer.digest, layer])).values()].filter(
    ({ digest }) => !options.known.has(digest),
  );
  const progress = layerProgress(fresh, options.onProgress);
  await inParallel(
    fresh,
    LAYERS_AT_ONCE,
    async (layer, signal) => {
      options.known.set(layer.digest, await readOne(source, layer, options, signal, { progress }));
      progress.done();
    },
    options.signal,
  );
  return fresh.reduce((sum, { size }) => sum + size, 0);
}

/** Ids of the catalogers that want a path, by path. */
type Only = ReadonlyMap<string, ReadonlySet<string>>;

async function readOne(
  source: ImageSource,
  layer: ImageLayer,
  options: Run,
  signal: AbortSignal,
  { only, progress }: { readonly only?: Only; readonly progress?: LayerProgress },
): Promise<LayerResult<CatalogerOutput>> {
  const { catalogers, deadline } = options;
  const limits = { ...options.limits, timeMs: Math.min(options.limits.timeMs, deadline - performance.now()) };
  const stored = await source.blob(layer, signal);
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

/** The overlay, and once more with the files that only links made wanted. */
async function completeView(
  source: ImageSource,
  layers: readonly ImageLayer[],
  results: readonly LayerResult<CatalogerOutput>[],
  options: Run,
) {
  const first = overlayLayers(results, options.catalogers);
  if (first.rereads.length === 0) return { view: first, results, bytes: 0, dropped: 0 };
  let bytes = 0;
  const completed = results.map((result) => ({
    ...result,
    files: [...result.files],
    problems: [...result.problems],
  }));
  for (const [from, wanted] of Map.groupBy(first.rereads, (reread) => reread.from)) {
    const layer = layers[from] as ImageLayer;
    const signal = options.signal ?? new AbortController().signal;
    const again = await readOne(source, layer, options, signal, { only: onlyThese(wanted) });
    bytes += layer.size;
    const found = new Map(again.files.map((file) => [fileKey(file), file]));
    for (const { path, analyzer, to } of wanted) {
      const file = found.get(fileKey({ path, analyzer }));
      if (file !== undefined) completed[to.layer]?.files.push({ ...file, path: to.path });
    }
    // The second pass may end where the first did not: what it did not reach is missing too.
    const known = new Set(completed[from]?.problems.map(({ code }) => code));
    completed[from]?.problems.push(...again.problems.filter(({ code }) => !known.has(code)));
  }
  const view = overlayLayers(completed, options.catalogers);
  return { view, results: completed, bytes, dropped: first.rereadsDropped };
}

function fileKey({ path, analyzer }: { readonly path: string; readonly analyzer: string }): string {
  return `${path}\0${analyzer}`;
}

function onlyThese(wanted: readonly Reread[]): Only {
  const only = new Map<string, Set<string>>();
  for (const { path, analyzer } of wanted) only.set(path, (only.get(path) ?? new Set()).add(analyzer));
  return only;
}

function layerCoverage(layer: ImageLayer, result: LayerResult<CatalogerOutput> | undefined): Coverage[] {
  const problems = result?.problems ?? [];
  if (problems.length === 0) {
    return [
      {
        subject: 'layer',
        name: layer.digest,
        outcome: 'complete',
        detail: `${result?.entries ?? 0} entries read`,
      },
    ];
  }
  return problems.map(({ code, detail, path }) => ({
    subject: 'layer',
    name: layer.digest,
    outcome: 'partial',
    reason: code,
    detail: path === undefined ? detail : `${path}: ${detail}`,
  }));
}
