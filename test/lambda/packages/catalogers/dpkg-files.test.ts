import { describe, expect, it } from '@jest/globals';
import { dpkgFiles } from '../../../../lambda/packages/catalogers/dpkg-files/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

describe('packages/catalogers/dpkg-files', () => {
  it.each([
    ['var/lib/dpkg/info/libc6:amd64.list', true],
    ['var/lib/dpkg/info/python3.11.list', true],
    ['var/lib/dpkg/status.d/libc6.md5sums', true],
    ['var/lib/dpkg/info/libc6:amd64.md5sums', false],
    ['var/lib/dpkg/info/libc6:amd64.postinst', false],
    ['var/lib/dpkg/info/sub/libc6.list', false],
    ['var/lib/dpkg/info/.list', false],
    ['var/lib/apt/lists/x.list', false],
  ])('decides by path: %s is wanted, %p', (path, wanted) => {
    expect(dpkgFiles.matches(path)).toBe(wanted);
  });

  it('names the package without its architecture, and the files that may hold packages', () => {
    const list =
      '/.\n/usr\n/usr/bin\n/usr/bin/pip3\n/usr/share/doc/pip/copyright\n/usr/lib/python3/dist-packages/pip-23.0.dist-info/METADATA\n';

    const { outputs, problems } = dpkgFiles.parse(wantedFile('var/lib/dpkg/info/python3-pip:all.list', list));

    expect(problems).toEqual([]);
    expect(outputs).toEqual([
      {
        kind: 'ownership',
        packageName: 'python3-pip',
        files: ['usr/bin/pip3', 'usr/lib/python3/dist-packages/pip-23.0.dist-info/METADATA'],
      },
    ]);
  });

  it('reads the checksums of distroless images', () => {
    const sums = `${'0'.repeat(32)}  usr/lib/x86_64-linux-gnu/libssl.so.3\n${'1'.repeat(32)}  ./usr/bin/openssl\n${'2'.repeat(32)}  usr/share/doc/libssl3/copyright\n`;

    const { outputs } = dpkgFiles.parse(wantedFile('var/lib/dpkg/status.d/libssl3.md5sums', sums));

    expect(outputs).toEqual([
      {
        kind: 'ownership',
        packageName: 'libssl3',
        files: ['usr/lib/x86_64-linux-gnu/libssl.so.3', 'usr/bin/openssl'],
      },
    ]);
  });

  it('says nothing of a package whose files hold no packages', () => {
    const { outputs } = dpkgFiles.parse(
      wantedFile('var/lib/dpkg/info/tzdata.list', '/.\n/usr/share/zoneinfo/UTC\n'),
    );

    expect(outputs).toEqual([]);
  });

  it('reports lines that hold no path', () => {
    const { outputs, problems } = dpkgFiles.parse(
      wantedFile(
        'var/lib/dpkg/status.d/a.md5sums',
        `short\n${'x'.repeat(5000)}\n${'0'.repeat(32)}  usr/bin/a\n`,
      ),
    );

    expect(problems).toMatchObject([{ code: 'malformed' }, { code: 'malformed' }]);
    expect(outputs).toMatchObject([{ files: ['usr/bin/a'] }]);
  });
});
