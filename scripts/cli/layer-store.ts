import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type LayerCache, layerCache } from '../../lambda/scan/index.ts';
import { AppError } from '../../lambda/shared/errors.ts';
import { GiB } from '../../lambda/shared/units.ts';
import { openObjectDirectory } from '../../lambda/store/index.ts';

/** Some thousand layers; what is over it goes, the oldest first. */
const MAX_BYTES = 2 * GiB;

/** `BACKLINE_LAYERS`, else a folder in the user's cache. */
export function defaultLayerFolder(env: NodeJS.ProcessEnv): string {
  return (
    env['BACKLINE_LAYERS'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'backline', 'layers')
  );
}

/**
 * What was read of layers, in a folder. A cache that cannot be written to is no reason not to scan: `warn` is told once, and the
 * layers are read.
 */
export function layerStore(folder: string, warn: (text: string) => void): LayerCache {
  const cache = layerCache(openObjectDirectory(folder));
  let isBroken = false;
  const unlessBroken = async <Value>(act: () => Promise<Value>): Promise<Value | undefined> => {
    if (isBroken) return undefined;
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      isBroken = true;
      warn(`layers are not kept for the next scan: ${error.message}`);
      return undefined;
    }
  };
  return {
    get: (key) => unlessBroken(() => cache.get(key)),
    put: async (key, result) => {
      await unlessBroken(() => cache.put(key, result));
    },
  };
}

/** Removes the oldest files of a folder until the rest is small enough. Gives how many bytes that freed. */
export async function pruneLayers(folder: string, maxBytes = MAX_BYTES): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: { readonly path: string; readonly bytes: number; readonly writtenMs: number }[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Another scan may prune at the same time.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) files.push({ path, bytes: found.size, writtenMs: found.mtimeMs });
  }
  let over = files.reduce((sum, { bytes }) => sum + bytes, 0) - maxBytes;
  let freed = 0;
  for (const { path, bytes } of files.sort((a, b) => a.writtenMs - b.writtenMs)) {
    if (over <= 0) break;
    await rm(path, { force: true });
    over -= bytes;
    freed += bytes;
  }
  return freed;
}
