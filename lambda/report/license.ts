// https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
import { SPDX } from '@cyclonedx/cyclonedx-library';
import parseExpression from 'spdx-expression-parse';

/** What a package's metadata says of its licence, as far as SPDX has words for it. */
export type License =
  /** One of the SPDX list: `MIT`. */
  | { readonly kind: 'id'; readonly text: string }
  /** Several, joined: `MIT OR Apache-2.0`. Names no licence outside the list. */
  | { readonly kind: 'expression'; readonly text: string }
  /** Anything else, as found: `GPLv2+`, `see LICENSE`. */
  | { readonly kind: 'name'; readonly text: string };

/** Longer texts are no expression anybody wrote; the parser recurses, so its input is bounded. Characters. */
const MAX_EXPRESSION_LENGTH = 500;

/** Sorts a licence text out. Never throws, whatever the image says. */
export function classifyLicense(found: string): License {
  const text = found.trim();
  // Not the library's lenient look-up: for `constructor` it gives a function.
  if (SPDX.isSupportedSpdxId(text)) return { kind: 'id', text };
  return isExpression(text) ? { kind: 'expression', text } : { kind: 'name', text };
}

/** The licences of a package, sorted out: blank ones and repetitions left out. */
export function classifyLicenses(found: readonly string[]): readonly License[] {
  const licenses = found.map(classifyLicense).filter(({ text }) => text !== '');
  return [...new Map(licenses.map((license) => [license.text, license])).values()];
}

function isExpression(text: string): boolean {
  // A `LicenseRef-` points into a document that the image does not come with.
  if (text.length > MAX_EXPRESSION_LENGTH || /(?:Document|License)Ref-/.test(text)) return false;
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}
