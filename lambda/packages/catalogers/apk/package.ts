import type { FoundPackage } from '../../package.ts';
import type { ProblemList } from '../../problem-list.ts';
import { isWord } from '../../word.ts';

/** One entry of the database. */
export type ApkEntry = {
  /** Values by field letter; the last line of a letter counts. */
  readonly fields: ReadonlyMap<string, string>;
  /** Paths that may hold language packages. */
  readonly files: readonly string[];
};

/**
 * The package of an entry. The origin is the aport it was built from, always in the same version: advisories are keyed
 * by it. An entry without name or version is a problem, not a package.
 */
export function packageOf(entry: ApkEntry, problems: ProblemList): FoundPackage | undefined {
  const field = (letter: string) => entry.fields.get(letter) ?? '';
  const name = field('P');
  const version = field('V');
  if (!isWord(name)) {
    problems.add(
      'malformed',
      name === '' ? 'an entry has no package name' : 'a package name is not one word',
    );
    return undefined;
  }
  if (!isWord(version)) {
    problems.add(
      'malformed',
      `package ${name} has ${version === '' ? 'no version' : 'a version that is not one word'}`,
    );
    return undefined;
  }
  const origin = field('o');
  return {
    type: 'apk',
    name,
    version,
    source: { name: isWord(origin) ? origin : name, version },
    ...(isWord(field('A')) && { arch: field('A') }),
    ...(field('m') !== '' && { vendor: field('m') }),
    ...(field('L') !== '' && { licenses: [field('L')] }),
    ...(entry.files.length > 0 && { files: entry.files }),
  };
}
