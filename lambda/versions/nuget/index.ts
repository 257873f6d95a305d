import { comparePrecedence, parseSemver, type SemverParts } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';
import { MAX_VERSION_LENGTH } from '../text.ts';

/** Numbers in a version: System.Version's four. */
const MAX_NUMBERS = 4;

/** Versions of .NET packages: SemVer precedence with up to four numbers, words compared without regard to case. */
export const nuget = {
  id: 'nuget',
  title: 'NuGet',
  urls: ['https://learn.microsoft.com/en-us/nuget/concepts/package-versioning'],
  ecosystems: ['NuGet'],
  isValid: (version: string): boolean => parse(version) !== undefined,
  compare: compareNuget,
} as const satisfies VersionScheme;

function compareNuget(a: string, b: string): number | undefined {
  const left = parse(a);
  const right = parse(b);
  return left && right && comparePrecedence(left, right);
}

function parse(version: string): SemverParts | undefined {
  if (version.length > MAX_VERSION_LENGTH) return undefined;
  const parts = parseSemver(version.toLowerCase());
  return parts === undefined || parts.numbers.length > MAX_NUMBERS ? undefined : parts;
}
