import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { schemeById, type VersionScheme } from '../../lambda/versions/index.ts';
import type { AcceptanceResult } from './result.ts';

/** Which scheme each file of osv-scalibr's `semantic/testdata` is about. */
const SCHEME_OF_FILE = new Map([
  ['alpine', ['apk']],
  ['cran', ['cran']],
  ['debian', ['deb']],
  ['hackage', ['hackage']],
  ['maven', ['maven']],
  ['nuget', ['nuget']],
  ['packagist', ['composer']],
  ['pub', ['pub']],
  ['pypi', ['pep440']],
  ['redhat', ['rpm']],
  ['rubygems', ['rubygems']],
  ['semver', ['semver', 'go']],
]);
const FILE = /^(?<name>[a-z]+)-versions(?:-generated)?\.txt$/;
const PAIR = /^(?<a>\S+) (?<relation>[<=>]) (?<b>\S+)$/;
const COMMENT = /^(?:#|\/\/) /;
const RELATIONS = ['<', '=', '>'];

type Pair = { a: string; relation: string; b: string };

/**
 * Compares every pair of versions in `inputs/version-compare/osv-scalibr`, both ways round. Pairs with a version that
 * the scheme does not hold valid are compared loosely, and counted in the notes. Throws when the vectors are not there.
 */
export async function checkVersionCompare(sharedDirectory: string): Promise<AcceptanceResult> {
  const directory = path.join(sharedDirectory, 'inputs/version-compare/osv-scalibr');
  const result = { name: 'version-compare', passed: 0, failed: [] as string[], notes: [] as string[] };
  for (const file of (await readdir(directory)).sort()) {
    const schemes = SCHEME_OF_FILE.get(FILE.exec(file)?.groups?.['name'] ?? '');
    if (schemes === undefined) {
      result.failed.push(`${file}: no scheme is known for this file`);
      continue;
    }
    const lines = (await readFile(path.join(directory, file), 'utf8')).split('\n');
    for (const id of schemes) checkFile(file, lines, schemeById(id), result);
  }
  return result;
}

function checkFile(
  file: string,
  lines: readonly string[],
  scheme: VersionScheme | undefined,
  result: { passed: number; failed: string[]; notes: string[] },
): void {
  let loose = 0;
  let pairs = 0;
  for (const line of lines) {
    if (line === '' || COMMENT.test(line)) continue;
    const pair = PAIR.exec(line)?.groups as Pair | undefined;
    pairs++;
    const found = pair === undefined ? 'not a pair' : relationOf(scheme, pair);
    if (pair !== undefined && scheme?.compare(pair.a, pair.b) === undefined) loose++;
    if (found === pair?.relation) result.passed++;
    else result.failed.push(`${file} (${scheme?.id}): ${line}, found ${found}`);
  }
  result.notes.push(
    `${file} (${scheme?.id}): ${pairs} pairs, ${loose} of them on versions that are not valid`,
  );
}

/** The relation found; a text that is none when the order turns about with the pair. */
function relationOf(scheme: VersionScheme | undefined, { a, b }: Pair): string {
  const order = compare(scheme, a, b);
  const reverse = compare(scheme, b, a);
  if (order === undefined || reverse === undefined) return 'not comparable';
  if (Math.sign(order) + Math.sign(reverse) !== 0) return `${order} and ${reverse} the other way round`;
  return RELATIONS[Math.sign(order) + 1] ?? '';
}

function compare(scheme: VersionScheme | undefined, a: string, b: string): number | undefined {
  return scheme?.compare(a, b) ?? scheme?.compareLoosely?.(a, b);
}
