import type { ImageErrorCode } from '../image/index.ts';
import type { RegistryErrorCode } from '../registry/index.ts';
import type { ScanErrorCode } from './errors.ts';

/** Codes that speak of an image itself: it will be the same at the next try. All others speak of the way to it. */
const OF_THE_IMAGE: ReadonlySet<string> = new Set([
  'manifest-invalid',
  'manifest-too-large',
  'manifest-unsupported',
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

/** The same, of what an index names: it is not there, or no image that can be read. */
const OF_THE_INDEX: ReadonlySet<string> = new Set(['image-not-found', 'media-type-unsupported'] satisfies (
  | RegistryErrorCode
  | ImageErrorCode
)[]);

/** Whether a failure is one of an index, or of what it names. */
export function isOfTheIndex(code: string): boolean {
  return isOfTheImage(code) || OF_THE_INDEX.has(code);
}

/** Whether a failure is one of the image itself, which no other try would change. */
export function isOfTheImage(code: string): boolean {
  return OF_THE_IMAGE.has(code);
}
