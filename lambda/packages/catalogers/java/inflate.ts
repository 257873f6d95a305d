import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { KiB } from '../../../shared/units.ts';
import type { ByteSource } from '../../byte-source.ts';

const PIECE_BYTES = 256 * KiB;

/**
 * Inflates a nested archive into memory off the main thread, in one buffer of the declared size: never more is held, whatever
 * the data would grow to. `undefined` when the data is broken or larger than declared.
 */
export async function inflateWhole(data: ByteSource, declaredBytes: number): Promise<Buffer | undefined> {
  const content = Buffer.allocUnsafeSlow(declaredBytes);
  let filled = 0;
  try {
    await pipeline(
      pieces(data),
      createInflateRaw({ chunkSize: PIECE_BYTES }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          if (filled + chunk.length > declaredBytes) throw new RangeError('larger than declared');
          filled += chunk.copy(content, filled);
        }
      },
    );
    return content.subarray(0, filled);
  } catch {
    return undefined;
  }
}

function* pieces(data: ByteSource): Generator<Buffer> {
  for (let at = 0; at < data.size; at += PIECE_BYTES) yield data.read(at, PIECE_BYTES);
}
