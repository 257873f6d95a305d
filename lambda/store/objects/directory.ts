import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DAY_MS } from '../../shared/units.ts';
import { StoreError } from '../errors.ts';
import { segmentsOf } from '../key.ts';
import type { ObjectStore, WriteCondition } from '../objects.ts';
import { fileFailure, isAbsent } from './file-failure.ts';
import { createLock } from './lock.ts';
import { withFailure } from './with-failure.ts';

/** Names no key can lead to, as `%` and `,` are in none: of unfinished files, and of the lock. */
const SCRATCH = ',unfinished';
const LOCK = ',lock.sqlite';
/** Unfinished files older than this belong to a process that died. */
const SCRATCH_AGE_MS = DAY_MS;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Objects as files of a folder, which is made when first written to; readable by its owner alone. A file is written and
 * flushed elsewhere in the folder, then renamed, so readers see an old or a new object, whole. Conditions are judged and
 * files renamed under one lock, so they hold between processes of one machine; on a network file system they hold as far
 * as its locks do. The revision is the SHA-256 of the content.
 *
 * The key `a:b/c` is the file `a,b%/c`: `:` is not allowed everywhere, and the mark on folders lets `a` and `a/b` both be
 * objects. On file systems that ignore case, keys must differ by more than case.
 */
export function openObjectDirectory(folder: string): ObjectStore {
  const lock = createLock(join(folder, LOCK));
  const prepared = once(() => prepare(folder));
  const pathOf = (key: string): string => {
    const names = segmentsOf(key).map((segment) => segment.replaceAll(':', ','));
    return join(folder, ...names.slice(0, -1).map((name) => `${name}%`), names.at(-1) ?? '');
  };
  return {
    get: (key) =>
      reading(key, async () => {
        const bytes = await readFile(pathOf(key));
        return { bytes, revision: createHash('sha256').update(bytes).digest('hex') };
      }),
    stream: (key) => reading(key, () => openStream(key, pathOf(key))),
    has: async (key) => (await reading(key, () => stat(pathOf(key)))) !== undefined,
    put: (key, body, condition) =>
      writing(key, async () => {
        const path = pathOf(key);
        await prepared();
        const scratch = join(folder, SCRATCH, randomUUID());
        try {
          const revision = await writeFile(scratch, body);
          await lock(async () => {
            if (condition !== undefined) await requireCondition(key, path, condition);
            await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
            await rename(scratch, path);
          });
          await flushFolder(dirname(path));
          return revision;
        } finally {
          await rm(scratch, { force: true });
        }
      }),
    delete: (key) =>
      writing(key, async () => {
        const path = pathOf(key);
        await prepared();
        await lock(() => rm(path, { force: true }));
      }),
  };
}

/** Makes the folder, and removes what processes that died have left in it. */
async function prepare(folder: string): Promise<void> {
  const scratch = join(folder, SCRATCH);
  await mkdir(scratch, { recursive: true, mode: FOLDER_MODE });
  await (await open(join(folder, LOCK), 'a', FILE_MODE)).close();
  const oldest = Date.now() - SCRATCH_AGE_MS;
  for (const name of await readdir(scratch)) {
    const path = join(scratch, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < oldest) await rm(path, { force: true });
  }
}

/** The same promise for every call, until it fails. */
function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () =>
    (done ??= act().catch((error: unknown) => {
      done = undefined;
      throw error;
    }));
}

/** Writes a new file and flushes it; gives the SHA-256 of what it wrote. */
async function writeFile(path: string, body: Buffer | { readonly file: string }): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(path, 'wx', FILE_MODE);
  try {
    if (Buffer.isBuffer(body)) {
      hash.update(body);
      await handle.writeFile(body);
    } else {
      for await (const chunk of createReadStream(body.file) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

async function requireCondition(key: string, path: string, condition: WriteCondition): Promise<void> {
  const isMet =
    'absent' in condition
      ? (await stat(path).catch(undefinedWhenAbsent)) === undefined
      : (await revisionOf(path)) === condition.revision;
  if (!isMet) {
    throw new StoreError('object-changed', `somebody else has written ${key} meanwhile`, { retryable: true });
  }
}

/** Undefined when there is no such file. */
async function revisionOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  const hashed = pipeline(createReadStream(path), hash).then(() => hash.digest('hex'));
  return await hashed.catch(undefinedWhenAbsent);
}

function undefinedWhenAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

/** Opened before anybody reads, so that a file which is not there is known at once. */
async function openStream(key: string, path: string): Promise<Readable> {
  const handle = await open(path);
  return withFailure(handle.createReadStream(), (error) => fileFailure('read', key, error));
}

async function reading<T>(key: string, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act().catch(undefinedWhenAbsent);
  } catch (error) {
    throw fileFailure('read', key, error);
  }
}

async function writing<T>(key: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fileFailure('write', key, error);
  }
}

/** Makes a rename last. Not every file system lets a folder be flushed; there it is merely likely to last. */
async function flushFolder(path: string): Promise<void> {
  try {
    await using handle = await open(path, 'r');
    await handle.sync();
  } catch {
    // The object is there, and whole.
  }
}
