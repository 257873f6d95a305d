import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { isDigest } from '../shared/digest.ts';
import { KiB } from '../shared/units.ts';
import { RegistryError } from './errors.ts';
import type { Descriptor } from './source.ts';

/** Chunks are passed on as they come, so this only says how many bytes may wait between two stages. */
const BUFFERED_BYTES = 256 * KiB;

/**
 * Passes bytes on unchanged while hashing them. Never passes more than `size` bytes: fails with `blob-size-mismatch` at
 * the first chunk that would, with `blob-truncated` when the input ends early, and with `blob-digest-mismatch` at the
 * end when the digest differs. Until it has ended without an error nothing that came out of it is proven.
 */
export function verifiedStream(descriptor: Pick<Descriptor, 'digest' | 'size'>): Transform {
  checkDescriptor(descriptor);
  const { digest, size } = descriptor;
  const algorithm = algorithmOf(digest);
  const hash = createHash(algorithm);
  let seen = 0;
  return new Transform({
    readableHighWaterMark: BUFFERED_BYTES,
    writableHighWaterMark: BUFFERED_BYTES,
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > size) return done(tooLong(descriptor));
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (seen < size) return done(truncated(descriptor, seen));
      const found = `${algorithm}:${hash.digest('hex')}`;
      done(found === digest ? null : mismatch(digest, found));
    },
  });
}

/** Throws `blob-not-found` when a descriptor cannot name a blob: `digest` and `size` come out of an image. */
export function checkDescriptor({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): void {
  if (isDigest(digest) && Number.isSafeInteger(size) && size >= 0) return;
  throw new RegistryError('blob-not-found', 'a descriptor names no blob: its digest or size is not valid');
}

/** The digest of some bytes in the algorithm of another digest, which must be valid. */
export function digestLike(digest: string, bytes: Uint8Array): string {
  const algorithm = algorithmOf(digest);
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** The input of a blob ended after `found` bytes. */
export function truncated(
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  found: number,
): RegistryError {
  return new RegistryError('blob-truncated', `blob ${digest} ends after ${found} of ${size} bytes`, {
    retryable: true,
    data: { digest, expected: size, found },
  });
}

function tooLong({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): RegistryError {
  return new RegistryError('blob-size-mismatch', `blob ${digest} has more than the ${size} bytes announced`, {
    data: { digest, expected: size },
  });
}

function mismatch(digest: string, found: string): RegistryError {
  return new RegistryError(
    'blob-digest-mismatch',
    `blob ${digest} has other content: its digest is ${found}`,
    {
      data: { digest, expected: digest, found },
    },
  );
}

function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}
