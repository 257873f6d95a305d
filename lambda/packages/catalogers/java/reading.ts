import type { ByteSource } from '../../byte-source.ts';
import type { FoundPackage } from '../../package.ts';
import type { ProblemList } from '../../problem-list.ts';
import type { Budget, Limit } from './budget.ts';
import { DEFLATED, entryBytes, STORED, type ZipEntry } from './zip.ts';

/** One archive: the file of a layer, or nested in one. */
export type Archive = {
  readonly bytes: ByteSource;
  /** Path of the file, or inside the archive around it; tells the name. */
  readonly path: string;
  /** Path from the outer file, `!/` between archives; empty for the outer file itself. */
  readonly innerPath: string;
  /** 0 for the outer file. */
  readonly depth: number;
};

/** Shared by an outer archive and all that are nested in it. */
export type Reading = {
  readonly budget: Budget;
  readonly problems: ProblemList;
  readonly packages: FoundPackage[];
};

/** The bytes of an entry as they lie in the archive; `undefined`, with a problem, when they cannot be had. */
export function openEntry(archive: Archive, entry: ZipEntry, reading: Reading): ByteSource | undefined {
  if (entry.encrypted) return undefined;
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    return report(archive, reading, 'unsupported', `${entry.name}: ZIP compression method ${entry.method}`);
  }
  const data = entryBytes(archive.bytes, entry);
  return data ?? report(archive, reading, 'malformed', `${entry.name} is not where the ZIP directory says`);
}

/** Notes that reading ends here because of a limit. */
export function reportLimit(archive: Archive, reading: Reading, limit: Limit): undefined {
  return report(
    archive,
    reading,
    limit,
    'the archive with those nested in it is beyond this limit; the rest is not read',
  );
}

/** Notes a problem of one archive; the answer is for callers that have nothing to return then. */
export function report(
  { innerPath }: Archive,
  { problems }: Reading,
  code: string,
  detail: string,
): undefined {
  problems.add(code, innerPath === '' ? detail : `${innerPath}: ${detail}`);
  return undefined;
}
