import { describe, expect, it } from '@jest/globals';
import { npm } from '../../../../lambda/packages/catalogers/npm/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const PATH = 'app/node_modules/x/package.json';
const parse = (content: unknown) =>
  npm.parse(wantedFile(PATH, typeof content === 'string' ? content : JSON.stringify(content)));
const found = (content: unknown) => parse(content).outputs.map((output) => output.package);

describe('packages/catalogers/npm', () => {
  it.each([
    'node_modules/lodash/package.json',
    'app/node_modules/@babel/core/package.json',
    'app/node_modules/a/node_modules/b/package.json',
    'app/node_modules/@s/a/node_modules/@t/b/package.json',
    'usr/local/lib/node_modules/npm/node_modules/semver/package.json',
    'app/node_modules/.pnpm/foo@1.0.0/node_modules/foo/package.json',
    'app/node_modules/.pnpm/@s+foo@1.0.0_bar@2/node_modules/@s/foo/package.json',
    // Trees that a package brings in its own folders and runs.
    'node_modules/pnpm/dist/node_modules/glob/package.json',
    'srv/test/fixtures/node_modules/ok/package.json',
    'app/node_modules/test/package.json',
    'app/node_modules/tests/node_modules/fixtures/package.json',
    'app/node_modules/constructor/package.json',
  ])('wants %s', (path) => {
    expect(npm.matches(path)).toBe(true);
  });

  it.each([
    ['the application itself', 'app/package.json'],
    ['no folder at all', 'package.json'],
    ['a subpath helper', 'app/node_modules/preact/hooks/package.json'],
    ['a helper in a scoped package', 'app/node_modules/@s/a/esm/package.json'],
    ['a scope folder', 'app/node_modules/@babel/package.json'],
    ['node_modules itself', 'app/node_modules/package.json'],
    ['.bin', 'app/node_modules/.bin/package.json'],
    ['.pnpm', 'app/node_modules/.pnpm/package.json'],
    ['the hidden lock file', 'app/node_modules/.package-lock.json'],
    ['another file', 'app/node_modules/a/package.json5'],
    ['a name that only ends so', 'app/node_modules/a/my-package.json'],
    ['a folder that only ends so', 'app/my_node_modules/a/package.json'],
    ['a test fixture', 'app/node_modules/resolve/test/resolver/node_modules/foo/package.json'],
    ['below a test fixture', 'app/node_modules/a/__tests__/node_modules/b/node_modules/c/package.json'],
    ['compiled copies', 'app/node_modules/next/dist/compiled/@babel/runtime/package.json'],
    ['an empty name', 'app/node_modules//package.json'],
    ['two in a row', 'app/node_modules/node_modules/package.json'],
  ])('leaves out %s: %s', (_, path) => {
    expect(npm.matches(path)).toBe(false);
  });

  it('names the package as its package.json does, aliases included', () => {
    expect(found({ name: 'strip-ansi', version: '5.2.0', license: 'MIT' })).toEqual([
      { type: 'npm', name: 'strip-ansi', version: '5.2.0', licenses: ['MIT'] },
    ]);
    expect(found({ name: '@babel/core', version: '7.0.0-beta.1' })).toMatchObject([{ name: '@babel/core' }]);
    expect(found({ name: 'JSONStream', version: '1.3.5' })).toMatchObject([{ name: 'JSONStream' }]);
  });

  it.each([
    ['1.2.3', '1.2.3'],
    [' 1.2.3\n', '1.2.3'],
    ['v1.2.3', '1.2.3'],
    ['=1.2.3', '1.2.3'],
    ['1.2.3+build.5', '1.2.3+build.5'],
    ['0.0.0-development', '0.0.0-development'],
    ['v', 'v'],
  ])('reads version %j as %s', (version, expected) => {
    expect(found({ name: 'x', version })).toMatchObject([{ version: expected }]);
  });

  it.each([
    ['a string', { license: 'MIT' }, ['MIT']],
    ['an object', { license: { type: 'BSD', url: 'https://example.org' } }, ['BSD']],
    ['an array', { license: ['MIT', { type: 'ISC' }, 'MIT'] }, ['MIT', 'ISC']],
    ['the older field', { licenses: [{ type: 'MIT' }, { name: 'X11' }] }, ['MIT', 'X11']],
    ['both fields', { license: 'MIT', licenses: ['Apache-2.0'] }, ['MIT', 'Apache-2.0']],
    ['an expression', { license: '(MIT OR GPL-3.0)' }, ['(MIT OR GPL-3.0)']],
    ['nonsense', { license: 7, licenses: [null, {}, '', { type: { a: 1 } }] }, undefined],
    ['null', { license: null, licenses: null }, undefined],
  ])('reads licences from %s', (_, fields, licenses) => {
    const [first] = found({ name: 'x', version: '1.0.0', ...fields });

    expect(first?.licenses).toEqual(licenses);
  });

  it('keeps at most 32 licences of at most 256 characters', () => {
    const licenses = Array.from({ length: 10_000 }, (_, i) => `${i}${'x'.repeat(1000)}`);
    const [first] = found({ name: 'x', version: '1.0.0', licenses });

    expect(first?.licenses).toHaveLength(32);
    expect(first?.licenses?.[0]).toHaveLength(256);
  });

  it.each([
    ['no version', { name: 'x' }, 'no usable version in package.json'],
    ['no name', { version: '1.0.0' }, 'no usable name in package.json'],
    ['neither', { type: 'module' }, 'no usable name and version in package.json'],
    ['a number as version', { name: 'x', version: 1 }, 'no usable version in package.json'],
    ['an empty name', { name: ' ', version: '1.0.0' }, 'no usable name in package.json'],
    ['a name with a line break', { name: 'a\nb', version: '1.0.0' }, 'no usable name in package.json'],
    ['a name of a megabyte', { name: 'a'.repeat(1e6), version: '1' }, 'no usable name in package.json'],
    ['an array', [{ name: 'x', version: '1.0.0' }], 'no usable document in package.json'],
    ['null', null, 'no usable document in package.json'],
    [
      'only a prototype',
      '{"__proto__":{"name":"x","version":"1.0.0"}}',
      'no usable name and version in package.json',
    ],
    ['an empty file', '', 'the file is empty'],
    ['a truncated file', '{"name":"x","version":"1.', 'the file is not valid JSON'],
  ])('reports %s', (_, content, detail) => {
    expect(parse(content)).toEqual({ outputs: [], problems: [{ code: 'malformed', detail, path: PATH }] });
  });

  it('is not changed by hostile keys beside the ones it reads', () => {
    const content =
      '\ufeff{"__proto__":{"name":"evil"},"constructor":{"prototype":1},"name":"x","version":"1.0.0"}\r\n';

    expect(parse(content)).toEqual({
      outputs: [{ kind: 'package', package: { type: 'npm', name: 'x', version: '1.0.0' } }],
      problems: [],
    });
  });
});
