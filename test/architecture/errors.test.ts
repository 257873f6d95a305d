import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The members of the `…ErrorCode` unions of all errors.ts files. */
function declaredCodes(): string[] {
  const unions = sources('lambda').filter((path) => path.endsWith('errors.ts') && !path.includes('shared'));
  return unions.flatMap((path) =>
    captured(
      readFileSync(path, 'utf8'),
      /(?:^ {2}\| |ErrorCode = |(?<=ErrorCode = .*)\| )'(?<word>[a-z-]+)'/gm,
    ),
  );
}

/** The group `word` of every match. */
function captured(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), (match) => match.groups?.['word'] ?? '');
}

const WORD = /'(?<word>[a-z]+(?:-[a-z]+)*)'/g;

/** Where the code names a problem of an image or a gap in its coverage; the quoted words of a match are the names. */
const NAMING = [
  // Values, and choices between them: `code: a ? 'x' : 'y'`.
  /\b(?:code|reason)(?::| =) (?<word>[^,;}]*)/g,
  // Reports of catalogers, of the layer reader, of the matcher.
  /\b(?:problems\.add|say|refuse|(?:this|collector)\.(?:stop|problem))\((?<word>[^)]*)/g,
  /\breport\((?:\{[^}]*\}|\w+), reading, (?<word>'[a-z-]+')/g,
  /\bgaps\.add\([^,]+, [^,]+, (?<word>'[a-z-]+')/g,
  /\bconst SENTENCES = \{(?<word>[^}]*)\}/g,
  // Limits go through variables.
  /(?<word>'limit-[a-z-]+')/g,
];

/** The reasons that coverage can show, as the sources name them; error codes that become reasons are among them. */
function usedReasons(): string[] {
  const stages = [
    'lambda/image',
    'lambda/packages',
    'lambda/vulnerabilities',
    'lambda/registry',
    'lambda/scan',
  ].flatMap(sources);
  const found = stages
    .filter((path) => !path.endsWith('errors.ts'))
    .map((path) => readFileSync(path, 'utf8').replaceAll(/\s+/g, ' '))
    .flatMap((text) => NAMING.flatMap((pattern) => captured(text, pattern)))
    .flatMap((words) => captured(words, WORD));
  return [...new Set(found)].sort();
}

/** First columns of the tables in the sections that are meant. */
function documented(document: string, isMeant: (section: string) => boolean): string[] {
  return document
    .split(/^## /m)
    .filter(isMeant)
    .flatMap((section) => captured(section, /^\| `(?<word>[a-z-]+)` \|/gm));
}

describe('architecture/errors', () => {
  const code = sources('lambda')
    .filter((path) => !path.endsWith('errors.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const document = readFileSync(join(root, 'docs/error-codes.md'), 'utf8');
  const errors = documented(document, (section) => !section.startsWith('Reasons'));
  const reasons = documented(document, (section) => section.startsWith('Reasons'));

  it.each(declaredCodes())('throws %s somewhere', (errorCode) => {
    expect(code).toContain(`'${errorCode}'`);
  });

  it('documents every declared error code once, and no other', () => {
    expect(declaredCodes().length).toBeGreaterThan(20);
    expect(errors.sort()).toEqual(declaredCodes().sort());
  });

  it('documents every reason that coverage can show once, and no other', () => {
    const declared = new Set(declaredCodes());

    const used = usedReasons().filter((reason) => !declared.has(reason));

    expect(used.length).toBeGreaterThan(40);
    expect(reasons.sort()).toEqual(used);
  });
});
