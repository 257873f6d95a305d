import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { MiB } from '../../../shared/units.ts';
import { AdvisoryError } from '../../errors.ts';

/** The largest record seen is 0.9 MB (a Red Hat advisory). */
const MAX_RECORD_BYTES = 32 * MiB;
const MAX_RECORDS = 2_000_000;
/** Records read between two turns of the event loop. */
const BATCH = 256;

const STORED = 0;
const DEFLATED = 8;
/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7: local file header up to the name. */
const LOCAL_HEADER_BYTES = 30;

/**
 * The records of an `all.zip` for which `wanted` is true, in the order of the archive: the id (file name without
 * `.json`) and the bytes, their CRC checked. Fails with `feed-malformed` when the archive is cut off or damaged
 * anywhere it is read: half a database is not taken for a whole one.
 */
export async function* readArchive(
  path: string,
  wanted: (id: string) => boolean,
): AsyncGenerator<{ readonly id: string; readonly bytes: Buffer }> {
  const file = openSync(path, 'r');
  try {
    const entries = await listEntries(file);
    for (const [index, entry] of entries.entries()) {
      if (index % BATCH === 0) await nextTurn();
      const id = idOf(entry.fileName);
      if (id !== undefined && wanted(id)) yield { id, bytes: readEntry(file, entry) };
    }
  } finally {
    closeSync(file);
  }
}

function idOf(fileName: string): string | undefined {
  return fileName.endsWith('.json') && !fileName.includes('/')
    ? fileName.slice(0, -'.json'.length)
    : undefined;
}

async function listEntries(file: number): Promise<readonly Entry[]> {
  try {
    const zip = await fromRandomAccessReaderPromise(new FileReader(file), fstatSync(file).size, {
      lazyEntries: true,
      autoClose: false,
    });
    if (zip.entryCount > MAX_RECORDS) throw new Error(`${zip.entryCount} entries`);
    return await collect(zip);
  } catch (error) {
    throw damaged('its directory cannot be read', error);
  }
}

async function collect(zip: ZipFile): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
  return entries;
}

/** Reads and inflates without streams: the archives hold tens of thousands of files of a few kilobytes. */
function readEntry(file: number, entry: Entry): Buffer {
  const name = entry.fileName;
  if (entry.uncompressedSize > MAX_RECORD_BYTES || entry.compressedSize > MAX_RECORD_BYTES) {
    throw damaged(`${name} is too large`);
  }
  const header = readExactly(file, entry.relativeOffsetOfLocalHeader, LOCAL_HEADER_BYTES);
  const dataStart =
    entry.relativeOffsetOfLocalHeader +
    LOCAL_HEADER_BYTES +
    header.readUInt16LE(26) +
    header.readUInt16LE(28);
  const stored = readExactly(file, dataStart, entry.compressedSize);
  const bytes = decode(stored, entry);
  if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32) {
    throw damaged(`${name} is not what its checksum says`);
  }
  return bytes;
}

function decode(stored: Buffer, entry: Entry): Buffer {
  if (entry.isEncrypted()) throw damaged(`${entry.fileName} is encrypted`);
  if (entry.compressionMethod === STORED) return stored;
  if (entry.compressionMethod !== DEFLATED) throw damaged(`${entry.fileName} has an unknown compression`);
  try {
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
  } catch (error) {
    throw damaged(`${entry.fileName} cannot be inflated`, error);
  }
}

function readExactly(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const count = readSync(file, bytes, filled, length - filled, position + filled);
    if (count === 0) throw damaged('it ends early');
    filled += count;
  }
  return bytes;
}

function damaged(what: string, cause?: unknown): AdvisoryError {
  return new AdvisoryError('feed-malformed', `the archive of records is damaged: ${what}`, {
    cause,
    retryable: true,
  });
}

/** yauzl reads the directory of the archive entry by entry; without a thread hop for each it is ten times as fast. */
class FileReader extends RandomAccessReader {
  readonly #file: number;

  constructor(file: number) {
    super();
    this.#file = file;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    let failure: Error | null = null;
    try {
      readExactly(this.#file, position, length).copy(buffer, offset);
    } catch (error) {
      failure = error as Error;
    }
    setImmediate(done, failure);
  }
}
