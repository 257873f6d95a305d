export { analyseImage } from './analyse-image.ts';
export { type LayerCache, layerCache } from './layer-cache.ts';
export type { AdvisorySources } from './match-inventory.ts';
export { type ScanOptions, scanImage } from './scan-image.ts';
export type { ScanProgress } from './scan-source.ts';
