export type { AnalyzerResult, EntryFacts, LayerAnalyzer, WantedFile } from './analyzer.ts';
export { type Image, type ImageLayer, type PlatformChoice, readImages } from './image.ts';
export type { FileResult, LayerResult } from './layer-result.ts';
export { DEFAULT_LAYER_LIMITS, type LayerLimits } from './limits.ts';
export { isForeignLayer, layerCompression } from './media-types.ts';
export { type Overlay, overlayLayers, type Reread } from './overlay.ts';
export { formatPlatform, type Platform, parsePlatform } from './platform.ts';
export { type ReadLayerOptions, readLayer } from './read-layer.ts';
export type { ViewFile } from './view.ts';
