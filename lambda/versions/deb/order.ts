/**
 * The order of Debian versions: `[epoch:]upstream[-revision]`.
 * https://www.debian.org/doc/debian-policy/ch-controlfields.html#version and dpkg's lib/dpkg/version.c (1.22).
 */
import { compareDigitRuns, endOfDigits, isDigitCode, isLetterCode, MAX_VERSION_LENGTH } from '../text.ts';

/** dpkg only warns of an upstream part that does not begin with a digit; letters would make `unknown` the newest of all. */
const SHAPE = /^(?:[0-9]+:[0-9][0-9A-Za-z.+~:-]*|[0-9][0-9A-Za-z.+~-]*)$/;
const TILDE = 0x7e;

type Parts = { readonly epoch: string; readonly upstream: string; readonly revision: string };

/** True for a version of Debian's grammar: ASCII, upstream part beginning with a digit, no empty revision. */
export function isDebVersion(version: string): boolean {
  if (version.length > MAX_VERSION_LENGTH || !SHAPE.test(version) || version.endsWith('-')) return false;
  const dash = version.lastIndexOf('-');
  return dash === -1 || !version.includes(':', dash);
}

/** As `VersionScheme.compare`. */
export function compareDeb(a: string, b: string): number | undefined {
  if (!isDebVersion(a) || !isDebVersion(b)) return undefined;
  const left = split(a);
  const right = split(b);
  return (
    compareDigitRuns(left.epoch, 0, left.epoch.length, right.epoch, 0, right.epoch.length) ||
    compareRuns(left.upstream, right.upstream) ||
    compareRuns(left.revision, right.revision)
  );
}

/** Epoch ends at the first colon, revision begins after the last dash; both count as 0 when missing. */
function split(version: string): Parts {
  const colon = version.indexOf(':');
  const dash = version.lastIndexOf('-');
  return {
    epoch: colon === -1 ? '' : version.slice(0, colon),
    upstream: version.slice(colon + 1, dash === -1 ? version.length : dash),
    revision: dash === -1 ? '' : version.slice(dash + 1),
  };
}

function compareRuns(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while (isWordAt(a, i) || isWordAt(b, j)) {
      const difference = weightAt(a, i) - weightAt(b, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const aEnd = endOfDigits(a, i);
    const bEnd = endOfDigits(b, j);
    const order = compareDigitRuns(a, i, aEnd, b, j, bEnd);
    if (order !== 0) return order;
    i = aEnd;
    j = bEnd;
  }
  return 0;
}

function isWordAt(text: string, at: number): boolean {
  return at < text.length && !isDigitCode(text.charCodeAt(at));
}

/** `~` before the end of the part (where a number counts as the end too), then letters, then everything else. */
function weightAt(text: string, at: number): number {
  if (!isWordAt(text, at)) return 0;
  const code = text.charCodeAt(at);
  if (code === TILDE) return -1;
  return isLetterCode(code) ? code : code + 256;
}
