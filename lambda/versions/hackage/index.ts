import type { VersionScheme } from '../scheme.ts';
import { compareNumberLists, MAX_VERSION_LENGTH } from '../text.ts';

const SHAPE = /^[0-9]+(?:\.[0-9]+)*$/;

/** Versions of Haskell packages: dotted numbers; `1.0` comes before `1.0.0`. */
export const hackage = {
  id: 'hackage',
  title: 'Hackage',
  urls: ['https://pvp.haskell.org/#version-numbers'],
  ecosystems: ['Hackage', 'GHC'],
  isValid,
  compare: compareHackage,
} as const satisfies VersionScheme;

function isValid(version: string): boolean {
  return version.length <= MAX_VERSION_LENGTH && SHAPE.test(version);
}

function compareHackage(a: string, b: string): number | undefined {
  if (!isValid(a) || !isValid(b)) return undefined;
  const left = a.split('.');
  const right = b.split('.');
  return compareNumberLists(left, right) || left.length - right.length;
}
