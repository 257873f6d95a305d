import { describe, expect, it } from '@jest/globals';
import { affectingAdvisories } from '../../../../lambda/vulnerabilities/match/index.ts';
import { advisory, advisoryLookup } from '../../../doubles/advisories.ts';

describe('vulnerabilities/match/affecting', () => {
  const lookup = advisoryLookup([
    advisory({ id: 'A', ecosystem: 'PyPI', name: 'foo-bar', fixed: '2.0' }),
    advisory({ id: 'B', ecosystem: 'PyPI', name: 'foo-bar', fixed: '1.0' }),
    advisory({ id: 'C', ecosystem: 'PyPI', name: 'foo-bar', state: 'not-affected' }),
  ]);

  it('answers what contains the version, whatever its state', () => {
    const found = affectingAdvisories(lookup, 'PyPI', 'Foo_Bar', '1.5');

    expect(found?.map(({ id }) => id)).toEqual(['A', 'C']);
  });

  it('answers nothing for an unknown name, and not at all for an unknown ecosystem', () => {
    expect(affectingAdvisories(lookup, 'PyPI', 'other', '1.5')).toEqual([]);
    expect(affectingAdvisories(lookup, 'npm', 'foo-bar', '1.5')).toBeUndefined();
  });
});
