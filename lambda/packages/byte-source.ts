/**
 * Random access over bytes that may lie in a file: what `WantedFile` offers, cut to what the readers of executables and
 * archives need, so that a part of a file or a buffer can stand in for one.
 */
export type ByteSource = {
  /** Bytes. */
  readonly size: number;
  /** Bytes from `offset`; fewer than `length` only at the end, none beyond it. */
  read(offset: number, length: number): Buffer;
};

/** `size` bytes of `source` from `offset` as a source of their own; shorter where `source` ends earlier. */
export function sliceOf(source: ByteSource, offset: number, size: number): ByteSource {
  const start = Math.min(Math.max(0, offset), source.size);
  const sliceSize = Math.max(0, Math.min(size, source.size - start));
  return {
    size: sliceSize,
    read: (at, length) =>
      at < 0 || at >= sliceSize ? Buffer.alloc(0) : source.read(start + at, Math.min(length, sliceSize - at)),
  };
}

/** Bytes in memory as a source; reads are views, not copies. */
export function sourceOf(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
