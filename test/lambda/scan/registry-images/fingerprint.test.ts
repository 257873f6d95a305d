import { describe, expect, it } from '@jest/globals';
import { concerns, fingerprintOf } from '../../../../lambda/scan/registry-images/fingerprint.ts';

const IMAGE = fingerprintOf([
  { ecosystem: 'Debian:12', name: 'openssl' },
  { ecosystem: 'npm', name: 'lodash' },
  { ecosystem: 'npm', name: '*' },
  { ecosystem: 'Maven', name: ':log4j-core' },
]);

describe('scan/registry-images/fingerprint', () => {
  it.each([
    ['a package it holds', [{ ecosystem: 'npm', names: ['lodash'] }], true],
    ['one of several', [{ ecosystem: 'npm', names: ['express', 'lodash'] }], true],
    ['another package', [{ ecosystem: 'npm', names: ['express'] }], false],
    ['the same name in another ecosystem', [{ ecosystem: 'PyPI', names: ['lodash'] }], false],
    ['another release', [{ ecosystem: 'Debian:11', names: ['openssl'] }], false],
    ['an ecosystem that is new', [{ ecosystem: 'npm', names: 'all' }], true],
    ['a new ecosystem it has nothing of', [{ ecosystem: 'Go', names: 'all' }], false],
    [
      'an artifact whose group it does not know',
      [{ ecosystem: 'Maven', names: ['org.apache.logging.log4j:log4j-core'] }],
      true,
    ],
    ['nothing', [], false],
  ] as const)('tells whether a change of %s concerns an image', (_, changed, expected) => {
    expect(concerns(changed)(IMAGE)).toBe(expected);
  });

  it('takes 4 bytes a question', () => {
    expect(IMAGE.length).toBe(4 * 4);
    expect(fingerprintOf([]).length).toBe(0);
  });
});
