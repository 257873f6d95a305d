import { gunzipSync } from 'node:zlib';
import { formatBytes } from '../../shared/units.ts';
import { AdvisoryError } from '../errors.ts';

/** The content of a gzip file, or the bytes themselves when they are not gzip (a server may have decoded them). */
export function gunzipFeed(bytes: Buffer, name: string, maxBytes: number): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw new AdvisoryError(
      'feed-malformed',
      `${name} is not a whole gzip file of at most ${formatBytes(maxBytes)} inflated`,
      { cause: error },
    );
  }
}
