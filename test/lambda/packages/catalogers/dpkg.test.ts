import { describe, expect, it } from '@jest/globals';
import { dpkg } from '../../../../lambda/packages/catalogers/dpkg/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const LIBC = `Package: libc6
Status: install ok installed
Priority: optional
Section: libs
Installed-Size: 12986
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: glibc
Version: 2.36-9+deb12u4
Depends: libgcc-s1
Conffiles:
 /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab
Description: GNU C Library: Shared libraries
 Contains the standard libraries that are used by nearly all programs on
 the system.
 .
 Version: this is prose, not a field
`;

function read(text: string | Buffer) {
  const { outputs, problems } = dpkg.parse(wantedFile('var/lib/dpkg/status', text));
  return {
    packages: outputs.map((output) => (output.kind === 'package' ? output.package : output)),
    problems,
  };
}

/** A stanza that is installed unless its lines say otherwise. */
function stanza(...lines: string[]): string {
  return `${lines.join('\n')}\n`;
}

describe('packages/catalogers/dpkg', () => {
  it.each([
    ['var/lib/dpkg/status', true],
    ['var/lib/dpkg/status-old', false],
    ['var/lib/dpkg/status.d/libc6', false],
    ['srv/chroot/var/lib/dpkg/status', false],
  ])('decides by path: %s is wanted, %p', (path, wanted) => {
    expect(dpkg.matches(path)).toBe(wanted);
  });

  const expected = {
    type: 'deb',
    name: 'libc6',
    version: '2.36-9+deb12u4',
    source: { name: 'glibc' },
    arch: 'amd64',
    vendor: 'GNU Libc Maintainers <debian-glibc@lists.debian.org>',
  };

  it('reads name, version, source, architecture and maintainer', () => {
    expect(read(LIBC)).toEqual({ packages: [expected], problems: [] });
  });

  it('reads the same with CRLF line ends', () => {
    expect(read(LIBC.replaceAll('\n', '\r\n'))).toEqual({ packages: [expected], problems: [] });
  });

  it.each([
    ['no line end at the end', LIBC.trimEnd()],
    ['empty lines around', `\n\n${LIBC}\n\n\n`],
    ['a line of blanks at the end', `${LIBC} \t\n`],
    ['a comment', `# made by a builder\n${LIBC}`],
    ['field names in small letters', LIBC.replace(/^[A-Z][A-Za-z-]+:/gm, (name) => name.toLowerCase())],
  ])('reads the same with %s', (_, text) => {
    expect(read(text)).toEqual({ packages: [expected], problems: [] });
  });

  it.each([
    ['Source: glibc', { name: 'glibc' }],
    ['Source: gcc-12 (12.2.0-14)', { name: 'gcc-12', version: '12.2.0-14' }],
    ['Source: openssl  (1:3.0-1)', { name: 'openssl', version: '1:3.0-1' }],
    ['Section: libs', { name: 'a' }],
  ])('reads the source of %s', (line, source) => {
    const { packages, problems } = read(
      stanza('Package: a', 'Status: install ok installed', 'Version: 1', line),
    );

    expect(packages).toMatchObject([{ source }]);
    expect(problems).toEqual([]);
  });

  it('keeps the epoch in the version', () => {
    const text = stanza('Package: bind9', 'Status: install ok installed', 'Version: 1:9.18.19-1~deb12u1');

    expect(read(text).packages).toMatchObject([{ version: '1:9.18.19-1~deb12u1' }]);
  });

  it('reads a value that begins on the next line', () => {
    const text = stanza('Package: a', 'Status: install ok installed', 'Version:', ' 1.0');

    expect(read(text).packages).toMatchObject([{ version: '1.0' }]);
  });

  // https://man7.org/linux/man-pages/man1/dpkg.1.html : want, flag, state.
  it.each([
    ['install ok installed', true, 0],
    ['hold ok installed', true, 0],
    ['deinstall ok installed', true, 0],
    ['purge reinstreq installed', true, 0],
    ['deinstall ok config-files', false, 0],
    ['unknown ok not-installed', false, 0],
    ['install ok unpacked', false, 1],
    ['install reinstreq half-installed', false, 1],
    ['install ok half-configured', false, 1],
    ['install ok triggers-pending', false, 1],
    ['install installed', false, 1],
    ['installed', false, 1],
    ['install ok installed now', false, 1],
    ['install ok Installed', false, 1],
  ])('takes the third word of the status: %s is installed, %p', (status, installed, problems) => {
    const result = read(stanza('Package: a', `Status: ${status}`, 'Version: 1'));

    expect(result.packages).toHaveLength(installed ? 1 : 0);
    expect(result.problems).toHaveLength(problems);
  });

  it('says that files of an unfinished package are there', () => {
    const { problems } = read(stanza('Package: a', 'Status: install ok unpacked', 'Version: 1'));

    expect(problems).toMatchObject([
      { code: 'unfinished', detail: expect.stringContaining('package a is unpacked') },
    ]);
  });

  it.each([
    ['no name', ['Status: install ok installed', 'Version: 1'], 'no package name'],
    ['an empty name', ['Package:', 'Status: install ok installed', 'Version: 1'], 'no package name'],
    ['two words for a name', ['Package: a b', 'Status: install ok installed', 'Version: 1'], 'not one word'],
    ['no version', ['Package: a', 'Status: install ok installed'], 'no version'],
    ['no status', ['Package: a', 'Version: 1'], 'no status'],
    [
      'a terminal escape for a version',
      ['Package: a', 'Status: install ok installed', 'Version: \u001b[2J'],
      'not one word',
    ],
  ])('reports a stanza with %s', (_, lines, detail) => {
    const { packages, problems } = read(`${stanza(...lines)}\n${LIBC}`);

    expect(packages).toEqual([expected]);
    expect(problems).toMatchObject([
      { code: 'malformed', path: 'var/lib/dpkg/status', detail: expect.stringContaining(detail) },
    ]);
  });

  it.each([
    ['a line that is no field', ['Package: a', 'what is this', 'Status: install ok installed', 'Version: 1']],
    ['a field twice', ['Package: a', 'Package: b', 'Status: install ok installed', 'Version: 1']],
    ['a broken source', ['Package: a', 'Source: b (', 'Status: install ok installed', 'Version: 1']],
  ])('reports %s, and keeps the package', (_, lines) => {
    expect(read(stanza(...lines))).toMatchObject({
      packages: [{ name: 'a' }],
      problems: [{ code: 'malformed' }],
    });
  });

  it('reports bytes that are not text in a name', () => {
    const text = Buffer.from('Package: a\xff\xfe\nStatus: install ok installed\nVersion: 1\n', 'latin1');

    expect(read(text)).toMatchObject({ packages: [], problems: [{ code: 'malformed' }] });
  });

  it('is not confused by a field called __proto__', () => {
    const text = stanza('Package: a', '__proto__: x', 'Status: install ok installed', 'Version: 1');

    expect(read(text)).toMatchObject({ packages: [{ name: 'a' }], problems: [] });
  });

  it('reads a megabyte on one line without keeping it', () => {
    const { packages } = read(stanza(`Maintainer: ${'m'.repeat(1_000_000)}`, LIBC));

    expect(JSON.stringify(packages).length).toBeLessThan(10_000);
  });

  it('finds nothing and no fault in an empty database', () => {
    expect(read('')).toEqual({ packages: [], problems: [] });
  });
});
