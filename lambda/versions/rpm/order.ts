/**
 * The order of rpm versions: `[epoch:]version[-release]`.
 * https://rpm-software-management.github.io/rpm/manual/dependencies.html#versioning and, in rpm 4.20, rpmio/rpmvercmp.cc
 * (segments) and rpmio/rpmver.cc (parts; `rpmverCmp` sets an absent release below any, `rpmverOverlap` ignores it).
 */
import {
  compareDigitRuns,
  compareText,
  endOfDigits,
  isDigitCode,
  isLetterCode,
  MAX_VERSION_LENGTH,
} from '../text.ts';

/** rpmvercmp takes any text. Blanks and commas are held to be mistakes: some Azure Linux bounds are lists. */
const SHAPE = /^[^\s,\0]+$/;
const EPOCH = /^[0-9]+:/;
const TILDE = 0x7e;
const CARET = 0x5e;

type Parts = { readonly epoch: string; readonly version: string; readonly release: string | undefined };

/** What takes part beside the version itself. */
type Options = {
  /** `ignore` for source packages, whose file names carry no epoch, and for feeds known to leave it out. */
  readonly epoch?: 'compare' | 'ignore';
  /** `if-both`: an absent release says nothing, as in a dependency. */
  readonly release?: 'compare' | 'if-both';
};

/** True for any text without blanks, commas and NUL inside (blanks around it are dropped), one character or more. */
export function isRpmVersion(version: string): boolean {
  return version.length <= MAX_VERSION_LENGTH && SHAPE.test(version.trim());
}

/** As `VersionScheme.compare`: a missing epoch is 0, a missing release sorts before any release. */
export function compareRpm(a: string, b: string, options: Options = {}): number | undefined {
  if (!isRpmVersion(a) || !isRpmVersion(b)) return undefined;
  const left = split(a.trim());
  const right = split(b.trim());
  const epochs = options.epoch === 'ignore' ? 0 : compareSegments(left.epoch, right.epoch);
  return epochs || compareSegments(left.version, right.version) || compareReleases(left, right, options);
}

/** As `VersionScheme.compareToBound`: a bound without a release holds for every release of its version. */
export function compareRpmToBound(installed: string, bound: string): number | undefined {
  return compareRpm(installed, bound, { release: 'if-both' });
}

/**
 * As `compareRpmToBound`, epochs left out on both sides: for versions taken from `SOURCERPM`, which never has one,
 * and for feeds known to leave it out.
 */
export function compareRpmIgnoringEpoch(installed: string, bound: string): number | undefined {
  return compareRpm(installed, bound, { epoch: 'ignore', release: 'if-both' });
}

function compareReleases(left: Parts, right: Parts, options: Options): number {
  if (left.release !== undefined && right.release !== undefined) {
    return compareSegments(left.release, right.release);
  }
  if (left.release === right.release || options.release === 'if-both') return 0;
  return left.release === undefined ? -1 : 1;
}

function split(text: string): Parts {
  const colon = EPOCH.test(text) ? text.indexOf(':') : -1;
  const dash = text.lastIndexOf('-');
  return {
    epoch: colon === -1 ? '0' : text.slice(0, colon),
    version: text.slice(colon + 1, dash === -1 ? text.length : dash),
    release: dash === -1 ? undefined : text.slice(dash + 1),
  };
}

/** rpmvercmp: `~` before everything, even the end; then the end; then `^`; then words; then numbers. */
function compareSegments(a: string, b: string): number {
  let i = 0;
  let j = 0;
  for (;;) {
    i = skipSeparators(a, i);
    j = skipSeparators(b, j);
    const ranks = rankAt(a, i) - rankAt(b, j);
    if (ranks !== 0) return ranks;
    if (i >= a.length) return 0;
    const aEnd = endOfSegment(a, i);
    const bEnd = endOfSegment(b, j);
    const order = isDigitCode(a.charCodeAt(i))
      ? compareDigitRuns(a, i, aEnd, b, j, bEnd)
      : compareText(a.slice(i, aEnd), b.slice(j, bEnd));
    if (order !== 0) return order;
    i = aEnd;
    j = bEnd;
  }
}

function skipSeparators(text: string, from: number): number {
  let at = from;
  while (at < text.length && rankAt(text, at) === RANK.separator) at++;
  return at;
}

const RANK = { separator: -1, tilde: 0, end: 1, caret: 2, word: 3, number: 4 } as const;

function rankAt(text: string, at: number): number {
  if (at >= text.length) return RANK.end;
  const code = text.charCodeAt(at);
  if (isDigitCode(code)) return RANK.number;
  if (isLetterCode(code)) return RANK.word;
  if (code === TILDE) return RANK.tilde;
  return code === CARET ? RANK.caret : RANK.separator;
}

function endOfSegment(text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (isDigitCode(code)) return endOfDigits(text, from);
  let at = from + 1;
  if (!isLetterCode(code)) return at;
  while (at < text.length && isLetterCode(text.charCodeAt(at))) at++;
  return at;
}
