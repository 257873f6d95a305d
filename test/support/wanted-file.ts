import type { WantedFile } from '../../lambda/image/index.ts';

/** A file of a layer as analyzers see it, with this content. */
export function wantedFile(path: string, content: Uint8Array | string, mode = 0o644): WantedFile {
  const bytes = Buffer.from(content);
  return {
    path,
    size: bytes.length,
    mode,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    bytes: () => bytes,
  };
}
