import type { AnalyzerResult, WantedFile } from '../../../image/index.ts';
import type { CatalogerOutput } from '../../cataloger.ts';
import { pathBudget } from '../../path-budget.ts';
import { type ProblemList, problemsOf } from '../../problem-list.ts';
import { isSigningKey } from '../../rpm-names.ts';
import { BDB_BTREE_MAGIC, BDB_HASH_MAGIC, readBdb } from './bdb.ts';
import type { BlobReader } from './blob-source.ts';
import { parseHeader } from './header.ts';
import { NDB_MAGIC, readNdb } from './ndb.ts';
import { packageOf } from './package.ts';
import { readSqlite, SQLITE_MAGIC } from './sqlite.ts';

/**
 * The packages of an rpm database in any of its three formats, told by the file's first bytes: a database reached through
 * a link may have any name. Problem codes: `malformed`, `truncated`, `unsupported`, `limit-files`, and `empty`
 * for a database without any entry: on an rpm system nobody makes one, but damage in one place can.
 */
export function parseDatabase(file: WantedFile): AnalyzerResult<CatalogerOutput> {
  const problems = problemsOf(file.path);
  const outputs: CatalogerOutput[] = [];
  const paths = pathBudget(file.size);
  let blobs = 0;
  const reader = readerOf(file, problems);
  for (const blob of reader?.(file, problems) ?? []) {
    blobs += 1;
    const header = parseHeader(blob);
    if (header === undefined) {
      problems.add('malformed', 'a header has an index that does not fit its length');
      continue;
    }
    if (isSigningKey(header.name ?? '')) continue;
    const { package: found, broken } = packageOf(header, paths);
    if (broken !== undefined) problems.add('malformed', broken);
    if (found !== undefined) outputs.push({ kind: 'package', package: found });
  }
  if (blobs === 0 && problems.list().length === 0) problems.add('empty', 'the database lists no package');
  if (paths.spent()) problems.add('limit-files', 'the file lists are too long, the rest is left out');
  return { outputs, problems: problems.list() };
}

function readerOf(file: WantedFile, problems: ProblemList): BlobReader | undefined {
  const head = file.read(0, 16);
  if (head.length === 16) {
    if (head.readUInt32LE(0) === NDB_MAGIC) return readNdb;
    if (head.toString('latin1') === SQLITE_MAGIC) return readSqlite;
    const isBdb = (magic: number) => head.readUInt32LE(12) === magic || head.readUInt32BE(12) === magic;
    if (isBdb(BDB_HASH_MAGIC)) return readBdb;
    if (isBdb(BDB_BTREE_MAGIC)) {
      problems.add('unsupported', 'a Berkeley DB of another kind than hash');
      return undefined;
    }
  }
  problems.add('malformed', 'not an rpm database: neither SQLite, NDB nor Berkeley DB');
  return undefined;
}
