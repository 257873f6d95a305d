/** Characters in a version, above which no scheme reads it: real ones stay under 100, an image may hold megabytes. */
export const MAX_VERSION_LENGTH = 512;

const ZERO = 0x30;
const NINE = 0x39;

/** True for the character codes of 0 to 9. */
export function isDigitCode(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** True for the character codes of the ASCII letters. */
export function isLetterCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** Index of the first character at or after `from` that is not a digit. */
export function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigitCode(text.charCodeAt(at))) at++;
  return at;
}

/** Compares two runs of digits as integers of any size, without turning them into numbers; an empty run is 0. */
export function compareDigitRuns(
  a: string,
  aFrom: number,
  aTo: number,
  b: string,
  bFrom: number,
  bTo: number,
): number {
  let i = aFrom;
  let j = bFrom;
  while (i < aTo && a.charCodeAt(i) === ZERO) i++;
  while (j < bTo && b.charCodeAt(j) === ZERO) j++;
  if (aTo - i !== bTo - j) return aTo - i - (bTo - j);
  for (; i < aTo; i++, j++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(j);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Compares two texts of digits only as integers of any size. */
export function compareNumbers(a: string, b: string): number {
  return compareDigitRuns(a, 0, a.length, b, 0, b.length);
}

/** Compares texts by UTF-16 code unit: for the ASCII texts of versions the same as C's strcmp. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Compares lists of numbers one by one; a missing number counts as `0`. */
export function compareNumberLists(a: readonly string[], b: readonly string[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareNumbers(a[i] ?? '0', b[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}
