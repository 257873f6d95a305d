import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../../../../lambda/vulnerabilities/match/evaluate.ts';
import { versionRules } from '../../../../lambda/vulnerabilities/match/version-rules.ts';
import { advisory, events } from '../../../doubles/advisories.ts';
import { installed } from '../../../doubles/installed.ts';
import { fixOf } from '../../../doubles/matched.ts';

function record(ordinary: string, custom: readonly string[]) {
  return advisory({
    id: 'GO-2024-1',
    ecosystem: 'Go',
    name: 'example.org/server',
    events: events(ordinary),
    customRanges: custom.map((range) => ({ type: 'ECOSYSTEM', events: events(range) })),
  });
}

function verdict(ordinary: string, custom: string | readonly string[], version: string): string {
  return evaluate(record(ordinary, [custom].flat()).affected, version, versionRules('Go'));
}

describe('vulnerabilities/match/evaluate: custom ranges of Go', () => {
  // Ranges as Go's database has them for Gogs, RKE2, Mattermost and Mattermost's `/v5`.
  it.each<[string, string | string[], string, boolean]>([
    ['>=0', '>=0 <0.14.3', '0.14.2', true],
    ['>=0', '>=0 <0.14.3', 'v0.14.3', false],
    ['>=0', '>=0 <0.14.3', '0.15.0', false],
    ['>=0', '>=0 <0.14.3', '0.14.3-rc.1', true],
    ['>=0', '>=0 <0.14.3', 'v0.14.4-0.20260101000000-abcdefabcdef', false],
    ['>=0', '>=0 <0.14.3', 'v0.0.0-20260101000000-abcdefabcdef', true],
    ['>=0', '>=1.27.0 <1.27.15 >=1.28.0 <1.28.11', '1.27.14', true],
    ['>=0', '>=1.27.0 <1.27.15 >=1.28.0 <1.28.11', '1.27.15', false],
    ['>=0', '>=1.27.0 <1.27.15 >=1.28.0 <1.28.11', '1.28.3', true],
    ['>=0', '>=1.27.0 <1.27.15 >=1.28.0 <1.28.11', '1.29.0', false],
    // before the first of them: perhaps another numbering
    ['>=0', '>=1.27.0 <1.27.15 >=1.28.0 <1.28.11', '1.26.9', true],
    ['>=0', ['>=1.27.0 <1.27.15', '>=1.28.0 <1.28.11'], '1.28.3', true],
    ['>=0', ['>=1.27.0 <1.27.15', '>=1.28.0 <1.28.11'], '1.28.11', false],
    ['>=0', '>=0 <8.0.0-20250619095651-9dd0b3943e55', 'v8.0.0-20250618000000-abcdefabcdef', true],
    ['>=0', '>=0 <8.0.0-20250619095651-9dd0b3943e55', 'v8.0.0-20250701000000-abcdefabcdef', false],
    // nothing can be said of bounds or versions without a place in the order
    ['>=0', '>=0 <edge-24.6.2', '24.7.0', true],
    ['>=0', ['>=0 <1.0.0', '>=0 <edge-24.6.2'], '1.5.0', true],
    // a fix of the ordinary range counts as before
    ['>=0 <0.10.3 >=0.10.4', '>=0 <0.11.0', '0.10.3', false],
    ['>=0 <0.10.3 >=0.10.4', '>=0 <0.11.0', '0.10.9', true],
    ['>=0 <0.10.3 >=0.10.4', '>=0 <0.11.0', '0.11.0', false],
  ])(
    'ends the open range %s at the fixes of %j: %s is affected: %s',
    (ordinary, custom, version, affected) => {
      expect(verdict(ordinary, custom, version)).toBe(affected ? 'affected' : 'unaffected');
    },
  );

  // Prometheus: 3.5.2 is the module `v0.305.2`.
  it.each<[string, boolean]>([
    ['3.5.1', true],
    ['3.5.2', false],
    ['3.6.0', true],
    ['3.11.2', false],
    ['v0.305.0', true],
    ['v0.311.2', false],
    ['v0.311.2-0.20260410083055-07c6232d159b', false],
    ['v0.0.0-20260501000000-abcdefabcdef', true],
    ['2.55.0', false],
  ])('adds releases to ranges that end at a commit: %s is affected: %s', (version, affected) => {
    const ordinary = '>=0 <0.311.2-0.20260410083055-07c6232d159b';

    expect(verdict(ordinary, '>=3.0.0 <3.5.2 >=3.6.0 <3.11.2', version)).toBe(
      affected ? 'affected' : 'unaffected',
    );
  });

  it('leaves commits to the ordinary ranges', () => {
    const ordinary = '>=0 <0.0.0-20260317012524-fe4523fff2c8';

    expect(verdict(ordinary, '>=0 <3.6.1', 'v0.0.0-20260316000000-abcdefabcdef')).toBe('affected');
    expect(verdict(ordinary, '>=0 <3.6.1', 'v0.0.0-20260318000000-abcdefabcdef+dirty')).toBe('unaffected');
    expect(verdict(ordinary, '>=0 <3.6.1', '3.6.0')).toBe('affected');
  });

  it('names the releases with the fix', () => {
    const pkg = installed('golang', 'example.org/server', '1.27.3');

    expect(fixOf(pkg, [record('>=0', ['>=1.27.0 <1.27.15 >=1.28.0 <1.28.11'])])).toEqual({
      status: 'fixed',
      fixed: ['1.27.15', '1.28.11'],
      minimal: '1.27.15',
    });
  });
});
