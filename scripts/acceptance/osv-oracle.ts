import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import {
  type AdvisoryDatabase,
  affectingAdvisories,
  openDatabase,
  updateDatabase,
} from '../../lambda/vulnerabilities/index.ts';
import type { AcceptanceResult } from './result.ts';

/** What the public OSV API answered for one package version, by the test recordings of osv-scanner. */
const querySchema = z.object({
  ecosystem: z.string(),
  name: z.string(),
  version: z.string(),
  ids: z.array(z.string()),
});
const answersSchema = z.object({
  source: z.object({ commit_date: z.string() }),
  queries: z.array(querySchema),
});
type Query = z.infer<typeof querySchema>;

/** Ids of the records that the mirror has of an ecosystem. */
type MirroredRecords = ReadonlySet<string>;

/**
 * Asks the database, built from the mirror in `osv`, every question of `inputs/osv-oracle` and compares the ids. Fails for an id
 * that the mirror has and the database does not answer; ids the mirror lacks, answers the API did not give, and records of
 * Go that end by custom ranges, which the API ignores, are explained in the notes. Throws when the recordings or the mirror are not there.
 */
export async function checkOsvOracle(sharedDirectory: string): Promise<AcceptanceResult> {
  const text = await readFile(path.join(sharedDirectory, 'inputs/osv-oracle/answers.json'), 'utf8');
  const { queries, source } = answersSchema.parse(JSON.parse(text));
  const directory = await mkdtemp(path.join(tmpdir(), 'backline-osv-oracle-'));
  try {
    const mirror = path.join(sharedDirectory, 'osv');
    const available = (await readFile(path.join(mirror, 'ecosystems.txt'), 'utf8')).split('\n');
    const families = [...new Set(queries.map(familyOf))].filter((family) => available.includes(family));
    await updateDatabase({
      directory,
      mirror: pathToFileURL(`${mirror}/`).href,
      ecosystems: families,
      clock: () => new Date(),
    });
    const records = new Map<string, MirroredRecords>();
    for (const family of families) records.set(family, await mirroredRecords(mirror, family));
    const database = openDatabase(directory);
    try {
      return compare(queries, records, database, source.commit_date);
    } finally {
      database.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function compare(
  queries: readonly Query[],
  records: ReadonlyMap<string, MirroredRecords>,
  database: AdvisoryDatabase,
  recordedAt: string,
): AcceptanceResult {
  const result = { name: 'osv-oracle', passed: 0, failed: [] as string[], notes: [] as string[] };
  const absent = new Map<string, number>();
  let confirmed = 0;
  for (const query of queries) {
    const known = records.get(familyOf(query));
    const answer = known && answerOf(query, database);
    if (known === undefined || answer === undefined) {
      absent.set(query.ecosystem, (absent.get(query.ecosystem) ?? 0) + 1);
      continue;
    }
    const title = `${query.ecosystem} ${query.name} ${query.version}`;
    const expected = query.ids.filter((id) => known.has(id));
    const absentIds = expected.filter((id) => !answer.has(id));
    const ended = absentIds.filter((id) => hasCustomRanges(query, id, database));
    const missed = absentIds.filter((id) => !ended.includes(id));
    confirmed += expected.length - absentIds.length;
    for (const id of ended)
      result.notes.push(`${title}: ${id} is not answered: the API ignores the fix in its custom ranges`);
    if (missed.length === 0) result.passed += 1;
    for (const id of missed) result.failed.push(`${title}: ${id} is not answered`);
    const unknown = query.ids.length - expected.length;
    if (unknown > 0) result.notes.push(`${title}: ${unknown} ids of the API are not in the mirror`);
    for (const [id, modified] of answer) {
      if (!query.ids.includes(id))
        result.notes.push(`${title}: ${id} is answered beside: ${why(modified, recordedAt)}`);
    }
  }
  result.notes.unshift(`${confirmed} ids of the API are answered`);
  for (const [ecosystem, count] of absent) {
    result.notes.push(`${ecosystem}: ${count} questions not asked, the mirror does not have it`);
  }
  return result;
}

/** Ids with the date of their record; undefined when the database lacks the ecosystem. */
function answerOf(query: Query, database: AdvisoryDatabase): ReadonlyMap<string, string> | undefined {
  // The API takes `Ubuntu:22.04` for the LTS release as well.
  const names = [
    query.ecosystem,
    ...(query.ecosystem.startsWith('Ubuntu:') ? [`${query.ecosystem}:LTS`] : []),
  ];
  const answers = names.flatMap((ecosystem) => {
    const found = affectingAdvisories(database, ecosystem, query.name, query.version);
    return found === undefined ? [] : [found];
  });
  if (answers.length === 0) return undefined;
  return new Map(answers.flat().map(({ id, modified }) => [id, modified]));
}

function hasCustomRanges({ ecosystem, name }: Query, id: string, database: AdvisoryDatabase): boolean {
  const records = database.advisories(ecosystem, name) ?? [];
  return records.some((record) => record.id === id && record.affected.customRanges !== undefined);
}

function why(modified: string, recordedAt: string): string {
  return modified > recordedAt
    ? `changed on ${modified}, after the recording`
    : `as of ${modified}; the API had a later state of it`;
}

function familyOf({ ecosystem }: Pick<Query, 'ecosystem'>): string {
  return ecosystem.split(':', 1)[0] ?? '';
}

/** `modified_id.csv` of an ecosystem: a date and an id on each line. */
async function mirroredRecords(mirror: string, family: string): Promise<MirroredRecords> {
  const text = await readFile(path.join(mirror, family, 'modified_id.csv'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Set(lines.map((line) => line.slice(line.indexOf(',') + 1).trim()));
}
