import { describe, expect, it } from '@jest/globals';
import { composer } from '../../../../lambda/packages/catalogers/composer/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const PATH = 'var/www/vendor/composer/installed.json';
const parse = (content: unknown) =>
  composer.parse(wantedFile(PATH, typeof content === 'string' ? content : JSON.stringify(content)));
const found = (content: unknown) => parse(content).outputs.map((output) => output.package);

const monolog = {
  name: 'monolog/monolog',
  version: '2.9.1',
  version_normalized: '2.9.1.0',
  license: ['MIT'],
};

describe('packages/catalogers/composer', () => {
  it.each([
    ['vendor/composer/installed.json', true],
    ['var/www/vendor/composer/installed.json', true],
    ['var/www/nextcloud/3rdparty/composer/installed.json', true],
    ['composer/installed.json', true],
    ['vendor/composer/installed.php', false],
    ['app/composer.lock', false],
    ['vendor/mycomposer/installed.json', false],
    ['vendor/composer/installed.json/x', false],
  ])('answers for %s: %s', (path, wanted) => {
    expect(composer.matches(path)).toBe(wanted);
  });

  it('reads Composer 2', () => {
    const content = { packages: [monolog], dev: false, 'dev-package-names': [] };

    expect(parse(content)).toEqual({
      outputs: [
        {
          kind: 'package',
          package: { type: 'composer', name: 'monolog/monolog', version: '2.9.1', licenses: ['MIT'] },
        },
      ],
      problems: [],
    });
  });

  it('reads Composer 1', () => {
    expect(found([monolog])).toMatchObject([{ name: 'monolog/monolog', version: '2.9.1' }]);
  });

  it('lists development packages that were installed', () => {
    const content = {
      packages: [monolog, { name: 'phpunit/phpunit', version: '10.0.0' }],
      dev: true,
      'dev-package-names': ['phpunit/phpunit'],
    };

    expect(found(content)).toHaveLength(2);
  });

  it.each([
    ['v1.2.3', 'v1.2.3'],
    ['dev-main', 'dev-main'],
    ['dev-feature/x', 'dev-feature/x'],
    ['1.0.x-dev', '1.0.x-dev'],
    ['2.0.0-beta1', '2.0.0-beta1'],
    [' 1.0 ', '1.0'],
  ])('keeps version %j as its author wrote it', (version, expected) => {
    expect(found([{ ...monolog, version }])).toMatchObject([{ version: expected }]);
  });

  it('writes names in lower case', () => {
    expect(found([{ ...monolog, name: 'Doctrine/ORM' }])).toMatchObject([{ name: 'doctrine/orm' }]);
  });

  it.each([
    ['a list', ['MIT', 'GPL-2.0-only', 'MIT'], ['MIT', 'GPL-2.0-only']],
    ['a string', '(Apache-2.0 or MIT)', ['(Apache-2.0 or MIT)']],
    ['nonsense', [{ a: 1 }, null, ' '], undefined],
    ['a number', 7, undefined],
    ['nothing', undefined, undefined],
  ])('reads licences from %s', (_, license, licenses) => {
    const [first] = found([{ ...monolog, license }]);

    expect(first?.licenses).toEqual(licenses);
  });

  it.each([
    ['Composer 2', { packages: [] }],
    ['Composer 1', []],
  ])('gives nothing for an empty list of %s', (_, content) => {
    expect(parse(content)).toEqual({ outputs: [], problems: [] });
  });

  it('reports entries without a usable name and version together and keeps the others', () => {
    const broken = [
      null,
      'x',
      {},
      { name: 'a/b' },
      { name: 'a/b', version: 1 },
      { name: 'a b', version: '1' },
    ];

    expect(parse({ packages: [...broken, monolog] })).toMatchObject({
      outputs: [{ package: { name: 'monolog/monolog' } }],
      problems: [
        { code: 'malformed', detail: '6 of the packages have no usable name and version', path: PATH },
      ],
    });
  });

  it.each([
    ['an empty file', '', 'the file is empty'],
    ['a truncated file', '{"packages":[{"name":"a/b"', 'the file is not valid JSON'],
    ['an object without packages', '{"a":1}', 'no list of packages'],
    ['packages that are no list', '{"packages":{"a":1}}', 'no list of packages'],
    ['a list only in the prototype', '{"__proto__":{"packages":[]}}', 'no list of packages'],
    ['a number', '7', 'no list of packages'],
  ])('reports %s', (_, content, detail) => {
    expect(parse(content)).toEqual({ outputs: [], problems: [{ code: 'malformed', detail, path: PATH }] });
  });

  it('reads 20,000 packages', () => {
    const packages = Array.from({ length: 20_000 }, (_, i) => ({ ...monolog, name: `a/b${i}` }));

    expect(found({ packages })).toHaveLength(20_000);
  });
});
