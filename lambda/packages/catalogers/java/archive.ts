import { sourceOf } from '../../byte-source.ts';
import { MAX_DEPTH, MAX_HELD_BYTES, MAX_INNER_PATH_LENGTH } from './budget.ts';
import { type Contents, readContents } from './contents.ts';
import { identify } from './identity.ts';
import { inflateWhole } from './inflate.ts';
import { type Archive, openEntry, type Reading, report, reportLimit } from './reading.ts';
import { STORED, type ZipEntry } from './zip.ts';

const RAR_MAGIC = Buffer.from('Rar!');

/** Adds the packages of an archive, and of those nested in it, to `reading`; what cannot be read or is beyond the limits is a problem. */
export async function readArchive(archive: Archive, reading: Reading): Promise<void> {
  if (archive.bytes.size === 0 || archive.bytes.read(0, 4).equals(RAR_MAGIC)) return;
  const contents = readContents(archive, reading);
  if (contents === undefined) return;
  addPackages(archive, reading, contents);
  for (const entry of contents.nested) await readNested(archive, entry, reading);
}

function addPackages(archive: Archive, reading: Reading, contents: Contents): void {
  const found = identify({ path: archive.path, ...contents });
  if (found.some(({ version }) => version === '')) {
    report(archive, reading, 'identity-unknown', 'a pom.properties states no version');
  } else if (found.length === 0 && contents.hasClasses) {
    report(archive, reading, 'identity-unknown', 'holds Java classes of an unknown artifact or version');
  }
  const where = archive.innerPath === '' ? {} : { innerPath: archive.innerPath };
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  for (const one of unique.values()) reading.packages.push({ ...one, ...where });
}

async function readNested(archive: Archive, entry: ZipEntry, reading: Reading): Promise<void> {
  if (archive.depth === MAX_DEPTH) {
    return report(archive, reading, 'limit-depth', `archives nested deeper than ${MAX_DEPTH}`);
  }
  const data = openEntry(archive, entry, reading);
  if (data === undefined) return undefined;
  const innerPath = archive.innerPath === '' ? entry.name : `${archive.innerPath}!/${entry.name}`;
  if (innerPath.length > MAX_INNER_PATH_LENGTH)
    return report(archive, reading, 'limit-path', 'the path to a nested archive is too long');
  const place = { path: entry.name, innerPath, depth: archive.depth + 1 };
  if (entry.method === STORED) return readArchive({ bytes: data, ...place }, reading);

  const { budget } = reading;
  const size = entry.inflatedBytes;
  if (budget.heldBytes + size > MAX_HELD_BYTES) {
    return report({ ...archive, innerPath }, reading, 'too-large', 'too large to be inflated in memory');
  }
  if (!budget.spend('limit-inflated', data.size + size))
    return reportLimit(archive, reading, 'limit-inflated');
  budget.heldBytes += size;
  const content = await inflateWhole(data, size);
  if (content === undefined) report({ ...archive, innerPath }, reading, 'malformed', 'cannot be inflated');
  else await readArchive({ bytes: sourceOf(content), ...place }, reading);
  budget.heldBytes -= size;
}
