// https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/ , https://spdx.github.io/spdx-spec/v2.3/other-licensing-information-detected/
import { shortHash } from '../../identity.ts';
import { classifyLicenses, type License } from '../../license.ts';
import type { ExtractedLicense } from './model.ts';

/** What a package declares, as one expression: all its licences hold. Names outside the SPDX list become references. */
export function declaredLicense(licenses: readonly string[]): string {
  const terms = classifyLicenses(licenses).map(termOf);
  if (terms.length === 0) return 'NOASSERTION';
  return [...new Set(terms)].join(' AND ');
}

/** The names that expressions refer to, each once, in order of their references. */
export function extractedLicenses(licenses: readonly string[]): readonly ExtractedLicense[] {
  const named = classifyLicenses(licenses).filter(({ kind }) => kind === 'name');
  const byId = new Map(named.map(({ text }) => [referenceTo(text), text]));
  return [...byId]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licenseId, text]) => ({ licenseId, name: text, extractedText: text }));
}

function termOf({ kind, text }: License): string {
  if (kind === 'id') return text;
  return kind === 'expression' ? `(${text})` : referenceTo(text);
}

function referenceTo(name: string): string {
  return `LicenseRef-${shortHash(name)}`;
}
