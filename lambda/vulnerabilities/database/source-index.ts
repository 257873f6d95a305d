import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SourceState, StoredFile } from './manifest.ts';
import type { Workspace } from './workspace.ts';
import { compareText } from './write-shard.ts';

/** The state in which a record was taken: its `modified`, and what was wrong with it. */
export type AppliedRecord = { readonly modified: string; readonly problem?: string };
export type SourceIndex = ReadonlyMap<string, AppliedRecord>;

const MAX_EXAMPLES = 20;
const MAX_DETAIL_LENGTH = 300;

const indexSchema = z.array(z.tuple([z.string(), z.string()], z.string()));

/** Keeps a source's index in the database, sorted by id: the same index makes the same bytes. */
export async function keepSourceIndex(
  workspace: Workspace,
  source: string,
  index: SourceIndex,
): Promise<StoredFile> {
  const path = workspace.scratch('index');
  const rows = sorted(index).map(([id, { modified, problem }]) =>
    JSON.stringify(
      problem === undefined ? [id, modified] : [id, modified, problem.slice(0, MAX_DETAIL_LENGTH)],
    ),
  );
  await writeFile(path, `[\n${rows.join(',\n')}\n]\n`);
  return await workspace.keep(path, `index-${source.replaceAll(/[^A-Za-z0-9]+/g, '-')}`, 'json');
}

/** Reads what `keepSourceIndex` wrote; throws when it is anything else. */
export async function readSourceIndex(path: string): Promise<SourceIndex> {
  const rows = indexSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  return new Map(
    rows.map(([id, modified, problem]) => [id, { modified, ...(problem !== undefined && { problem }) }]),
  );
}

/** The problems in an index, as the manifest lists them. */
export function problemsOf(index: SourceIndex): SourceState['problems'] {
  const found = sorted(index).flatMap(([record, { problem }]) =>
    problem === undefined ? [] : [{ record, detail: problem.slice(0, MAX_DETAIL_LENGTH) }],
  );
  return { count: found.length, examples: found.slice(0, MAX_EXAMPLES) };
}

function sorted(index: SourceIndex): readonly (readonly [string, AppliedRecord])[] {
  return [...index].sort(([a], [b]) => compareText(a, b));
}
