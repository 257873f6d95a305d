/** The order of Python versions. https://packaging.python.org/en/latest/specifications/version-specifiers/ */
import { compareNumberLists, compareNumbers, compareText, MAX_VERSION_LENGTH } from '../text.ts';
import { compareLegacy } from './legacy.ts';
import { type Pep440Version, parsePep440 } from './parse.ts';

const DIGITS = /^[0-9]+$/;

/** True for a version of PEP 440, normalised or not. */
export function isPep440(version: string): boolean {
  return parsePep440(version) !== undefined;
}

/** As `VersionScheme.compare`: the whole order, in which `1.0+local` is greater than `1.0`. */
export function comparePep440(a: string, b: string): number | undefined {
  const left = parsePep440(a);
  const right = parsePep440(b);
  return left && right && (comparePublic(left, right) || compareLocals(left.local, right.local));
}

/**
 * As `VersionScheme.compareToBound`: the installed version's local part counts only if the bound has one, so that
 * `2.31.0+vendor.1` is `2.31.0` to an advisory that knows nothing of the vendor.
 * https://packaging.python.org/en/latest/specifications/version-specifiers/#version-matching
 */
export function comparePep440ToBound(installed: string, bound: string): number | undefined {
  const left = parsePep440(installed);
  const right = parsePep440(bound);
  if (left === undefined || right === undefined) return undefined;
  return (
    comparePublic(left, right) || (right.local === undefined ? 0 : compareLocals(left.local, right.local))
  );
}

/** As `VersionScheme.compareLoosely`: versions from before PEP 440 come before all others. */
export function comparePep440Loosely(a: string, b: string): number | undefined {
  if ([a, b].some((text) => text === '' || text.length > MAX_VERSION_LENGTH)) return undefined;
  const left = parsePep440(a);
  const right = parsePep440(b);
  if (left === undefined && right === undefined) return compareLegacy(a.toLowerCase(), b.toLowerCase());
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
  return comparePublic(left, right) || compareLocals(left.local, right.local);
}

function comparePublic(a: Pep440Version, b: Pep440Version): number {
  return (
    compareNumbers(a.epoch, b.epoch) ||
    compareNumberLists(a.release, b.release) ||
    preRank(a) - preRank(b) ||
    compareNumbers(a.preNumber, b.preNumber) ||
    compareOptional(a.post, b.post, -1) ||
    compareOptional(a.dev, b.dev, 1)
  );
}

/** A development release of nothing but the release (`1.0.dev1`) comes before the alphas; no pre-release, after them. */
function preRank(version: Pep440Version): number {
  if (version.preRank !== undefined) return version.preRank;
  return version.post === undefined && version.dev !== undefined ? -1 : 3;
}

/** Compares numbers; `absent` is the order of a missing one against any present. */
function compareOptional(a: string | undefined, b: string | undefined, absent: -1 | 1): number {
  if (a === undefined) return b === undefined ? 0 : absent;
  return b === undefined ? -absent : compareNumbers(a, b);
}

/** No local part comes first; numbers come after words; of equal beginnings the longer is greater. */
function compareLocals(a: readonly string[] = [], b: readonly string[] = []): number {
  for (const [i, segment] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const order = compareLocalSegment(segment, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareLocalSegment(a: string, b: string): number {
  const aIsNumber = DIGITS.test(a);
  if (aIsNumber !== DIGITS.test(b)) return aIsNumber ? 1 : -1;
  return aIsNumber ? compareNumbers(a, b) : compareText(a, b);
}
