import { describe, expect, it } from '@jest/globals';
import { apk } from '../../../../lambda/packages/catalogers/apk/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const SSL = `C:Q1abc=
P:libcrypto3
V:3.1.4-r5
A:x86_64
S:1738713
I:4616192
T:Crypto library from openssl
U:https://www.openssl.org/
L:Apache-2.0
o:openssl
m:Ariadne Conill <ariadne@dereferenced.org>
t:1706217471
c:b784a22cad0c452586b438cb7a597d846fc09ff4
D:so:libc.musl-x86_64.so.1
p:so:libcrypto.so.3=3
r:libressl
F:etc
F:etc/ssl
R:openssl.cnf
Z:Q1yyy=
F:lib
R:libcrypto.so.3
a:0:0:755
Z:Q1zzz=
F:usr/lib/ossl-modules
M:0:0:1777
R:legacy.so
Z:Q1www=
`;

function read(text: string) {
  const { outputs, problems } = apk.parse(wantedFile('lib/apk/db/installed', text));
  return {
    packages: outputs.map((output) => (output.kind === 'package' ? output.package : output)),
    problems,
  };
}

describe('packages/catalogers/apk', () => {
  it.each([
    ['lib/apk/db/installed', true],
    ['usr/lib/apk/db/installed', true],
    ['lib/apk/db/installed.new', false],
    ['x/lib/apk/db/installed', false],
  ])('decides by path: %s is wanted, %p', (path, wanted) => {
    expect(apk.matches(path)).toBe(wanted);
    if (wanted) expect(apk.lookups).toContain(path);
  });

  const expected = {
    type: 'apk',
    name: 'libcrypto3',
    version: '3.1.4-r5',
    source: { name: 'openssl', version: '3.1.4-r5' },
    arch: 'x86_64',
    vendor: 'Ariadne Conill <ariadne@dereferenced.org>',
    licenses: ['Apache-2.0'],
    files: ['lib/libcrypto.so.3', 'usr/lib/ossl-modules/legacy.so'],
  };

  it('reads name, version, origin, architecture, maintainer, licence and the files that matter', () => {
    expect(read(SSL)).toEqual({ packages: [expected], problems: [] });
  });

  it.each([
    ['no empty line at the end', SSL.trimEnd()],
    ['several empty lines', `\n\n${SSL}\n\n`],
    ['CRLF line ends', SSL.replaceAll('\n', '\r\n')],
  ])('reads the same with %s', (_, text) => {
    expect(read(text)).toEqual({ packages: [expected], problems: [] });
  });

  it('does not carry files or fields over to the next entry', () => {
    const { packages } = read(`${SSL}\nP:.build-deps\nV:20240101.000000\nA:noarch\nR:orphan.so\n`);

    expect(packages[1]).toEqual({
      type: 'apk',
      name: '.build-deps',
      version: '20240101.000000',
      source: { name: '.build-deps', version: '20240101.000000' },
      arch: 'noarch',
      files: ['orphan.so'],
    });
  });

  it.each([
    ['no version', 'P:a\nA:x86_64', 'package a has no version'],
    ['no name', 'V:1.0-r0\nA:x86_64', 'no package name'],
    ['nothing but unknown lines', 'X:1', 'no package name'],
    ['a version of two words', 'P:a\nV:1 2', 'not one word'],
  ])('reports an entry with %s', (_, entry, detail) => {
    expect(read(`${entry}\n\n${SSL}`)).toMatchObject({
      packages: [{ name: 'libcrypto3' }],
      problems: [
        { code: 'malformed', path: 'lib/apk/db/installed', detail: expect.stringContaining(detail) },
      ],
    });
  });

  it('reports a line that is no field, and keeps the package', () => {
    expect(read(`P:a\nV:1\nbroken\n`)).toMatchObject({
      packages: [{ name: 'a' }],
      problems: [{ code: 'malformed', detail: 'line 3 is not a field' }],
    });
  });

  it('keeps no more paths than the file could hold when one long folder has many files', () => {
    const text = `P:a\nV:1\nF:opt/${'d'.repeat(3000)}\n${'R:x\n'.repeat(50_000)}`;

    const { packages, problems } = read(text);

    expect(JSON.stringify(packages).length).toBeLessThan(8 * text.length);
    expect(problems).toMatchObject([{ code: 'limit-files' }]);
  });
});
