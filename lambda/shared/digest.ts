import { createHash } from 'node:crypto';

const DIGEST = /^(?<algorithm>sha256|sha512):(?<hex>[0-9a-f]{64}|[0-9a-f]{128})$/;

/**
 * True for a registered digest in its canonical form (`sha256:` + 64 lower-case hex digits, `sha512:` + 128).
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export function isDigest(text: string): boolean {
  const match = DIGEST.exec(text);
  return match?.groups?.['hex']?.length === (match?.groups?.['algorithm'] === 'sha512' ? 128 : 64);
}

/** The `sha256:…` digest of some bytes. */
export function sha256Digest(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
