import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** The one date of all entries: equal content gives equal bytes. Local time, because that is what ZIP keeps. */
const ENTRY_TIME = new Date(2023, 5, 10);

/** A ZIP archive of these files, by name, in the order given. */
export async function zipOf(
  files: Iterable<readonly [name: string, content: Uint8Array | string]>,
  options: { readonly compress: boolean },
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of files) {
    zip.addBuffer(Buffer.from(content), name, {
      mtime: ENTRY_TIME,
      forceDosTimestamp: true,
      compress: options.compress,
    });
  }
  zip.end();
  return await buffer(zip.outputStream);
}
