import { StoreError } from './errors.ts';

/** S3's own limit. */
const MAX_KEY_BYTES = 1024;
/** Below the 255 bytes that file systems allow for a name, so that a folder can hold every key. */
const MAX_SEGMENT_BYTES = 250;
const SEGMENT = /^[A-Za-z0-9._:@+=-]+$/;

/** The segments of an object's key. Fails with `key-invalid`. */
export function segmentsOf(key: string): readonly string[] {
  const segments = key.split('/');
  if (key.length > MAX_KEY_BYTES || !segments.every(isSegment)) {
    throw new StoreError(
      'key-invalid',
      `${JSON.stringify(key)} is no key of an object: segments of at most ${MAX_SEGMENT_BYTES} letters, digits and ._:@+=- ` +
        `are allowed, none of them '.' or '..', ${MAX_KEY_BYTES} characters in all`,
    );
  }
  return segments;
}

function isSegment(text: string): boolean {
  return SEGMENT.test(text) && text.length <= MAX_SEGMENT_BYTES && text !== '.' && text !== '..';
}
