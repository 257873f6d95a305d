import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { ZipFile } from 'yazl';
import { python } from '../../../../lambda/packages/catalogers/python/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const SITE = 'usr/lib/python3/site-packages';
const METADATA = `${SITE}/Foo_Bar-1.0.dist-info/METADATA`;

const parse = (content: string | Buffer, path = METADATA) => python.parse(wantedFile(path, content));
const found = async (content: string | Buffer, path = METADATA) =>
  (await parse(content, path)).outputs.map((output) =>
    output.kind === 'package' ? output.package : undefined,
  );

function zip(entries: Record<string, string | Buffer>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(entries)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  return buffer(archive.outputStream);
}

describe('packages/catalogers/python', () => {
  it.each([
    `${SITE}/requests-2.31.0.dist-info/METADATA`,
    `${SITE}/setuptools/_vendor/packaging-24.0.dist-info/METADATA`,
    `${SITE}/foo.egg-info/PKG-INFO`,
    `${SITE}/foo-1.0-py3.9.egg-info/PKG-INFO`,
    `${SITE}/python_apt-2.6.0.egg-info`,
    `${SITE}/foo-1.0-py3.9.egg/EGG-INFO/PKG-INFO`,
    `${SITE}/foo-1.0-py3.9.egg`,
    'a.dist-info/METADATA',
  ])('wants %s', (path) => {
    expect(python.matches(path)).toBe(true);
  });

  it.each([
    ['another file of a distribution', `${SITE}/a-1.dist-info/RECORD`],
    ['METADATA elsewhere', 'usr/share/METADATA'],
    ['PKG-INFO of a source folder', 'src/foo-1.0/PKG-INFO'],
    ['EGG-INFO that is in no egg', 'src/EGG-INFO/PKG-INFO'],
    ['a lower-case name', `${SITE}/a-1.dist-info/metadata`],
    ['a folder without a name', `${SITE}/.dist-info/METADATA`],
    ['what an interrupted pip left', `${SITE}/~ip-20.0.dist-info/METADATA`],
    ['what an older interrupted pip left', `${SITE}/-ip-20.0.dist-info/METADATA`],
    ['an egg link', `${SITE}/foo.egg-link`],
  ])('leaves out %s: %s', (_, path) => {
    expect(python.matches(path)).toBe(false);
  });

  it('reads name, version and licence of a wheel', async () => {
    const metadata =
      'Metadata-Version: 2.4\nName: Flask\nVersion: 3.1.3\nLicense-Expression: BSD-3-Clause\n\n# Flask\n';

    expect(await parse(metadata)).toEqual({
      outputs: [
        {
          kind: 'package',
          package: { type: 'pypi', name: 'flask', version: '3.1.3', licenses: ['BSD-3-Clause'] },
        },
      ],
      problems: [],
    });
  });

  // https://peps.python.org/pep-0503/#normalized-names and names that `pip list` shows otherwise
  it.each([
    ['Foo-Bar', 'foo-bar'],
    ['foo__bar..baz-_.qux', 'foo-bar-baz-qux'],
    ['ruamel.yaml', 'ruamel-yaml'],
    ['zope.interface', 'zope-interface'],
    ['MarkupSafe', 'markupsafe'],
    ['A', 'a'],
  ])('writes the name %s as %s', async (name, normalized) => {
    expect(await found(`Name: ${name}\nVersion: 1\n`)).toMatchObject([{ name: normalized }]);
  });

  it.each([
    ['CRLF', 'Name: a\r\nVersion: 2022.12.07\r\n\r\nVersion: 9\r\n', '2022.12.07'],
    ['a byte order mark', '\ufeffName: a\nVersion: 1!2.0+local.1\n', '1!2.0+local.1'],
    ['keys in capitals', 'NAME: a\nVERSION:1.0.post1\n', '1.0.post1'],
    ['no line end', 'Name: a\nVersion: 1.0', '1.0'],
    ['folded headers before', 'Description: a\n  Version: 8\n\t|Name: b\nName: a\nVersion: 1.1\n', '1.1'],
    ['a repeated header', 'Name: a\nVersion: 1.2\nVersion: 9\n', '1.2'],
    ['a description that quotes metadata', 'Name: a\nVersion: 1.3\n\nName: b\nVersion: 9\n', '1.3'],
    ['bytes that are no UTF-8', Buffer.from('Name: a\nAuthor: \xe9\xff\nVersion: 1.4\n', 'latin1'), '1.4'],
    ['a very long header', `Name: a\nKeywords: ${'k'.repeat(100_000)}\nVersion: 1.5\n`, '1.5'],
    ['a key called __proto__', 'Name: a\n__proto__: x\nVersion: 9\n', '1.0'],
  ])('reads metadata with %s', async (_, metadata, version) => {
    expect(await found(metadata)).toMatchObject([{ type: 'pypi', version }]);
  });

  it('stops at the headers: a description of 20 MB is not looked at', async () => {
    const metadata = `Name: a\nVersion: 1.0\n\n${'Name: b\n'.repeat(2_500_000)}`;

    expect(await found(metadata)).toEqual([{ type: 'pypi', name: 'a', version: '1.0' }]);
  });

  it.each([
    ['the expression first', 'License-Expression: MIT\nLicense: BSD', ['MIT']],
    [
      'a short licence',
      'License: BSD-2-Clause\nClassifier: License :: OSI Approved :: BSD License',
      ['BSD-2-Clause'],
    ],
    [
      'classifiers',
      'Classifier: License :: OSI Approved :: MIT License\nClassifier: Topic :: X',
      ['MIT License'],
    ],
    ['no UNKNOWN', 'License: UNKNOWN\nClassifier: License :: OSI Approved', undefined],
    [
      'no licence text',
      'License: Copyright\n        Permission is\n\t\nClassifier: License :: OSI Approved :: MIT License',
      ['MIT License'],
    ],
    ['no long line', `License: ${'x'.repeat(200)}`, undefined],
  ])('shows %s', async (_, headers, licenses) => {
    const [first] = await found(`Name: a\nVersion: 1\n${headers}\n`);

    expect(first?.licenses).toEqual(licenses);
  });

  it.each([
    [METADATA, '', 'foo-bar', '1.0'],
    [METADATA, 'Version: 2.0\n', 'foo-bar', '2.0'],
    [METADATA, 'Name: x\nVersion: UNKNOWN\n', 'x', '1.0'],
    [`${SITE}/foo-1.5-py3.9.egg-info/PKG-INFO`, '\nName: late\n', 'foo', '1.5'],
    [`${SITE}/foo-1.5.egg-info`, 'Name: has blanks\nVersion: 1.5\n', 'foo', '1.5'],
  ])('falls back to the name of %s with medium confidence', async (path, metadata, name, version) => {
    expect(await parse(metadata, path)).toEqual({
      outputs: [{ kind: 'package', package: { type: 'pypi', name, version, confidence: 'medium' } }],
      problems: [],
    });
  });

  it('reports metadata that gives no version anywhere', async () => {
    const path = `${SITE}/foo.egg-info/PKG-INFO`;

    expect(await parse('Name: foo\n', path)).toEqual({
      outputs: [],
      problems: [{ code: 'malformed', detail: 'no name and version in the metadata', path }],
    });
  });

  describe('zipped eggs', () => {
    const EGG = `${SITE}/foo-1.0-py3.9.egg`;

    it('are read', async () => {
      const egg = await zip({
        'foo/__init__.py': 'x = 1',
        'EGG-INFO/PKG-INFO': 'Name: Foo\nVersion: 1.0\n',
        z: '',
      });

      expect(await parse(egg, EGG)).toEqual({
        outputs: [{ kind: 'package', package: { type: 'pypi', name: 'foo', version: '1.0' } }],
        problems: [],
      });
    });

    it('that are larger than one read are read', async () => {
      const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
      const egg = await zip({
        'a.bin': noise,
        'EGG-INFO/PKG-INFO': `Name: Foo\nVersion: 1.0\n\n${'x'.repeat(90_000)}`,
      });

      expect(await found(egg, EGG)).toMatchObject([{ name: 'foo', version: '1.0' }]);
    });

    it.each([
      ['a file that is no archive', Buffer.from('<CoordinateSystem> { Z-Up }')],
      ['an empty file', Buffer.alloc(0)],
    ])('gives nothing for %s', async (_, content) => {
      expect(await parse(content, EGG)).toEqual({ outputs: [], problems: [] });
    });

    it('gives nothing for an archive without metadata', async () => {
      expect(await parse(await zip({ 'a.py': '' }), EGG)).toEqual({ outputs: [], problems: [] });
    });

    it('reports a truncated archive', async () => {
      const egg = await zip({ 'EGG-INFO/PKG-INFO': 'Name: Foo\nVersion: 1.0\n' });

      const { outputs, problems } = await parse(egg.subarray(0, -30), EGG);

      expect(outputs).toEqual([]);
      expect(problems).toMatchObject([{ code: 'malformed', path: EGG }]);
    });

    it('reports an entry that inflates to more than it says', async () => {
      const egg = await zip({ 'EGG-INFO/PKG-INFO': `Name: Foo\n${'x'.repeat(50_000)}` });
      // The size in the central directory: 24 bytes behind its signature.
      const entry = egg.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
      egg.writeUInt32LE(100, entry + 24);

      expect((await parse(egg, EGG)).problems).toMatchObject([{ code: 'malformed' }]);
    });

    it('reports metadata of more than 4 MiB without inflating it', async () => {
      const egg = await zip({ 'EGG-INFO/PKG-INFO': Buffer.alloc(5 * 1024 * 1024, 'x') });

      const [problem] = (await parse(egg, EGG)).problems;

      expect(problem?.detail).toBe('unreadable egg: EGG-INFO/PKG-INFO is too large');
    });

    it('reports a name that climbs out of the archive', async () => {
      const egg = await zip({ '_._/a': '', 'EGG-INFO/PKG-INFO': 'Name: Foo\nVersion: 1.0\n' });
      const climbing = Buffer.from(egg.toString('latin1').replaceAll('_._/a', '../xa'), 'latin1');

      expect((await parse(climbing, EGG)).problems).toMatchObject([{ code: 'malformed' }]);
    });
  });
});
