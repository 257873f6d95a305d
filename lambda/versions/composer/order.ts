/**
 * The order of Composer versions: PHP's `version_compare`, which OSV uses on Packagist, and Composer's way of writing
 * versions out before it uses the same function.
 * https://www.php.net/manual/en/function.version-compare.php, https://getcomposer.org/doc/articles/versions.md
 */
import { compareNumbers, isDigitCode, MAX_VERSION_LENGTH } from '../text.ts';

/** A version begins with a digit; `dev-main` is a branch, and so is `1.x-dev`, which stands for whatever it holds. */
const SHAPE = /^v?[0-9][0-9A-Za-z.+_-]*$/i;
const BRANCH = /\.x\b/i;
const PART = /[0-9]+|[^0-9.+_-]+/g;
const METADATA = /\+.*$/;
const STABLE = /[._-]?stable$/;
/** Composer writes numbers out to four: `1.0-beta1` is `1.0.0.0-beta1`. */
const NUMBERS = /^v?(?<numbers>[0-9]+(?:\.[0-9]+){0,3})(?![0-9.])/;
const NUMBER_COUNT = 4;

/** Words in their order; a word begins with one of these, others come before all. Numbers and the end rank as `#`. */
const WORDS = [/^dev/, /^a/, /^b/, /^rc/, /^#/, /^p/];
const NUMBER_RANK = 4;
const UNKNOWN_RANK = -1;

/** True for what begins with a digit, a `v` before it or not, and names no branch. */
export function isComposerVersion(version: string): boolean {
  return version.length <= MAX_VERSION_LENGTH && SHAPE.test(version) && !BRANCH.test(version);
}

/** As `VersionScheme.compare`: PHP's order without regard to case, so `1.0` comes before `1.0.0`. */
export function compareComposer(a: string, b: string): number | undefined {
  if (!isComposerVersion(a) || !isComposerVersion(b)) return undefined;
  return compareParts(split(a), split(b));
}

/** As `VersionScheme.compareToBound`: the order Composer itself uses, in which `v1.0`, `1.0.0` and `1.0.0+7` are one. */
export function compareComposerToBound(installed: string, bound: string): number | undefined {
  if (!isComposerVersion(installed) || !isComposerVersion(bound)) return undefined;
  return compareParts(split(writeOut(installed)), split(writeOut(bound)));
}

/** As `VersionScheme.compareLoosely`: PHP's order of any texts, in which branches come before all versions. */
export function compareComposerLoosely(a: string, b: string): number | undefined {
  if ([a, b].some((text) => text === '' || text.length > MAX_VERSION_LENGTH)) return undefined;
  return compareParts(split(a), split(b));
}

function writeOut(version: string): string {
  const text = version.toLowerCase().replace(METADATA, '').replace(STABLE, '');
  return text.replace(NUMBERS, (numbers) => numbers + '.0'.repeat(NUMBER_COUNT - numbers.split('.').length));
}

/** Runs of digits and of other characters; `.`, `-`, `_` and `+` only part them. */
function split(version: string): readonly string[] {
  const text = version.toLowerCase();
  return (text.startsWith('v') ? text.slice(1) : text).match(PART) ?? [];
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = comparePart(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A missing part comes before a number and otherwise ranks as one. */
function comparePart(a: string | undefined, b: string | undefined): number {
  const aIsNumber = isNumber(a);
  const bIsNumber = isNumber(b);
  if (aIsNumber && bIsNumber) return compareNumbers(a, b);
  if (a === undefined && bIsNumber) return -1;
  if (b === undefined && aIsNumber) return 1;
  return rank(a) - rank(b);
}

function isNumber(part: string | undefined): part is string {
  return part !== undefined && isDigitCode(part.charCodeAt(0));
}

function rank(part: string | undefined): number {
  if (part === undefined || isNumber(part)) return NUMBER_RANK;
  const found = WORDS.findIndex((word) => word.test(part));
  return found === -1 ? UNKNOWN_RANK : found;
}
