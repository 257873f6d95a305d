import { createZstdDecompress, type ZstdDecompress } from 'node:zlib';

/**
 * Inflates all frames of a zstd stream. Node's decoder stops after the first frame when the next one begins in the same
 * chunk, and zstd:chunked layers are many frames: what it leaves over is given to a new decoder.
 * https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
export async function* zstdFrames(stored: AsyncIterable<Buffer>, chunkSize: number): AsyncGenerator<Buffer> {
  const chunks = stored[Symbol.asyncIterator]();
  const first = await chunks.next();
  let rest = first.done === true ? undefined : first.value;
  while (rest !== undefined) {
    const decoder = createZstdDecompress({ chunkSize });
    const feeding = feed(decoder, rest, chunks);
    feeding.catch(() => undefined); // the decoder's reader throws the same error
    try {
      yield* decoder as AsyncIterable<Buffer>;
      rest = await feeding;
    } finally {
      decoder.destroy();
    }
  }
}

/** Writes chunks until the decoder leaves bytes over, which are returned, or nothing is left. */
async function feed(
  decoder: ZstdDecompress,
  first: Buffer,
  chunks: AsyncIterator<Buffer>,
): Promise<Buffer | undefined> {
  let fed = 0;
  let chunk = first;
  for (;;) {
    fed += chunk.length;
    await new Promise<void>((resolve, reject) => {
      decoder.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
    const left = fed - decoder.bytesWritten;
    if (left > 0) return chunk.subarray(chunk.length - left);
    const next = await chunks.next();
    if (next.done === true) break;
    chunk = next.value;
  }
  decoder.end();
  return undefined;
}
