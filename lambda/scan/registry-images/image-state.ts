import { ScanError } from '../errors.ts';
import { isOfTheImage } from '../image-failures.ts';
import type { ImageRecord } from './records.ts';

/** True when another scan with these catalogers would come to the same. */
export function hasEnded({ status, catalogers, reason }: ImageRecord, set: string): boolean {
  if (catalogers !== set) return false;
  if (status === 'scanned') return reason === undefined || isOfTheImage(reason.code);
  return status === 'skipped' || (status === 'failed' && reason !== undefined && isOfTheImage(reason.code));
}

/** Whether somebody is at it whose time is not over. */
export function isBeingScanned({ status, claim }: ImageRecord, now: Date): boolean {
  return status === 'scanning' && claim !== undefined && Date.parse(claim.until) > now.getTime();
}

/** What stays of an image's record when its status changes: what the last scan found. With other catalogers all is to be read anew. */
export function keptOf(image: ImageRecord | undefined, set: string): Partial<ImageRecord> {
  if (image === undefined) return {};
  const { advisories, scannedAt, matchedAt, platforms, unread } = image;
  return {
    ...(advisories === undefined ? {} : { advisories }),
    ...(scannedAt === undefined ? {} : { scannedAt }),
    ...(matchedAt === undefined ? {} : { matchedAt }),
    ...(platforms === undefined ? {} : { platforms }),
    ...(unread === undefined || image.catalogers !== set ? {} : { unread }),
  };
}

/** Somebody else writes what they found in an image, or is about to. */
export function imageBusy(digest: string): ScanError {
  return new ScanError('image-busy', `others are writing what they found in ${digest}`, { retryable: true });
}
