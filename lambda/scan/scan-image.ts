import {
  type Image,
  type LayerLimits,
  type LayerResult,
  type PlatformChoice,
  readImages,
} from '../image/index.ts';
import { type CatalogerOutput, catalogers } from '../packages/index.ts';
import { type ImageSource, type OpenOptions, openSource } from '../registry/index.ts';
import type { ImageReport } from '../report/index.ts';
import { AppError } from '../shared/errors.ts';
import { analyseImage } from './analyse-image.ts';
import { reportOf, unreadReport } from './image-report.ts';
import type { AnalyseProgress } from './layer-progress.ts';
import { type AdvisorySources, matchInventory } from './match-inventory.ts';

export type ScanOptions = {
  /** A reference, a path or `-`: see `openSource`. */
  readonly input: string;
  readonly platform: PlatformChoice;
  readonly open?: OpenOptions;
  readonly advisories: AdvisorySources;
  readonly tool: { readonly name: string; readonly version: string };
  readonly now: () => Date;
  readonly limits?: LayerLimits;
  /** Most milliseconds for the layers of one image; see `analyseImage`. */
  readonly timeMs?: number;
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly signal?: AbortSignal;
};

export type ScanProgress =
  | { readonly stage: 'opening'; readonly name: string }
  | ({ readonly stage: 'layers' } & AnalyseProgress)
  | { readonly stage: 'advisories'; readonly detail: string }
  | { readonly stage: 'matching' };

/**
 * Reads the image, lists what is in it and matches that with advisories: one report a platform. The only place that knows
 * the order of the stages. Throws `RegistryError` or `ImageError` when the image cannot be read at all, on no
 * platform; whatever could not be read or matched of an image that can is in the report's coverage.
 */
export async function scanImage(options: ScanOptions): Promise<ImageReport[]> {
  const opened = performance.now();
  options.onProgress?.({ stage: 'opening', name: options.input });
  const source = await openSource(options.input, options.open);
  try {
    const images = await readImages(source, options.platform);
    const known = new Map<string, LayerResult<CatalogerOutput>>();
    const openMs = performance.now() - opened;
    const reports: ImageReport[] = [];
    const failures: AppError[] = [];
    for (const image of images) {
      try {
        reports.push(await scanOne(source, image, known, openMs, options));
      } catch (error) {
        if (!(error instanceof AppError) || options.signal?.aborted) throw error;
        failures.push(error);
        reports.push(unreadReport(source, image, error, options));
      }
    }
    // One platform that cannot be read is missing from its report; an image of which none can is not scanned.
    if (failures.length === images.length && failures[0] !== undefined) throw failures[0];
    return reports;
  } finally {
    await source.close();
  }
}

async function scanOne(
  source: ImageSource,
  image: Image,
  known: Map<string, LayerResult<CatalogerOutput>>,
  openMs: number,
  options: ScanOptions,
): Promise<ImageReport> {
  const { limits, timeMs, signal, onProgress } = options;
  const started = performance.now();
  const analysis = await analyseImage(source, image, {
    catalogers,
    known,
    ...(onProgress === undefined
      ? {}
      : { onProgress: (progress: AnalyseProgress) => onProgress({ stage: 'layers', ...progress }) }),
    ...(limits === undefined ? {} : { limits }),
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(signal === undefined ? {} : { signal }),
  });
  const analysed = performance.now();
  const matched = await matchInventory(analysis, options.advisories, {
    now: options.now,
    onProgress: (detail) => onProgress?.({ stage: 'advisories', detail }),
    onMatching: () => onProgress?.({ stage: 'matching' }),
    ...(signal === undefined ? {} : { signal }),
  });
  const timings = { open: Math.round(openMs), analyse: Math.round(analysed - started), ...matched.timings };
  return reportOf(source, image, analysis, matched, timings, options);
}
