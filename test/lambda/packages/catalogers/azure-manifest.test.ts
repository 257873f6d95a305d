import { describe, expect, it } from '@jest/globals';
import { azureManifest } from '../../../../lambda/packages/catalogers/azure-manifest/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const PATH = 'var/lib/rpmmanifest/container-manifest-2';

function read(...lines: string[][]) {
  const text = lines.map((columns) => `${columns.join('\t')}\n`).join('');
  return azureManifest.parse(wantedFile(PATH, text));
}

// Columns of azurelinux toolkit/docs/how_it_works/5_misc.md; the values are of CBL-Mariner 2.0.
const RELEASE = [
  'mariner-release',
  '2.0-12.cm2',
  '1653816591',
  '1653753130',
  'Microsoft Corporation',
  '(none)',
  '580',
  'noarch',
  '0',
  'mariner-release-2.0-12.cm2.src.rpm',
];

function altered(column: number, value: string): string[] {
  return RELEASE.with(column, value);
}

describe('packages/catalogers/azure-manifest', () => {
  it.each([
    [PATH, true],
    ['var/lib/rpmmanifest/container-manifest-1', false],
  ])('decides by path: %s is wanted, %p', (path, wanted) => {
    expect(azureManifest.matches(path)).toBe(wanted);
  });

  it('reads a line of rpm’s output', () => {
    expect(read(RELEASE)).toEqual({
      outputs: [
        {
          kind: 'package',
          package: {
            type: 'rpm',
            name: 'mariner-release',
            version: '2.0-12.cm2',
            source: { name: 'mariner-release', version: '2.0-12.cm2' },
            arch: 'noarch',
            vendor: 'Microsoft Corporation',
          },
        },
      ],
      problems: [],
    });
  });

  it('puts an epoch before the version', () => {
    expect(read(altered(8, '1')).outputs).toMatchObject([{ package: { version: '1:2.0-12.cm2' } }]);
  });

  it('takes “(none)” for nothing', () => {
    const line = RELEASE.with(4, '(none)').with(7, '(none)').with(9, '(none)');

    expect(read(line).outputs).toEqual([
      { kind: 'package', package: { type: 'rpm', name: 'mariner-release', version: '2.0-12.cm2' } },
    ]);
  });

  it('drops signing keys', () => {
    expect(read(altered(0, 'gpg-pubkey'))).toEqual({ outputs: [], problems: [] });
  });

  it.each([
    ['nine columns', RELEASE.slice(0, 9)],
    ['eleven columns', [...RELEASE, 'x']],
    ['no name', altered(0, '')],
    ['no version', altered(1, '')],
    ['an epoch that is no number', altered(8, 'x')],
    ['a name of two words', altered(0, 'a b')],
    ['ten thousand characters', altered(4, 'x'.repeat(10_000))],
  ])('reports a line with %s, and keeps the others', (_, line) => {
    expect(read(line, RELEASE)).toMatchObject({
      outputs: [{ package: { name: 'mariner-release' } }],
      problems: [{ code: 'malformed', detail: expect.stringContaining('line 1') }],
    });
  });
});
