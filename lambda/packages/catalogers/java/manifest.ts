/**
 * The main section of a manifest: header names in lower case. Lines of at most 72 bytes are continued by lines that begin with a
 * blank; the section ends at the first empty line; values `%key` stand for a translation elsewhere and are left out.
 * https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest
 */
export type Manifest = ReadonlyMap<string, string>;

const LINE_END = /\r\n|\r|\n/;
/** The main section of a real manifest has some 2 KiB; OSGi lists may reach 100. */
const MAX_MAIN_BYTES = 256 * 1024;

export function parseManifest(bytes: Buffer): Manifest {
  const lines: string[] = [];
  for (const line of bytes.toString('utf8', 0, MAX_MAIN_BYTES).split(LINE_END)) {
    if (line === '') {
      if (lines.length > 0) break;
    } else if (line.startsWith(' ') && lines.length > 0) {
      lines[lines.length - 1] += line.slice(1);
    } else {
      lines.push(line);
    }
  }
  const manifest = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).trim();
    if (colon > 0 && value !== '' && !value.startsWith('%'))
      manifest.set(line.slice(0, colon).toLowerCase(), value);
  }
  return manifest;
}
