/**
 * The order of versions from before PEP 440, as setuptools and `packaging` up to 21 had it.
 * https://github.com/pypa/packaging/blob/21.3/packaging/version.py (`LegacyVersion`).
 */
import { compareText, isDigitCode } from '../text.ts';

const PART = /[0-9]+|[a-z]+|-|[^0-9a-z.-]+/g;
const NUMBER_WIDTH = 8;
const SPELLINGS = new Map([
  ['pre', 'c'],
  ['preview', 'c'],
  ['-', 'final-'],
  ['rc', 'c'],
  ['dev', '@'],
]);
const FINAL = '*final';

/** Compares two lower-case texts that are not PEP 440 versions, part by part: words before numbers, text order in each. */
export function compareLegacy(a: string, b: string): number {
  const left = legacyKey(a);
  const right = legacyKey(b);
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareText(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Dashes before a pre-release word and zeros before any word are dropped, so that `1.0-rc` is `1rc`. */
function legacyKey(text: string): readonly string[] {
  const key: string[] = [];
  for (const part of [...(text.match(PART) ?? []), 'final']) {
    const spelled = SPELLINGS.get(part) ?? part;
    if (isDigitCode(spelled.charCodeAt(0))) {
      key.push(spelled.padStart(NUMBER_WIDTH, '0'));
      continue;
    }
    const word = `*${spelled}`;
    if (word < FINAL) dropLast(key, '*final-');
    dropLast(key, '00000000');
    key.push(word);
  }
  return key;
}

function dropLast(key: string[], unwanted: string): void {
  while (key.at(-1) === unwanted) key.pop();
}
