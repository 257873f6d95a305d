import { describe, expect, it } from '@jest/globals';
import { meaningOf, statusOf } from '../../../../lambda/vulnerabilities/match/states.ts';

describe('vulnerabilities/match/states', () => {
  it.each([
    // Debian
    ['open', 'affected'],
    ['nodsa', 'affected'],
    ['postponed', 'fix_deferred'],
    ['ignored', 'will_not_fix'],
    ['end-of-life', 'end_of_life'],
    ['undetermined', 'undecided'],
    ['unimportant', 'affected'],
    // Ubuntu
    ['needed', 'affected'],
    ['pending', 'affected'],
    ['in-progress', 'affected'],
    ['needs-triage', 'under_investigation'],
    ['deferred', 'fix_deferred'],
    ['not-affected', 'cleared'],
    // Red Hat
    ['Affected', 'affected'],
    ['Fix deferred', 'fix_deferred'],
    ['Will not fix', 'will_not_fix'],
    ['Out of support scope', 'will_not_fix'],
    ['Not affected', 'cleared'],
    ['New', 'undecided'],
    ['Under investigation', 'undecided'],
    // Azure Linux
    ['Not Applicable', 'cleared'],
    // RustSec, and what nobody says
    ['unmaintained', 'affected'],
    ['__proto__', 'affected'],
    [undefined, 'affected'],
  ])('reads the state %j as %s', (state, meaning) => {
    expect(meaningOf(state)).toBe(meaning);
  });

  it.each([
    [['ignored'], 'available', 'fixed'],
    [['ignored'], 'subscription', 'fixed_with_subscription'],
    [['ignored'], undefined, 'will_not_fix'],
    [['needs-triage'], undefined, 'under_investigation'],
    [['needs-triage', 'needed'], undefined, 'affected'],
    [[undefined, 'end-of-life'], undefined, 'end_of_life'],
    [['deferred', undefined], undefined, 'fix_deferred'],
    [['deferred', 'ignored'], undefined, 'will_not_fix'],
    [[undefined], undefined, 'affected'],
    [[], undefined, 'affected'],
  ] as const)('gives %j with fix %s the status %s', (states, fix, status) => {
    expect(statusOf(states, fix)).toBe(status);
  });
});
