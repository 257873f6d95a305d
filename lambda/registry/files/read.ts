import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { KiB } from '../../shared/units.ts';

/** Read size of streams over local files: fewer trips through the thread pool than Node's 64 KiB. */
export const READ_BYTES = 512 * KiB;

/** The bytes of an open file from `offset`, fewer than `maxBytes` only at its end. */
export async function firstBytes(handle: FileHandle, maxBytes: number, offset = 0): Promise<Buffer> {
  const buffer = Buffer.alloc(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const { bytesRead } = await handle.read(buffer, length, maxBytes - length, offset + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** `size` bytes of an open file from `offset`. Ends early with the file; leaves the handle open. */
export function section(handle: FileHandle, offset: number, size: number, signal?: AbortSignal): Readable {
  // Not handle.createReadStream: each such stream leaves a listener on the handle until that closes.
  const chunks = sectionChunks(handle, offset, offset + size);
  return Readable.from(chunks, {
    objectMode: false,
    highWaterMark: READ_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
}

async function* sectionChunks(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const wanted = Math.min(READ_BYTES, end - at);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
