import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { firstBytes, READ_BYTES, section } from './read.ts';
import { compressionOf, type SpoolOptions, spool } from './spool.ts';
import type { StoredFiles } from './stored-files.ts';
import { indexTar, type TarEntry, type TarIndex } from './tar-index.ts';

/** Links followed from one entry to the next; `docker save` makes one. */
const MAX_LINKS = 10;

/**
 * The files of a tar. One that is compressed, or no regular file (a pipe), is first copied to a temporary file. Throws
 * `archive-invalid`, and `archive-too-large` when the copy would pass the limit.
 */
export async function openTar(path: string, options: SpoolOptions): Promise<StoredFiles> {
  const handle = await open(path);
  try {
    const isFile = (await handle.stat()).isFile();
    if (isFile && compressionOf(await firstBytes(handle, 4)) === undefined)
      return await tarFiles(path, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
  // The stream closes the handle.
  return streamedTar(path, handle.createReadStream({ highWaterMark: READ_BYTES }), options);
}

/** The files of a tar, compressed or not, that arrives on a stream. */
export async function streamedTar(
  name: string,
  input: Readable,
  options: SpoolOptions,
): Promise<StoredFiles> {
  const handle = await spool(input, options);
  try {
    return await tarFiles(name, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function tarFiles(name: string, handle: FileHandle): Promise<StoredFiles> {
  const index = await indexTar(handle);
  return {
    name,
    size: async (path) => find(index, path)?.size,
    head: async (path, maxBytes) => {
      const file = find(index, path);
      return file && firstBytes(handle, Math.min(maxBytes, file.size), file.offset);
    },
    stream: async (path, signal) => {
      const file = find(index, path);
      return file && section(handle, file.offset, file.size, signal);
    },
    close: () => handle.close(),
  };
}

function find(index: TarIndex, path: string): Extract<TarEntry, { size: number }> | undefined {
  let entry = index.get(path);
  for (let links = 0; entry !== undefined && 'linkTo' in entry && links < MAX_LINKS; links++) {
    entry = index.get(entry.linkTo);
  }
  return entry !== undefined && 'size' in entry ? entry : undefined;
}
