import type { ImageErrorCode } from '../../image/index.ts';
import type { RegistryErrorCode } from '../../registry/index.ts';
import type { ScanErrorCode } from '../errors.ts';
import type { ImageRecord } from './records.ts';

/** Codes that speak of an image itself: it will be the same at the next try. All others speak of the way to it. */
const OF_THE_IMAGE: ReadonlySet<string> = new Set([
  'manifest-invalid',
  'manifest-too-large',
  'manifest-digest-mismatch',
  'config-invalid',
  'platform-not-found',
  'layer-corrupt',
  'layer-truncated',
  'blob-not-found',
  'blob-digest-mismatch',
  'blob-size-mismatch',
  'image-too-large',
] satisfies (RegistryErrorCode | ImageErrorCode | ScanErrorCode)[]);

/** Whether a failure is one of the image itself, which no other try would change. */
export function isOfTheImage(code: string): boolean {
  return OF_THE_IMAGE.has(code);
}

/** True when another scan with these catalogers would come to the same. */
export function hasEnded({ status, catalogers, reason }: ImageRecord, set: string): boolean {
  if (catalogers !== set) return false;
  if (status === 'scanned') return reason === undefined || isOfTheImage(reason.code);
  return status === 'skipped' || (status === 'failed' && reason !== undefined && isOfTheImage(reason.code));
}

/** What stays of an image's record when its status changes: what the last scan found. */
export function keptOf(image: ImageRecord | undefined): Partial<ImageRecord> {
  if (image === undefined) return {};
  const { advisories, scannedAt, matchedAt, platforms, unread } = image;
  return {
    ...(advisories === undefined ? {} : { advisories }),
    ...(scannedAt === undefined ? {} : { scannedAt }),
    ...(matchedAt === undefined ? {} : { matchedAt }),
    ...(platforms === undefined ? {} : { platforms }),
    ...(unread === undefined ? {} : { unread }),
  };
}
