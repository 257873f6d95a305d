import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Distro } from '../../../lambda/packages/distro.ts';
import { type FoundPackage, PACKAGE_TYPES, type PackageType } from '../../../lambda/packages/package.ts';
import { formatPurl, packageUrl, parsePurl } from '../../../lambda/packages/purl.ts';

const distro = (id: string, version: string): Distro => ({
  id,
  version,
  prettyName: id,
  idLike: [],
  repositories: [],
});
const debian = distro('debian', '12');
const of = (
  type: PackageType,
  name: string,
  version: string,
  more: Partial<FoundPackage> = {},
): FoundPackage => ({
  type,
  name,
  version,
  ...more,
});

describe('packages/purl', () => {
  // Rules: https://github.com/package-url/purl-spec/tree/main/types
  it.each<[string, FoundPackage, Distro | undefined, string]>([
    [
      'deb, the epoch in the version',
      of('deb', 'attr', '1:2.4.47-2+b1', { arch: 'amd64' }),
      debian,
      'pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&distro=debian-12',
    ],
    [
      'deb with its source',
      of('deb', 'libssl3', '3.0.15-1~deb12u1', { arch: 'amd64', source: { name: 'openssl' } }),
      debian,
      'pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl',
    ],
    [
      'deb whose source has another version',
      of('deb', 'gcc-12-base', '12.2.0-14', { source: { name: 'gcc', version: '4:12.2.0~x' } }),
      debian,
      'pkg:deb/debian/gcc-12-base@12.2.0-14?distro=debian-12&upstream=gcc%404:12.2.0~x',
    ],
    [
      'deb that is its own source',
      of('deb', 'curl', '1', { source: { name: 'curl', version: '1' } }),
      distro('ubuntu', '22.04'),
      'pkg:deb/ubuntu/curl@1?distro=ubuntu-22.04',
    ],
    ['deb of an unknown distribution', of('deb', 'curl', '1'), undefined, 'pkg:deb/debian/curl@1'],
    [
      'apk',
      of('apk', 'libcrypto3', '3.1.4-r5', { arch: 'x86_64', source: { name: 'openssl' } }),
      distro('alpine', '3.19.1'),
      'pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.19.1&upstream=openssl',
    ],
    [
      'apk of a rolling distribution',
      of('apk', 'a', '1-r0'),
      distro('wolfi', ''),
      'pkg:apk/wolfi/a@1-r0?distro=wolfi',
    ],
    [
      'rpm, the epoch a qualifier',
      of('rpm', 'bind-libs', '32:9.11.36-8.el8', {
        arch: 'x86_64',
        module: 'bind:9.11',
        source: { name: 'bind', version: '9.11.36-8.el8' },
      }),
      distro('rhel', '8.9'),
      'pkg:rpm/redhat/bind-libs@9.11.36-8.el8?arch=x86_64&distro=rhel-8.9&epoch=32&rpmmod=bind:9.11&upstream=bind-9.11.36-8.el8.src.rpm',
    ],
    ['rpm, epoch 0', of('rpm', 'a', '0:1-2'), distro('amzn', '2'), 'pkg:rpm/amzn/a@1-2?distro=amzn-2'],
    [
      'rpm whose source states no version',
      of('rpm', 'a-libs', '1:2-3', { source: { name: 'a' } }),
      distro('opensuse-leap', '15.6'),
      'pkg:rpm/opensuse/a-libs@2-3?distro=opensuse-leap-15.6&epoch=1&upstream=a-2-3.src.rpm',
    ],
    ['rpm of an unknown distribution', of('rpm', 'a', '1-2'), undefined, 'pkg:rpm/a@1-2'],
    [
      'rpm of a hostile distribution',
      of('rpm', 'a', '1'),
      distro('__proto__', ''),
      'pkg:rpm/__proto__/a@1?distro=__proto__',
    ],
    ['npm', of('npm', 'lodash', '4.17.21'), debian, 'pkg:npm/lodash@4.17.21'],
    ['npm with a scope', of('npm', '@babel/core', '7.0.0'), undefined, 'pkg:npm/%40babel/core@7.0.0'],
    ['npm, an old name', of('npm', 'JSONStream', '1.3.5'), undefined, 'pkg:npm/jsonstream@1.3.5'],
    ['pypi', of('pypi', 'ruamel-yaml', '0.18.5'), undefined, 'pkg:pypi/ruamel-yaml@0.18.5'],
    ['pypi, not normalised', of('pypi', 'Foo_Bar', '1!2.0'), undefined, 'pkg:pypi/foo-bar@1%212.0'],
    ['maven', of('maven', 'org.slf4j:slf4j-api', '2.0.9'), undefined, 'pkg:maven/org.slf4j/slf4j-api@2.0.9'],
    ['maven without a group', of('maven', 'tool', '1.0'), undefined, 'pkg:maven/tool/tool@1.0'],
    ['maven with a blank group', of('maven', ' :tool', '1.0'), undefined, 'pkg:maven/tool/tool@1.0'],
    [
      'golang',
      of('golang', 'github.com/Azure/go', 'v1.2.3'),
      undefined,
      'pkg:golang/github.com/Azure/go@v1.2.3',
    ],
    [
      'golang, an odd version',
      of('golang', 'example.org/x/v2', 'v2.0.0+incompatible+dirty'),
      undefined,
      'pkg:golang/example.org/x/v2@v2.0.0%2Bincompatible%2Bdirty',
    ],
    ['golang, no semantic version', of('golang', 'a.b/c', 'v1.2'), undefined, 'pkg:golang/a.b/c@v1.2'],
    ['golang stdlib', of('golang', 'stdlib', '1.21.0'), undefined, 'pkg:golang/stdlib@1.21.0'],
    ['golang without a version', of('golang', 'a.b/c', ''), undefined, 'pkg:golang/a.b/c'],
    ['cargo', of('cargo', 'serde_json', '1.0.0'), undefined, 'pkg:cargo/serde_json@1.0.0'],
    ['nuget', of('nuget', 'Newtonsoft.Json', '13.0.3'), undefined, 'pkg:nuget/Newtonsoft.Json@13.0.3'],
    [
      'composer',
      of('composer', 'monolog/monolog', 'v2.9.1'),
      undefined,
      'pkg:composer/monolog/monolog@v2.9.1',
    ],
    ['gem', of('gem', 'rake', '13.0.6'), undefined, 'pkg:gem/rake@13.0.6'],
    [
      'gem of a platform',
      of('gem', 'nokogiri', '1.16.0', { arch: 'x86_64-linux' }),
      undefined,
      'pkg:gem/nokogiri@1.16.0?platform=x86_64-linux',
    ],
    ['a blank name', of('npm', ' ', '1'), undefined, 'pkg:npm/unknown@1'],
    ['a name that is only a slash', of('golang', '/', '1'), undefined, 'pkg:golang/unknown@1'],
    ['half a character', of('npm', 'a\ud800', '1'), undefined, 'pkg:npm/a%EF%BF%BD@1'],
  ])('names %s', (_, found, release, purl) => {
    expect(packageUrl(found, release)).toBe(purl);
  });

  // From the specification's own vectors (spec/ and types/*-test.json): where packageurl-js 2.0.1 answers otherwise.
  it.each([
    ['pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64'],
    ['pkg:generic/bitwarderl?checksum=sha1:ad9503c3e994a4f%2Csha256:41bf9088b3a1e6c1ef1d'],
    ['pkg:npm/mypackage@12.4.5?vcs_url=git:%2F%2Fhost.com%2Fpath%2Fto%2Frepo.git%404345abcd34343'],
    ['pkg:maven/groovy/groovy@1.0?repository_url=https:%2F%2Fmaven.google.com'],
    ['pkg:bazel/rules_java@8.5.0#java/runfiles:runfiles'],
  ])('reads and writes %s unchanged', (text) => {
    const purl = parsePurl(text);

    expect(purl).toBeDefined();
    expect(purl && formatPurl(purl)).toBe(text);
  });

  it.each([
    ['pkg:PYPI/Django_package@1.11.1.dev1', 'pkg:pypi/django-package@1.11.1.dev1'],
    [
      'pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25',
      'pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25',
    ],
    ['pkg:npm/@babel/core#/googleapis/api/annotations/', 'pkg:npm/%40babel/core#googleapis/api/annotations'],
    ['pkg:/maven/org.apache.commons/io', 'pkg:maven/org.apache.commons/io'],
    ['pkg:composer/Laravel/Laravel@5.5.0', 'pkg:composer/laravel/laravel@5.5.0'],
    [
      'pkg:rpm/fedora/centerim@4.22.10-1.el6?arch=i686&epoch=1&distro=fedora-25',
      'pkg:rpm/fedora/centerim@4.22.10-1.el6?arch=i686&distro=fedora-25&epoch=1',
    ],
    ['pkg:golang/a.b/c@v1.2', 'pkg:golang/a.b/c@v1.2'],
    ['pkg:deb/debian/a@1?upstream=b@2+c', 'pkg:deb/debian/a@1?upstream=b%402%2Bc'],
  ])('writes %s as %s', (text, canonical) => {
    const purl = parsePurl(text);

    expect(purl && formatPurl(purl)).toBe(canonical);
  });

  it('takes a purl apart', () => {
    expect(
      parsePurl('pkg:deb/debian/libssl3@3.0.15-1~deb12u1+b1?arch=amd64&upstream=openssl%403.0+x#a/b'),
    ).toEqual({
      type: 'deb',
      namespace: 'debian',
      name: 'libssl3',
      version: '3.0.15-1~deb12u1+b1',
      qualifiers: { arch: 'amd64', upstream: 'openssl@3.0+x' },
      subpath: 'a/b',
    });
    expect(parsePurl('pkg:npm/foobar')).toEqual({ type: 'npm', name: 'foobar', qualifiers: {} });
  });

  it.each([
    'EnterpriseLibrary.Common@6.0.1304',
    'pkg:EnterpriseLibrary.Common@6.0.1304',
    'pkg:n&g?inx/nginx@0.8.9',
    'pkg:3nginx/nginx@0.8.9',
    'pkg:nginx:a/nginx@0.8.9',
    'pkg:npm/myartifact@1.0.0?in%20production=true',
    'pkg:maven/@1.3.4',
    'pkg:npm/@1.3.4',
    'pkg%3Amaven/org.apache.commons/io',
    'pkg://user:secret@host/npm/a',
    'pkg:npm/a%ff',
    'pkg:npm/',
    'pkg:',
    '',
    'https://example.org/a@1',
  ])('rejects %j', (text) => {
    expect(parsePurl(text)).toBeUndefined();
  });

  it('never throws, and what it writes it reads back', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const anything = fc.record({
      type: fc.constantFrom(...PACKAGE_TYPES),
      name: text,
      version: text,
      arch: text,
      module: text,
      source: fc.record({ name: text, version: text }),
    });

    fc.assert(
      fc.property(anything, text, text, (found, id, release) => {
        const purl = packageUrl(found, distro(id, release));
        const parsed = parsePurl(purl);

        expect(purl).toMatch(/^pkg:[a-z]+\/[\w.~:%/-]+(?:@[\w.~:%-]+)?(?:\?[\w.~:%&=-]+)?$/);
        expect(parsed?.type).toBe(found.type);
        expect(parsed && formatPurl(parsed)).toBe(purl);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on a text that claims to be a purl', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        parsePurl(text);
        parsePurl(`pkg:${text}`);
        parsePurl(`pkg:npm/${text}`);
      }),
    );
  });
});
