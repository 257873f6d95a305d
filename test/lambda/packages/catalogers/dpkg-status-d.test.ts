import { describe, expect, it } from '@jest/globals';
import { dpkgStatusD } from '../../../../lambda/packages/catalogers/dpkg-status-d/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

function read(text: string) {
  return dpkgStatusD.parse(wantedFile('var/lib/dpkg/status.d/libssl3', text));
}

describe('packages/catalogers/dpkg-status-d', () => {
  it.each([
    ['var/lib/dpkg/status.d/libssl3', true],
    ['var/lib/dpkg/status.d/python3.11-minimal', true],
    ['var/lib/dpkg/status.d/libssl3.md5sums', false],
    ['var/lib/dpkg/status.d/', false],
    ['var/lib/dpkg/status.d/sub/libssl3', false],
    ['var/lib/dpkg/status', false],
  ])('decides by path: %s is wanted, %p', (path, wanted) => {
    expect(dpkgStatusD.matches(path)).toBe(wanted);
  });

  it('takes a stanza without status for an installed package', () => {
    const { outputs, problems } = read(
      'Package: libssl3\nSource: openssl\nVersion: 3.0.11-1~deb12u2\nArchitecture: amd64\n',
    );

    expect(problems).toEqual([]);
    expect(outputs).toEqual([
      {
        kind: 'package',
        package: {
          type: 'deb',
          name: 'libssl3',
          version: '3.0.11-1~deb12u2',
          source: { name: 'openssl' },
          arch: 'amd64',
        },
      },
    ]);
  });

  it('believes a status that is there', () => {
    const { outputs, problems } = read('Package: a\nStatus: deinstall ok config-files\nVersion: 1\n');

    expect([outputs, problems]).toEqual([[], []]);
  });

  it('reports a stanza without version', () => {
    expect(read('Package: a\n')).toMatchObject({ outputs: [], problems: [{ code: 'malformed' }] });
  });
});
