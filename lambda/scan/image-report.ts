import { formatPlatform, type Image } from '../image/index.ts';
import type { ImageSource } from '../registry/index.ts';
import { type ImageReport, REPORT_SCHEMA_VERSION } from '../report/index.ts';
import type { AppError } from '../shared/errors.ts';
import type { Analysis } from './analyse-image.ts';
import type { Matched } from './match-inventory.ts';

/** Who scans, and when. */
export type ReportOptions = {
  readonly tool: { readonly name: string; readonly version: string };
  readonly now: () => Date;
};

/** Everything one run says of one image, put together; `name` is the source's. */
export function reportOf(
  name: string,
  image: Image,
  analysis: Analysis,
  matched: Matched,
  timings: Record<string, number>,
  options: ReportOptions,
): ImageReport {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: options.tool,
    scannedAt: options.now().toISOString(),
    image: {
      name,
      manifestDigest: image.manifestDigest,
      mediaType: image.mediaType,
      ...(image.configDigest === undefined ? {} : { configDigest: image.configDigest }),
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

/** The report of a platform that could not be read: nothing but the reason. */
export function unreadReport(
  source: ImageSource,
  image: Image,
  { code, message }: AppError,
  options: ReportOptions,
): ImageReport {
  const platform = formatPlatform(image.platform);
  const analysis: Analysis = {
    packages: [],
    coverage: [{ subject: 'platform', name: platform, outcome: 'none', reason: code, detail: message }],
    entries: [],
    bytesPulled: 0,
    layersReused: 0,
  };
  return reportOf(source.name, image, analysis, NOT_MATCHED, {}, options);
}

const NOT_MATCHED: Matched = {
  findings: [],
  coverage: [],
  advisories: { feeds: [] },
  questions: [],
  timings: { advisories: 0, match: 0 },
};
