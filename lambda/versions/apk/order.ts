/** The order of Alpine versions, as `apk version -t` gives it: sources in `parse.ts`. */
import { compareNumbers, compareText } from '../text.ts';
import { type ApkPart, type ApkVersion, KIND, parseApk, suffixRank } from './parse.ts';

const END: ApkPart = { kind: KIND.end, text: '' };
const FIRST_REVISION: ApkPart = { kind: KIND.revision, text: '0' };

/** True for a version of apk's grammar. */
export function isApkVersion(version: string): boolean {
  return parseValid(version) !== undefined;
}

/** As `VersionScheme.compare`. A version without `-rN` sorts before the same with `-r0`, as in apk. */
export function compareApk(a: string, b: string): number | undefined {
  const left = parseValid(a);
  const right = parseValid(b);
  return left && right && compareParts(left.parts, right.parts);
}

/**
 * As `VersionScheme.compareLoosely`, after `apk version -t` of apk-tools 2 and OSV's reading of it: the readable
 * beginnings decide, a missing `-rN` being `-r0`; then a version with an unreadable rest sorts before one without. Two
 * rests compare as text, unless one follows a revision.
 */
export function compareApkLoosely(a: string, b: string): number | undefined {
  const left = parseApk(a);
  const right = parseApk(b);
  if (!left || !right || a === '' || b === '') return undefined;
  if (left.rest === '' && right.rest === '') return compareParts(left.parts, right.parts);
  const order = compareParts(withRevision(left.parts), withRevision(right.parts));
  if (order !== 0) return order;
  if (left.rest === '' || right.rest === '') return left.rest === '' ? 1 : -1;
  return followsRevision(left) || followsRevision(right) ? 0 : compareText(left.rest, right.rest);
}

function parseValid(version: string): ApkVersion | undefined {
  const parsed = parseApk(version);
  return parsed?.rest === '' && parsed.parts.length > 0 ? parsed : undefined;
}

function compareParts(a: readonly ApkPart[], b: readonly ApkPart[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a[i] ?? END;
    const right = b[i] ?? END;
    const order = left.kind - right.kind || comparePart(left, right, i === 0);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: ApkPart, b: ApkPart, first: boolean): number {
  if (a.kind === KIND.preSuffix || a.kind === KIND.suffix) return suffixRank(a.text) - suffixRank(b.text);
  if (a.kind === KIND.letter || a.kind === KIND.hash) return compareText(a.text, b.text);
  if (a.kind === KIND.number && !first && (a.text.startsWith('0') || b.text.startsWith('0'))) {
    // Gentoo's rule: after the first number, one with a leading zero is read like the digits of a fraction.
    return compareText(a.text, b.text);
  }
  return compareNumbers(a.text, b.text);
}

function followsRevision(version: ApkVersion): boolean {
  return (
    version.rest !== '' && (version.parts.at(-1)?.kind === KIND.revision || version.rest.startsWith('-r'))
  );
}

function withRevision(parts: readonly ApkPart[]): readonly ApkPart[] {
  return parts.at(-1)?.kind === KIND.revision ? parts : [...parts, FIRST_REVISION];
}
