import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

type PackageJson = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
const document = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');

type Row = { readonly name: string; readonly why: string; readonly license: string };

/** The rows of the table below a heading, in order. */
function rowsUnder(heading: string): Row[] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.matchAll(/^\| `(?<name>[^`]+)` \| (?<why>.+) \| (?<license>.+) \|$/gm);
  return Array.from(rows, ({ groups }) => groups as Row);
}

/** Undefined for optional packages of other platforms, which are not installed. */
function installedLicense(name: string): string | undefined {
  try {
    const path = join(root, 'node_modules', name, 'package.json');
    return (JSON.parse(readFileSync(path, 'utf8')) as { license?: string }).license;
  } catch {
    return undefined;
  }
}

describe('architecture/dependencies', () => {
  it.each([
    ['dependencies', 'At run time'],
    ['optionalDependencies', 'Optional'],
    ['devDependencies', 'For development'],
  ])('gives a reason for each of %s, and lists no other', (field, heading) => {
    const listed = rowsUnder(heading).map(({ name }) => name);

    expect(listed).toEqual(Object.keys(packageJson[field] ?? {}).sort());
  });

  it('pins every version exactly', () => {
    const versions = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((field) =>
      Object.values(packageJson[field] ?? {}),
    );

    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('names the licence that each installed package states', () => {
    const rows = ['At run time', 'Optional', 'For development'].flatMap(rowsUnder);
    const installed = rows.filter(({ name }) => installedLicense(name) !== undefined);

    expect(installed.length).toBeGreaterThan(20);
    expect(installed.map(({ name, license }) => [name, license])).toEqual(
      installed.map(({ name }) => [name, installedLicense(name)]),
    );
  });
});
