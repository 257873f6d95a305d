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
    [...readFileSync(path, 'utf8').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map((match) => match[1] as string),
  );
}

describe('architecture/errors', () => {
  const code = sources('lambda')
    .filter((path) => !path.endsWith('errors.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const documented = readFileSync(join(root, 'docs/error-codes.md'), 'utf8');

  it('declares error codes', () => {
    expect(declaredCodes().length).toBeGreaterThan(20);
  });

  it.each(declaredCodes())('throws %s somewhere and documents it', (errorCode) => {
    expect(code).toContain(`'${errorCode}'`);
    expect(documented).toContain(`\`${errorCode}\``);
  });
});
