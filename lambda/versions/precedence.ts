/**
 * The precedence of Semantic Versioning 2.0.0 (https://semver.org/#spec-item-11), shared by the schemes built on it.
 *
 * Own code and not the `semver` library: that rejects what advisories and manifests hold (`1.90`, `1.2.3.4`, numbers
 * above 2^53, over 256 characters), and its loose mode still does. The forms taken beyond the specification are a
 * leading `v` or `=`, missing and further numbers, leading zeros, and a pre-release without its dash (`1.0rc1`).
 */
import { compareNumberLists, compareNumbers, compareText, MAX_VERSION_LENGTH } from './text.ts';

const SHAPE =
  /^=?[vV]?(?<numbers>[0-9]+(?:\.[0-9]+)*)(?:-(?<pre>[0-9A-Za-z._-]+)|(?<glued>[A-Za-z][0-9A-Za-z._-]*))?(?:\+(?<build>[0-9A-Za-z.+_-]*))?$/;
type Groups = { numbers: string; pre?: string; glued?: string; build?: string };
const DIGITS = /^[0-9]+$/;

export type SemverParts = {
  /** At least one; those beyond the end count as 0. */
  readonly numbers: readonly string[];
  /** Undefined for a release. */
  readonly preRelease: string | undefined;
  /** What follows the `+`; undefined without one. */
  readonly build: string | undefined;
};

/** The parts of a version; undefined for anything else. */
export function parseSemver(version: string): SemverParts | undefined {
  if (version.length > MAX_VERSION_LENGTH) return undefined;
  const groups = SHAPE.exec(version)?.groups as Groups | undefined;
  if (groups === undefined) return undefined;
  return {
    numbers: groups.numbers.split('.'),
    preRelease: groups.pre ?? groups.glued,
    build: groups.build,
  };
}

/** True for what `parseSemver` reads. */
export function isSemver(version: string): boolean {
  return version.length <= MAX_VERSION_LENGTH && SHAPE.test(version);
}

/** As `VersionScheme.compare`. Pre-releases take part, build metadata does not. */
export function compareSemver(a: string, b: string): number | undefined {
  const left = parseSemver(a);
  const right = parseSemver(b);
  return left && right && comparePrecedence(left, right);
}

/** Numbers, then pre-releases: a release is greater than any of them. */
export function comparePrecedence(a: SemverParts, b: SemverParts): number {
  return compareNumberLists(a.numbers, b.numbers) || comparePreReleases(a.preRelease, b.preRelease);
}

function comparePreReleases(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  return b === undefined ? -1 : compareIdentifiers(a, b);
}

/** Dot-separated identifiers: numbers by value, before words, which compare as text; more identifiers are greater. */
export function compareIdentifiers(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (const [i, identifier] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareIdentifier(identifier, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareIdentifier(a: string, b: string): number {
  const aIsNumber = DIGITS.test(a);
  if (aIsNumber !== DIGITS.test(b)) return aIsNumber ? -1 : 1;
  return aIsNumber ? compareNumbers(a, b) : compareText(a, b);
}
