import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { formatBytes, GiB } from '../../shared/units.ts';
import { errnoOf } from '../errno.ts';
import { RegistryError } from '../errors.ts';
import { READ_BYTES } from './read.ts';

export type SpoolOptions = {
  /** Where temporary files are made; the system's directory for them when absent. */
  readonly temporaryDirectory?: string;
  /** Most bytes, decompressed, that a temporary file may take; 20 GiB when absent. */
  readonly maxSpoolBytes?: number;
};

const DEFAULT_MAX_SPOOL_BYTES = 20 * GiB;

/** First bytes of compressed files: RFC 1952 section 2.3.1, RFC 8878 section 3.1.1. */
const MAGIC = { gzip: '1f8b', zstd: '28b52ffd' } as const;
/** And of those that are recognised only to be refused by name. */
const REFUSED = { bzip2: '425a68', xz: 'fd377a58', zip: '504b0304' } as const;
/** The longest of them. */
const MAGIC_BYTES = 4;

/** How a file is compressed, judged by its first four bytes; `undefined` for a plain one. */
export function compressionOf(head: Buffer): keyof typeof MAGIC | undefined {
  const hex = head.toString('hex', 0, MAGIC_BYTES);
  if (hex.startsWith(MAGIC.gzip)) return 'gzip';
  return hex === MAGIC.zstd ? 'zstd' : undefined;
}

/**
 * Copies a stream, decompressed, into a temporary file and gives its handle. The file is readable by its owner alone
 * and has no name any more when this returns, so it is gone as soon as the handle is closed, even by a crash. Throws
 * `archive-too-large` at the limit or when the disk is full, `archive-invalid` for bytes that cannot be decompressed.
 */
export async function spool(input: Readable, options: SpoolOptions): Promise<FileHandle> {
  const path = join(options.temporaryDirectory ?? tmpdir(), `backline-${randomUUID()}`);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'wx+', 0o600);
    await unlink(path);
    await copy(input, handle, options.maxSpoolBytes ?? DEFAULT_MAX_SPOOL_BYTES);
    return handle;
  } catch (error) {
    input.destroy();
    await handle?.close();
    throw failure(error);
  }
}

async function copy(input: Readable, handle: FileHandle, maxBytes: number): Promise<void> {
  const iterator = input[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  let total = 0;
  for await (const chunk of decompressed(head, iterator) as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > maxBytes) throw tooLarge(`more than ${formatBytes(maxBytes)}, the limit for temporary files`);
    await handle.appendFile(chunk);
  }
}

function decompressed(head: Buffer, rest: AsyncIterator<Buffer, undefined>): AsyncIterable<unknown> {
  const hex = head.toString('hex', 0, MAGIC_BYTES);
  for (const [format, magic] of Object.entries(REFUSED)) {
    if (hex.startsWith(magic))
      throw new RegistryError('archive-invalid', `${format} archives are not read: unpack it first`);
  }
  const whole = Readable.from(prepended(head, rest), { objectMode: false });
  const compression = compressionOf(head);
  if (compression === undefined) return whole;
  const options = { chunkSize: READ_BYTES };
  const inflate: Duplex = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
  // Whoever reads the result meets the error of either.
  return pipeline(whole, inflate, () => {});
}

async function* prepended(head: Buffer, rest: AsyncIterator<Buffer, undefined>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function failure(error: unknown): unknown {
  const code = errnoOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return tooLarge('more than the temporary directory has room for', error);
  if (code.startsWith('Z_') || code.startsWith('ZSTD_')) {
    return new RegistryError(
      'archive-invalid',
      'the archive cannot be decompressed: it is damaged or cut off',
      {
        cause: error,
      },
    );
  }
  return error;
}

function tooLarge(what: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'archive-too-large',
    `the archive takes ${what}`,
    cause === undefined ? {} : { cause },
  );
}
