import type { VersionScheme } from '../scheme.ts';
import { compareNumbers, compareText, isDigitCode, MAX_VERSION_LENGTH } from '../text.ts';

const SHAPE = /^v?[0-9][0-9A-Za-z.+_~-]*$/i;
const PART = /[0-9]+|[a-z]+/g;

/** Words of versions to come, in their order. */
const PRE_RELEASE = new Map([
  ['dev', 0],
  ['snapshot', 0],
  ['nightly', 0],
  ['canary', 0],
  ['ea', 0],
  ['alpha', 1],
  ['a', 1],
  ['beta', 2],
  ['b', 2],
  ['milestone', 3],
  ['m', 3],
  ['pre', 4],
  ['preview', 4],
  ['rc', 5],
  ['cr', 5],
]);
/** Short for a pre-release only before a number: `3.11.0a1`; `1.1.1a` is a later patch. */
const SHORT = new Set(['a', 'b', 'm']);
const RELEASE = new Set(['release', 'final', 'ga', 'stable', 'v']);
const RANK = { release: 6, laterWord: 7, number: 8 } as const;

type Part = { readonly rank: number; readonly text: string };
const END: Part = { rank: RANK.release, text: '' };

/**
 * An order for versions of no known scheme, such as those of programs recognised by their binaries: runs of digits by
 * value, words of pre-releases before the release, other words after it (`1.1.1k`, `2.0-p1`), `1.0` the same as `1.0.0`.
 */
export const generic = {
  id: 'generic',
  title: 'Generic',
  urls: ['https://github.com/anchore/grype/blob/main/grype/version/fuzzy_version.go'],
  ecosystems: [],
  isValid,
  compare: compareGeneric,
} as const satisfies VersionScheme;

function isValid(version: string): boolean {
  return version.length <= MAX_VERSION_LENGTH && SHAPE.test(version);
}

function compareGeneric(a: string, b: string): number | undefined {
  if (!isValid(a) || !isValid(b)) return undefined;
  const left = parse(a);
  const right = parse(b);
  const length = Math.max(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const order = comparePart(left[i] ?? END, right[i] ?? END);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: Part, b: Part): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.rank === RANK.number) return compareNumbers(a.text, b.text);
  return a.rank === RANK.laterWord ? compareText(a.text, b.text) : 0;
}

function parse(version: string): readonly Part[] {
  const texts = version.toLowerCase().match(PART) as string[];
  return texts.filter((text) => !RELEASE.has(text)).map(toPart);
}

function toPart(text: string, index: number, texts: readonly string[]): Part {
  if (isDigitCode(text.charCodeAt(0)))
    return compareNumbers(text, '0') === 0 ? END : { rank: RANK.number, text };
  const isNumbered = isDigitCode((texts[index + 1] ?? '').charCodeAt(0));
  const rank = SHORT.has(text) && !isNumbered ? undefined : PRE_RELEASE.get(text);
  return { rank: rank ?? RANK.laterWord, text };
}
