import { compareIdentifiers, comparePrecedence, isSemver, parseSemver } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';

/** Versions of Dart packages: Semantic Versioning in which the build takes part, after the release. */
export const pub = {
  id: 'pub',
  title: 'Pub',
  urls: ['https://pub.dev/packages/pub_semver'],
  ecosystems: ['Pub'],
  isValid: isSemver,
  compare: comparePub,
} as const satisfies VersionScheme;

function comparePub(a: string, b: string): number | undefined {
  const left = parseSemver(a);
  const right = parseSemver(b);
  if (left === undefined || right === undefined) return undefined;
  return comparePrecedence(left, right) || compareBuilds(left.build, right.build);
}

function compareBuilds(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  return b === undefined ? 1 : compareIdentifiers(a, b);
}
