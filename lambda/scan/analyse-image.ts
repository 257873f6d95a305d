import {
  DEFAULT_LAYER_LIMITS,
  type Image,
  type ImageLayer,
  isForeignLayer,
  type LayerLimits,
  type LayerResult,
  layerCompression,
} from '../image/index.ts';
import { type Cataloger, type CatalogerOutput, type Inventory, takeInventory } from '../packages/index.ts';
import type { ImageSource } from '../registry/index.ts';
import type { Coverage } from '../shared/coverage.ts';
import { HOUR_MS } from '../shared/units.ts';
import type { LayerCache } from './layer-cache.ts';
import type { AnalyseProgress } from './layer-progress.ts';
import { completeView, type LayerReading, readNewLayers } from './read-layers.ts';

export type AnalyseOptions = {
  readonly catalogers: readonly Cataloger[];
  /** Results by layer digest, shared by the images of one run: a layer is pulled and analysed once. */
  readonly known: Map<string, LayerResult<CatalogerOutput>>;
  /** Results of earlier runs. */
  readonly cache?: LayerCache;
  readonly limits?: LayerLimits;
  /** Most milliseconds for all layers of the image, an hour when absent; what is not read by then is reported. */
  readonly timeMs?: number;
  readonly onProgress?: (progress: AnalyseProgress) => void;
  readonly signal?: AbortSignal;
};

export type Analysis = Inventory & {
  /** Entries of each layer, base first; undefined where a layer was not read. */
  readonly entries: readonly (number | undefined)[];
  /** Stored bytes fetched for this image. */
  readonly bytesPulled: number;
  readonly layersReused: number;
};

const IMAGE_TIME_MS = 1 * HOUR_MS;

/** Reads every layer of an image that is not known yet, and lists what its final view holds. */
export async function analyseImage(
  source: ImageSource,
  image: Image,
  options: AnalyseOptions,
): Promise<Analysis> {
  const deadline = performance.now() + (options.timeMs ?? IMAGE_TIME_MS);
  const reading: LayerReading = { ...options, limits: options.limits ?? DEFAULT_LAYER_LIMITS, deadline };
  const coverage: Coverage[] = image.contradictions.map((detail) => ({
    subject: 'image',
    name: image.manifestDigest,
    outcome: 'partial',
    reason: 'layers-contradict',
    detail,
  }));
  const readable = image.layers.filter((layer) => isReadable(layer, coverage));
  const pulled = await readNewLayers(source, readable, reading);
  const read = readable.map(({ digest }) => options.known.get(digest) as LayerResult<CatalogerOutput>);
  const { view, results, bytes, dropped } = await completeView(source, readable, read, reading);
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
    bytesPulled: pulled.bytes + bytes,
    layersReused: readable.filter(({ digest }) => !pulled.digests.has(digest)).length,
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
