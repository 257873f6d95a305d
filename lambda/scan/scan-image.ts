import type { LayerResult } from '../image/index.ts';
import { type Image, type LayerLimits, type PlatformChoice, readImages } from '../image/index.ts';
import { type CatalogerOutput, catalogers } from '../packages/index.ts';
import { type ImageSource, type OpenOptions, openSource } from '../registry/index.ts';
import { type ImageReport, REPORT_SCHEMA_VERSION } from '../report/index.ts';
import { type Analysis, analyseImage } from './analyse-image.ts';
import type { AnalyseProgress } from './layer-progress.ts';
import { type AdvisorySources, type Matched, matchInventory } from './match-inventory.ts';

export type ScanOptions = {
  /** A reference, a path or `-`: see `openSource`. */
  readonly input: string;
  readonly platform: PlatformChoice;
  readonly open?: OpenOptions;
  readonly advisories: AdvisorySources;
  readonly tool: { readonly name: string; readonly version: string };
  readonly now: () => Date;
  readonly limits?: LayerLimits;
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
 * the order of the stages. Throws `RegistryError` or `ImageError` when the image cannot be read at all; whatever could
 * not be read or matched of an image that can is in the report's coverage.
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
    for (const image of images) reports.push(await scanOne(source, image, known, openMs, options));
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
  const { limits, signal, onProgress } = options;
  const started = performance.now();
  const analysis = await analyseImage(source, image, {
    catalogers,
    known,
    ...(onProgress === undefined
      ? {}
      : { onProgress: (progress: AnalyseProgress) => onProgress({ stage: 'layers', ...progress }) }),
    ...(limits === undefined ? {} : { limits }),
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

function reportOf(
  source: ImageSource,
  image: Image,
  analysis: Analysis,
  matched: Matched,
  timings: Record<string, number>,
  options: ScanOptions,
): ImageReport {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: options.tool,
    scannedAt: options.now().toISOString(),
    image: {
      name: source.name,
      manifestDigest: image.manifestDigest,
      mediaType: image.mediaType,
      configDigest: image.configDigest,
      ...(image.created === undefined ? {} : { created: image.created }),
      platform: image.platform,
    },
    ...(analysis.distro === undefined ? {} : { distro: analysis.distro }),
    layers: image.layers.map(({ index, digest, diffId, mediaType, size, createdBy, createdAt }) => ({
      index,
      digest,
      ...(diffId === undefined ? {} : { diffId }),
      mediaType,
      bytes: size,
      ...(analysis.entries[index] === undefined ? {} : { entries: analysis.entries[index] }),
      ...(createdBy === undefined ? {} : { createdBy }),
      ...(createdAt === undefined ? {} : { createdAt }),
    })),
    packages: [...analysis.packages],
    findings: [...matched.findings],
    coverage: [...analysis.coverage, ...matched.coverage],
    advisories: matched.advisories,
    timings,
    bytesPulled: analysis.bytesPulled,
    layersReused: analysis.layersReused,
  };
}
