import { describe, expect, it } from '@jest/globals';
import { rpmWal } from '../../../../lambda/packages/catalogers/rpm-wal/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const PATH = 'var/lib/rpm/rpmdb.sqlite-wal';

describe('packages/catalogers/rpm-wal', () => {
  it.each([
    [PATH, 0, false],
    [PATH, 32, false],
    [PATH, 32 + 24 + 4096, true],
    ['usr/lib/sysimage/rpm/rpmdb.sqlite-wal', 8272, true],
    ['var/lib/dnf/history.sqlite-wal', 8272, false],
  ])('wants %s of %i bytes: %p', (path, size, wanted) => {
    expect(rpmWal.matches(path, { size, mode: 0o644 })).toBe(wanted);
  });

  it('reports that the log was not read', () => {
    expect(rpmWal.parse(wantedFile(PATH, 'log'))).toMatchObject({
      outputs: [],
      problems: [{ code: 'unsupported', path: PATH }],
    });
  });
});
