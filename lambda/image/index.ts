export type { AnalyzerResult, EntryFacts, LayerAnalyzer, WantedFile } from './analyzer.ts';
export { ImageError, type ImageErrorCode } from './errors.ts';
export type { ViewFile } from './view.ts';
