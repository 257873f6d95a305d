import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogers } from '../../lambda/packages/index.ts';
import { versionSchemes } from '../../lambda/versions/index.ts';

const root = join(import.meta.dirname, '..', '..');

function foldersOf(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

describe('architecture/plugins', () => {
  it.each([
    ['lambda/packages/catalogers', catalogers],
    ['lambda/versions', versionSchemes],
  ])('lists every folder of %s, and nothing else, under its name', (path, plugins) => {
    expect(plugins.map(({ id }) => id).sort()).toEqual(foldersOf(path));
  });

  it('gives every cataloger what its documentation is made of', () => {
    for (const { id, title, urls, files, version, maxBytes } of catalogers) {
      expect({ id, title: title.length > 3, urls: urls.length > 0, files: files.length > 0 }).toEqual({
        id,
        title: true,
        urls: true,
        files: true,
      });
      expect(version).toBeGreaterThan(0);
      expect(maxBytes).toBeGreaterThan(0);
    }
  });
});
