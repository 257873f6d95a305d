/**
 * The grammar of Alpine versions: `number{.number}[letter{number}]{_suffix{number}}{~hash}[-r{number}]`.
 * https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/v3.0.6/src/version.c and doc/apk-package.5.scd. Two forms of
 * apk-tools 2 are kept, as packages and advisories still hold them: a number after the letter (`6.6.2p1-r0`) and a bare
 * `-r`, which is `-r0`.
 */
import { endOfDigits, MAX_VERSION_LENGTH } from '../text.ts';

/** Suffixes in their order; those before `release` mark versions that come before the one without a suffix. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', 'release', 'cvs', 'svn', 'git', 'hg', 'p'];
const RELEASE = SUFFIXES.indexOf('release');
const SUFFIX = /_(?<name>alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])/y;
const HASH = /~(?<value>[0-9a-f]+)/y;
const REVISION = /-r(?<value>[0-9]+|$)/y;

/**
 * What a part is, in the order that decides between two versions which are equal so far: the one that has ended comes
 * first, except for a suffix of a version to come.
 */
export const KIND = {
  preSuffix: 0,
  end: 1,
  revision: 2,
  hash: 3,
  suffixNumber: 4,
  suffix: 5,
  letter: 6,
  number: 7,
} as const;

export type ApkPart = { readonly kind: (typeof KIND)[keyof typeof KIND]; readonly text: string };

/** The parts read, in order; `rest` is what the grammar does not allow there, empty for a valid version. */
export type ApkVersion = { readonly parts: readonly ApkPart[]; readonly rest: string };

/** Reads as much of the text as the grammar allows; undefined for texts over the limit. */
export function parseApk(text: string): ApkVersion | undefined {
  if (text.length > MAX_VERSION_LENGTH) return undefined;
  const parts: ApkPart[] = [];
  let at = readNumbers(text, parts);
  if (at > 0) {
    at = readLetter(text, at, parts);
    at = readSuffixes(text, at, parts);
    at = readMatch(HASH, text, at, KIND.hash, parts);
    at = readMatch(REVISION, text, at, KIND.revision, parts);
  }
  return { parts, rest: text.slice(at) };
}

/** The rank of a suffix among suffixes. */
export function suffixRank(name: string): number {
  return SUFFIXES.indexOf(name);
}

function readNumbers(text: string, parts: ApkPart[]): number {
  let at = endOfDigits(text, 0);
  if (at === 0) return 0;
  parts.push({ kind: KIND.number, text: text.slice(0, at) });
  while (text[at] === '.') {
    const end = endOfDigits(text, at + 1);
    if (end === at + 1) break;
    parts.push({ kind: KIND.number, text: text.slice(at + 1, end) });
    at = end;
  }
  return at;
}

function readLetter(text: string, from: number, parts: ApkPart[]): number {
  const letter = text[from];
  if (letter === undefined || letter < 'a' || letter > 'z') return from;
  parts.push({ kind: KIND.letter, text: letter });
  return readNumber(text, from + 1, KIND.number, parts);
}

function readSuffixes(text: string, from: number, parts: ApkPart[]): number {
  let at = from;
  for (;;) {
    SUFFIX.lastIndex = at;
    const groups = SUFFIX.exec(text)?.groups as { name: string } | undefined;
    if (groups === undefined) return at;
    const { name } = groups;
    parts.push({ kind: suffixRank(name) < RELEASE ? KIND.preSuffix : KIND.suffix, text: name });
    at = readNumber(text, at + 1 + name.length, KIND.suffixNumber, parts);
  }
}

function readNumber(text: string, from: number, kind: ApkPart['kind'], parts: ApkPart[]): number {
  const end = endOfDigits(text, from);
  if (end > from) parts.push({ kind, text: text.slice(from, end) });
  return end;
}

function readMatch(
  pattern: RegExp,
  text: string,
  from: number,
  kind: ApkPart['kind'],
  parts: ApkPart[],
): number {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  if (match === null) return from;
  parts.push({ kind, text: (match.groups as { value: string }).value });
  return from + match[0].length;
}
