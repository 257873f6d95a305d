import { Readable } from 'node:stream';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { WantedFile } from '../../../image/index.ts';
import { KiB, MiB } from '../../../shared/units.ts';

const METADATA_ENTRY = 'EGG-INFO/PKG-INFO';
/** PK\x03\x04: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.7 */
const ZIP_MAGIC = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const MAX_ENTRIES = 100_000;
const MAX_METADATA_BYTES = 4 * MiB;
const CHUNK_BYTES = 64 * KiB;

/** True when the file begins as a zip archive does; a `.egg` may also be a folder's name or somebody's game level. */
export function isZip(file: WantedFile): boolean {
  return file.read(0, ZIP_MAGIC.length).equals(ZIP_MAGIC);
}

/**
 * `EGG-INFO/PKG-INFO` of a zipped egg; undefined when it has none. At most 100,000 entries are looked at and 4 MiB
 * inflated. Rejects on a broken archive; the caller turns that into a problem.
 */
export async function readEggMetadata(file: WantedFile): Promise<string | undefined> {
  const zip = await fromRandomAccessReaderPromise(new WantedFileReader(file), file.size, {
    autoClose: false,
  });
  let seen = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === METADATA_ENTRY) return await readEntry(zip, entry);
    if (++seen >= MAX_ENTRIES) throw new Error(`more than ${MAX_ENTRIES} entries`);
  }
  return undefined;
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > MAX_METADATA_BYTES) throw new Error(`${METADATA_ENTRY} is too large`);
  const chunks: Buffer[] = [];
  // yauzl fails the stream when it gives more than the declared size, so this is bounded.
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

class WantedFileReader extends RandomAccessReader {
  readonly #file: WantedFile;

  constructor(file: WantedFile) {
    super();
    this.#file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(rangeOf(this.#file, start, end), { objectMode: false });
  }
}

function* rangeOf(file: WantedFile, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; at += CHUNK_BYTES) {
    yield file.read(at, Math.min(CHUNK_BYTES, end - at));
  }
}
