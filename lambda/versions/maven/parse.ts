/**
 * The tokens of Maven versions. https://maven.apache.org/pom.html#version-order-specification
 * A qualifier after a dot is the same as after a dash, as in Maven since 3.9 (MNG-7644): `1.0.0.RC1` is `1.0-RC1`. Before,
 * `2.9.0.RC1` came after `2.9.0-1`, and the order was not transitive (`1.sp`, `1`, `1-alpha`).
 */
import { endOfDigits, isDigitCode, MAX_VERSION_LENGTH } from '../text.ts';

/** Maven takes any text; blanks, braces and the like come from placeholders never filled in (`${revision}`). */
const SHAPE = /^[0-9A-Za-z._+~-]+$/;
const NULL = /^0*$/;
const ALIASES = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);
/** Short for these only right before a digit. */
const SHORT = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

export type MavenToken = {
  /** What parts it from the token before; a border between digits and letters counts as a dash. */
  readonly separator: '.' | '-';
  readonly isNumber: boolean;
  /** Lower case; qualifiers by their usual name, the empty one for a release. */
  readonly text: string;
};

/** The tokens of a version, without those that mean nothing; undefined for what is no version. */
export function parseMaven(version: string): readonly MavenToken[] | undefined {
  if (version.length > MAX_VERSION_LENGTH || !SHAPE.test(version)) return undefined;
  return withoutNulls(tokenise(version.toLowerCase()));
}

function tokenise(text: string): MavenToken[] {
  const tokens: MavenToken[] = [];
  let separator: MavenToken['separator'] = '-';
  let at = 0;
  for (;;) {
    const isNumber = at >= text.length || !isQualifierAt(text, at);
    const end = isNumber ? endOfDigits(text, at) : endOfQualifier(text, at);
    tokens.push({ separator, isNumber, text: isNumber ? text.slice(at, end) : qualifier(text, at, end) });
    if (end >= text.length) return tokens;
    const isBorder = text[end] !== '.' && text[end] !== '-';
    separator = text[end] === '.' ? '.' : '-';
    at = isBorder ? end : end + 1;
  }
}

function isQualifierAt(text: string, at: number): boolean {
  return text[at] !== '.' && text[at] !== '-' && !isDigitCode(text.charCodeAt(at));
}

function endOfQualifier(text: string, from: number): number {
  let at = from;
  while (at < text.length && isQualifierAt(text, at)) at++;
  return at;
}

function qualifier(text: string, from: number, to: number): string {
  const name = text.slice(from, to);
  const long = isDigitCode(text.charCodeAt(to)) ? SHORT.get(name) : undefined;
  return long ?? ALIASES.get(name) ?? name;
}

/** From the end, and again before each dash or qualifier, zeros and empty qualifiers are dropped: `1.0.0-foo.0` is `1-foo`. The first token stays. */
function withoutNulls(tokens: readonly MavenToken[]): readonly MavenToken[] {
  const kept: MavenToken[] = [];
  for (const [i, token] of tokens.entries()) {
    if (i > 0 && (token.separator === '-' || !token.isNumber)) dropNulls(kept);
    kept.push(token);
  }
  dropNulls(kept);
  return kept;
}

function dropNulls(tokens: MavenToken[]): void {
  while (tokens.length > 1 && NULL.test((tokens.at(-1) as MavenToken).text)) tokens.pop();
}
