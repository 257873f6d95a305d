import { isArchiveName } from './archive-name.ts';
import { MAX_MANIFEST_BYTES, MAX_NAME_LENGTH, MAX_POM_BYTES } from './budget.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { type Coordinates, isPomProperties, parsePomProperties } from './pom-properties.ts';
import { type Archive, openEntry, type Reading, report, reportLimit } from './reading.ts';
import { openZip, readSmall, type ZipEntry } from './zip.ts';

/** What tells the identity of an archive, and the archives in it, not opened yet. */
export type Contents = {
  readonly poms: readonly Coordinates[];
  readonly manifest: Manifest;
  readonly nested: readonly ZipEntry[];
  readonly hasClasses: boolean;
};

/** Reads the directory of an archive and its descriptors; nothing else is inflated. `undefined` when it is no archive. */
export function readContents(archive: Archive, reading: Reading): Contents | undefined {
  const wanted = listWanted(archive, reading);
  if (wanted === undefined) return undefined;
  const poms: Coordinates[] = [];
  for (const entry of wanted.poms) {
    const bytes = readDescriptor(archive, entry, MAX_POM_BYTES, reading);
    if (bytes === undefined) continue;
    const coordinates = parsePomProperties(bytes, entry.name);
    if (coordinates === undefined)
      report(archive, reading, 'malformed', 'a pom.properties names no artifact');
    else poms.push(coordinates);
  }
  let manifest: Manifest = new Map();
  for (const entry of wanted.manifests) {
    const bytes = readDescriptor(archive, entry, MAX_MANIFEST_BYTES, reading);
    if (bytes !== undefined) manifest = parseManifest(bytes);
  }
  return { poms, manifest, nested: wanted.nested, hasClasses: wanted.hasClasses };
}

type Wanted = {
  readonly manifests: ZipEntry[];
  readonly poms: ZipEntry[];
  readonly nested: ZipEntry[];
  hasClasses: boolean;
};

/** One walk over the directory. Names decide; nothing is inflated. The JVM refuses archives with an encrypted entry. */
function listWanted(archive: Archive, reading: Reading): Wanted | undefined {
  const { budget } = reading;
  const directory = openZip(archive.bytes);
  if (directory === undefined)
    return report(archive, reading, 'malformed', 'not a ZIP archive, or cut short');
  if (!budget.spend('limit-directory', directory.size))
    return reportLimit(archive, reading, 'limit-directory');
  const wanted: Wanted = { manifests: [], poms: [], nested: [], hasClasses: false };
  let encrypted = false;
  for (const entry of directory.entries()) {
    if (!budget.spend('limit-entries', 1)) {
      reportLimit(archive, reading, 'limit-entries');
      break;
    }
    encrypted ||= entry.encrypted;
    const list = listFor(entry.name, wanted);
    if (list === undefined) continue;
    if (entry.name.length > MAX_NAME_LENGTH) {
      report(archive, reading, 'limit-path', `an entry's name is longer than ${MAX_NAME_LENGTH} characters`);
      continue;
    }
    const limit = list === wanted.nested ? 'limit-archives' : 'limit-descriptors';
    if (!budget.spend(limit, 1)) {
      reportLimit(archive, reading, limit);
      break;
    }
    list.push(entry);
  }
  if (directory.broken)
    report(archive, reading, 'malformed', 'the ZIP directory is broken; the rest is not read');
  if (encrypted) report(archive, reading, 'encrypted', 'holds encrypted entries');
  return wanted;
}

function listFor(name: string, wanted: Wanted): ZipEntry[] | undefined {
  if (name.endsWith('.class')) {
    wanted.hasClasses = true;
    return undefined;
  }
  if (isPomProperties(name)) return wanted.poms;
  // The JVM finds it in any case.
  if (name.length === 20 && name.toUpperCase() === 'META-INF/MANIFEST.MF') return wanted.manifests;
  return isArchiveName(name) ? wanted.nested : undefined;
}

function readDescriptor(
  archive: Archive,
  entry: ZipEntry,
  maxBytes: number,
  reading: Reading,
): Buffer | undefined {
  const data = openEntry(archive, entry, reading);
  if (data === undefined) return undefined;
  const { budget } = reading;
  if (!budget.spend('limit-inflated', data.size)) return reportLimit(archive, reading, 'limit-inflated');
  const content = readSmall(data, entry, maxBytes);
  budget.spend('limit-inflated', typeof content === 'string' ? maxBytes : content.length);
  return typeof content === 'string'
    ? report(archive, reading, content, `${entry.name} cannot be read`)
    : content;
}
