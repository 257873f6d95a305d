import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { readAll } from './read-all.ts';

export type ZipContent = Readonly<Record<string, Buffer | string>>;
export type ZipOptions = {
  /** Deflate entries; stored by default. */
  readonly compress?: boolean;
  /** 64-bit fields everywhere. */
  readonly zip64?: boolean;
  /** Sizes in a data descriptor behind each entry, as writers do that cannot seek. */
  readonly streamed?: boolean;
  readonly comment?: string;
};

const ENTRY_TIME = new Date('2020-01-01T00:00:00Z');
const CENTRAL_MAGIC = Buffer.from('PK\x01\x02', 'latin1');

/** A ZIP archive, in the order of `content`. */
export async function zipOf(content: ZipContent, options: ZipOptions = {}): Promise<Buffer> {
  const zip = new ZipFile();
  const entry = {
    mtime: ENTRY_TIME,
    compress: options.compress ?? false,
    forceZip64Format: options.zip64 ?? false,
  };
  for (const [name, data] of Object.entries(content)) {
    const bytes = Buffer.from(data);
    if (options.streamed) zip.addReadStream(Readable.from([bytes]), name, entry);
    else zip.addBuffer(bytes, name, entry);
  }
  zip.end({ forceZip64Format: options.zip64 ?? false, comment: options.comment ?? '' });
  return readAll(zip.outputStream as Readable);
}

/** Changes the record of the entry number `index` in the central directory, in place. */
export function patchEntry(zip: Buffer, index: number, patch: (record: Buffer) => void): Buffer {
  let at = -1;
  for (let left = index; left >= 0; left--) at = zip.indexOf(CENTRAL_MAGIC, at + 1);
  if (at === -1) throw new Error(`the archive has no entry ${index}`);
  patch(zip.subarray(at));
  return zip;
}
