import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { errnoOf } from '../errno.ts';
import { RegistryError } from '../errors.ts';
import { firstBytes, READ_BYTES } from './read.ts';
import type { StoredFiles } from './stored-files.ts';

/**
 * The files below a directory. Symbolic links are followed only as long as they stay inside of it: a layout that was
 * unpacked from elsewhere could otherwise name any file of this machine. Throws `layout-invalid` for one that leaves.
 */
export async function openDirectory(path: string): Promise<StoredFiles> {
  const root = await realpath(path);
  const find = (file: string): Promise<FileHandle | undefined> => openInside(root, file);
  return {
    name: path,
    size: async (file) => withHandle(await find(file), async (handle) => (await handle.stat()).size),
    head: async (file, maxBytes) => withHandle(await find(file), (handle) => firstBytes(handle, maxBytes)),
    stream: async (file, signal) => {
      const handle = await find(file);
      return handle?.createReadStream({
        highWaterMark: READ_BYTES,
        ...(signal === undefined ? {} : { signal }),
      });
    },
    close: async () => {},
  };
}

async function openInside(root: string, file: string): Promise<FileHandle | undefined> {
  const real = await realpath(join(root, file)).catch(ignoreMissing);
  if (real === undefined) return undefined;
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new RegistryError('layout-invalid', `${file} is a link that leads out of the layout`, {
      data: { path: file },
    });
  }
  // O_NONBLOCK: opening a FIFO must not wait for a writer. O_NOFOLLOW: the path is already resolved.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(real, flags).catch(ignoreMissing);
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

async function withHandle<T>(
  handle: FileHandle | undefined,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  if (handle === undefined) return undefined;
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: unknown): undefined {
  const code = errnoOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}
