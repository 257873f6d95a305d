import {
  type Image,
  ImageError,
  type LayerLimits,
  type LayerResult,
  type PlatformChoice,
  readEachImage,
} from '../image/index.ts';
import { type CatalogerOutput, catalogers } from '../packages/index.ts';
import type { ImageSource } from '../registry/index.ts';
import type { ImageReport } from '../report/index.ts';
import { AppError } from '../shared/errors.ts';
import type { Question } from '../vulnerabilities/index.ts';
import { type Analysis, analyseImage } from './analyse-image.ts';
import { isOfTheImage, isOfTheIndex } from './image-failures.ts';
import { type ReportOptions, reportOf, unreadReport } from './image-report.ts';
import type { LayerCache } from './layer-cache.ts';
import type { AnalyseProgress } from './layer-progress.ts';
import { type AdvisorySources, matchInventory } from './match-inventory.ts';

export type ScanSourceOptions = ReportOptions & {
  readonly platform: PlatformChoice;
  readonly advisories: AdvisorySources;
  /** Results of layers read in earlier runs. */
  readonly layers?: LayerCache;
  readonly limits?: LayerLimits;
  /** Most milliseconds for the layers of all images of the source, an hour for each when absent; what is not read by then is reported. */
  readonly timeMs?: number;
  /** The caller scans the image again: what may pass by itself is thrown then, when it keeps one platform from being read too. */
  readonly triesAgain?: boolean;
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly signal?: AbortSignal;
};

export type ScanProgress =
  | { readonly stage: 'opening'; readonly name: string }
  | ({ readonly stage: 'layers' } & AnalyseProgress)
  | { readonly stage: 'advisories'; readonly detail: string }
  | { readonly stage: 'matching' };

/** One platform's image, with what there is to match it again; `analysis` is absent when the image could not be read. */
export type ScannedImage = {
  readonly image: Image;
  readonly analysis?: Analysis;
  readonly report: ImageReport;
  /** Why it could not be read, when that may be otherwise another time. */
  readonly failure?: AppError;
  /** What the advisories were asked, and the name of those that were; see `matchInventory`. */
  readonly questions: readonly Question[];
  readonly revision?: string;
};

/**
 * Reads an image from an open source, lists what is in it and matches that with advisories: one report a platform. The
 * only place that knows the order of the stages. Throws `RegistryError` or `ImageError` when the image cannot be read at
 * all, on no platform; whatever could not be read or matched of an image that can is in the report's coverage.
 */
export async function scanSource(source: ImageSource, options: ScanSourceOptions): Promise<ScannedImage[]> {
  const opened = performance.now();
  const images = await readEachImage(source, options.platform);
  const known = new Map<string, LayerResult<CatalogerOutput>>();
  const openMs = performance.now() - opened;
  const deadline = options.timeMs === undefined ? undefined : opened + options.timeMs;
  const scanned: ScannedImage[] = [];
  const failures: AppError[] = [];
  for (const { image, error: unread } of images) {
    try {
      if (unread !== undefined) throw unread;
      const left = deadline === undefined ? {} : { timeMs: deadline - performance.now() };
      scanned.push(await scanOne(source, image, known, openMs, { ...options, ...left }));
    } catch (error) {
      if (!(error instanceof AppError) || options.signal?.aborted) throw error;
      if (error.retryable && options.triesAgain) throw error;
      failures.push(error);
      const report = unreadReport(source, image, error, options);
      const isLasting = image.indexDigest === undefined ? isOfTheImage(error.code) : isOfTheIndex(error.code);
      scanned.push({ image, report, questions: [], ...(isLasting ? {} : { failure: error }) });
    }
  }
  // One platform that cannot be read is missing from its report; an image of which none can is not scanned.
  if (failures.length < images.length) return scanned;
  throw (
    scanned.find(({ failure }) => failure !== undefined)?.failure ??
    lastingFailure(failures, options.platform === 'all')
  );
}

/** Of one image that was chosen, or of all there are. */
function lastingFailure(failures: readonly AppError[], isOfAll: boolean): AppError {
  const [first] = failures;
  const isArtifact = failures.every(({ data }) => data['artifactType'] !== undefined);
  if (first !== undefined && (!isOfAll || isArtifact)) return first;
  const damaged = failures.find(({ code }) => isOfTheImage(code) && code !== 'manifest-unsupported');
  if (damaged !== undefined) return damaged;
  return new ImageError('manifest-invalid', `there is no image that can be read: ${first?.message}`, {
    cause: first,
  });
}

async function scanOne(
  source: ImageSource,
  image: Image,
  known: Map<string, LayerResult<CatalogerOutput>>,
  openMs: number,
  options: ScanSourceOptions,
): Promise<ScannedImage> {
  const { layers, limits, timeMs, signal, onProgress } = options;
  const started = performance.now();
  const analysis = await analyseImage(source, image, {
    catalogers,
    known,
    ...(layers === undefined ? {} : { cache: layers }),
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
  const { questions, revision } = matched;
  return {
    image,
    analysis,
    report: reportOf(source.name, image, analysis, matched, timings, options),
    questions,
    ...(revision === undefined ? {} : { revision }),
  };
}
