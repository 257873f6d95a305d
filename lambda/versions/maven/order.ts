/** The order of Maven versions. https://maven.apache.org/pom.html#version-order-specification */
import { compareNumbers, compareText, MAX_VERSION_LENGTH } from '../text.ts';
import { type MavenToken, parseMaven } from './parse.ts';

/** Known qualifiers in their order; the empty one is the release. All others come after, by name. */
const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];

/** `.jre8`, `.jdk17`: the same release built for another Java, not a later one. */
const JAVA_FLAVOUR = /\.(?:jre|jdk)[0-9]+$/i;

/** True for any text of letters, digits and `._+~-`. */
export function isMavenVersion(version: string): boolean {
  return parseMaven(version) !== undefined;
}

/** As `VersionScheme.compare`. */
export function compareMaven(a: string, b: string): number | undefined {
  const left = parseMaven(a);
  const right = parseMaven(b);
  if (left === undefined || right === undefined) return undefined;
  const length = Math.max(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const order = compareTokens(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * As `VersionScheme.compareToBound`: the Java that an artifact was built for, `.jre8` or `.jdk17` at its end, does not
 * count, as the advisory names the first of several builds of the same release.
 */
export function compareMavenToBound(installed: string, bound: string): number | undefined {
  return compareMaven(withoutJavaFlavour(installed), withoutJavaFlavour(bound));
}

function withoutJavaFlavour(version: string): string {
  return version.length > MAX_VERSION_LENGTH ? version : version.replace(JAVA_FLAVOUR, '');
}

/** A missing token counts as 0 or as the release, whichever the other token is to be compared with. */
function compareTokens(a: MavenToken | undefined, b: MavenToken | undefined): number {
  if (b === undefined) return compareToNothing(a as MavenToken);
  return a === undefined ? -compareToNothing(b) : compareTwo(a, b);
}

function compareToNothing(token: MavenToken): number {
  return token.isNumber ? compareNumbers(token.text, '0') : compareQualifiers(token.text, '');
}

/** Qualifiers come before numbers, `-1` before `.1`. */
function compareTwo(a: MavenToken, b: MavenToken): number {
  if (a.isNumber !== b.isNumber) return a.isNumber ? 1 : -1;
  if (!a.isNumber) return compareQualifiers(a.text, b.text);
  if (a.separator !== b.separator) return a.separator === '.' ? 1 : -1;
  return compareNumbers(a.text, b.text);
}

function compareQualifiers(a: string, b: string): number {
  return qualifierRank(a) - qualifierRank(b) || compareText(a, b);
}

function qualifierRank(name: string): number {
  const rank = QUALIFIERS.indexOf(name);
  return rank === -1 ? QUALIFIERS.length : rank;
}
