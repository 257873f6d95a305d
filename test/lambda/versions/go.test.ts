import { describe, expect, it } from '@jest/globals';
import { go } from '../../../lambda/versions/go/index.ts';
import { normaliseGoToolchain } from '../../../lambda/versions/index.ts';
import { disorder, neighbours, relation } from './relation.ts';

/** Go's own list: golang.org/x/mod/semver/semver_test.go; then pseudo-versions after https://go.dev/ref/mod#pseudo-versions. */
const ASCENDING = [
  'v1.0.0-alpha',
  'v1.0.0-alpha.1',
  'v1.0.0-alpha.beta',
  'v1.0.0-beta',
  'v1.0.0-beta.2',
  'v1.0.0-beta.11',
  'v1.0.0-rc.1',
  'v1',
  'v1.2.0',
  'v1.2.3-0.20191109021931-daa7c04131f5',
  'v1.2.3-456',
  'v1.2.3-456.789',
  'v1.2.3-456-789',
  'v1.2.3-456a',
  'v1.2.3-pre',
  'v1.2.3-pre.0.20191109021931-daa7c04131f5',
  'v1.2.3-pre.1',
  'v1.2.3-zzz',
  'v1.2.3',
];

describe('versions/go', () => {
  it.each(neighbours(ASCENDING))('orders %s before %s', (a, b) => {
    expect(relation(go, a, b)).toBe('<');
  });

  it("keeps the order of Go's list throughout", () => {
    expect(disorder(go, ASCENDING)).toEqual([]);
  });

  it.each([
    ['v1.2.3', '=', '1.2.3'],
    ['v10.5.0+incompatible', '=', '10.5.0'],
    ['v1.2.3+incompatible+dirty', '=', 'v1.2.3'],
    ['v1.2.3+dirty', '=', 'v1.2.3+incompatible.dirty'],
    ['v0.0.0-20190101000000-aaaaaaaaaaaa', '<', 'v0.0.0-20200101000000-aaaaaaaaaaaa'],
    ['v1.0.0-rc95', '<', '1.0.0'],
    ['1.22.0-0', '<', '1.22.0-rc.1'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(go, a, b)).toBe(expected);
  });

  it.each(['', '(devel)', 'go1.22.1', 'master', 'unknown'])('rejects %j', (version) => {
    expect(go.isValid(version)).toBe(false);
    expect(relation(go, version, 'v1.0.0')).toBe('not comparable');
  });
});

describe('versions/go toolchain', () => {
  it.each([
    ['go1.22', '1.22.0'],
    ['go1.21.0', '1.21.0'],
    ['go1.22rc1', '1.22.0-rc.1'],
    ['go1.18beta2', '1.18.0-beta.2'],
    ['go1.9.2rc2', '1.9.2-rc.2'],
    ['1.22.4', '1.22.4'],
    ['go1.26.5 (Red Hat 1.26.5-1.el9)', '1.26.5'],
    ['go1.21.0 X:boringcrypto', '1.21.0'],
    ['go1.26.1-X:nodwarf5', '1.26.1'],
    ['go1.22.3-custom', '1.22.3'],
  ])('names %s %s', (version, expected) => {
    expect(normaliseGoToolchain(version)).toBe(expected);
  });

  it('names release candidates as the vulnerability database does, so that the tenth comes last', () => {
    const [second = '', tenth = ''] = ['go1.24rc2', 'go1.24rc10'].map((name) => normaliseGoToolchain(name));

    expect(relation(go, second, tenth)).toBe('<');
    expect(relation(go, second, '1.24.0-rc.2')).toBe('=');
  });

  it.each([
    '',
    'devel go1.24-ab12cd Thu',
    'go1.26-devel_ab12cd',
    'go',
    'go1',
    'go1.22alpha',
    'v1.22',
    `go1.${'2'.repeat(600)}`,
  ])('rejects %s', (version) => {
    expect(normaliseGoToolchain(version)).toBeUndefined();
  });
});
