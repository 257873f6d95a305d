import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkVersionCompare } from '../../../scripts/acceptance/version-compare.ts';

describe('acceptance/version-compare', () => {
  let shared = '';
  const write = (file: string, lines: string[]) =>
    writeFile(path.join(shared, 'inputs/version-compare/osv-scalibr', file), lines.join('\n'));

  beforeEach(async () => {
    shared = await mkdtemp(path.join(tmpdir(), 'version-compare-'));
    await mkdir(path.join(shared, 'inputs/version-compare/osv-scalibr'), { recursive: true });
  });
  afterEach(() => rm(shared, { recursive: true }));

  it('passes pairs that hold, and says how many rest on invalid versions', async () => {
    await write('alpine-versions.txt', ['# a comment', '', '// another', '1.0 < 1.1', '0..8 > 0...8']);

    const result = await checkVersionCompare(shared);

    expect(result.passed).toBe(2);
    expect(result.failed).toEqual([]);
    expect(result.notes).toEqual([
      'alpine-versions.txt (apk): 2 pairs, 1 of them on versions that are not valid',
    ]);
  });

  it('compares the vectors of SemVer in each scheme that follows it', async () => {
    await write('semver-versions.txt', ['1.0.0-rc < 1.0.0']);

    expect((await checkVersionCompare(shared)).passed).toBe(2);
  });

  it.each([
    ['debian-versions.txt', '1.0 > 1.1', '1.0 > 1.1, found <'],
    ['debian-versions.txt', '1.0 < junk', '1.0 < junk, found not comparable'],
    ['debian-versions.txt', '1.0 is 1.0', '1.0 is 1.0, found not a pair'],
    ['delphi-versions.txt', '1 < 2', 'no scheme is known for this file'],
  ])('reports in %s the line %s', async (file, line, expected) => {
    await write(file, [line]);

    const result = await checkVersionCompare(shared);

    expect(result.passed).toBe(0);
    expect(result.failed).toEqual([expect.stringContaining(expected)]);
  });

  it('fails when the vectors are not there', async () => {
    await rm(path.join(shared, 'inputs'), { recursive: true });

    await expect(checkVersionCompare(shared)).rejects.toThrow('ENOENT');
  });
});
