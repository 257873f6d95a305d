import type { Finding } from '../finding.ts';

type Status = Finding['status'];

/**
 * What a source's own state means for a package that its ranges say is affected: a status, or that the record is
 * to be `cleared` (the source says "not affected") or left out as `undecided`.
 */
type Meaning = Exclude<Status, 'fixed' | 'fixed_with_subscription'> | 'cleared' | 'undecided';

/** Tables of matching.md 4.2 (Debian), 4.3 (Ubuntu), 4.7 (Red Hat's package_state), and Azure Linux's `patchable`. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  // Debian security tracker
  open: 'affected',
  'no-dsa': 'affected',
  nodsa: 'affected',
  postponed: 'fix_deferred',
  'end-of-life': 'end_of_life',
  undetermined: 'undecided',
  // Ubuntu CVE tracker; `ignored` is also Debian's word for a no-dsa decision
  ignored: 'will_not_fix',
  deferred: 'fix_deferred',
  needed: 'affected',
  pending: 'affected',
  'in-progress': 'affected',
  'needs-triage': 'under_investigation',
  'not-affected': 'cleared',
  dne: 'cleared',
  // Red Hat
  affected: 'affected',
  'fix-deferred': 'fix_deferred',
  'will-not-fix': 'will_not_fix',
  'out-of-support-scope': 'will_not_fix',
  new: 'undecided',
  'under-investigation': 'undecided',
  // Azure Linux: "This CVE either no longer is or was never applicable"
  'not-applicable': 'cleared',
};

const SEPARATORS = /[ _]/g;

/** The meaning of a state; words that are none (Debian's `unimportant`, RustSec's `unmaintained`) are `affected`. */
export function meaningOf(state: string | undefined): Meaning {
  if (state === undefined) return 'affected';
  const word = state.toLowerCase().replaceAll(SEPARATORS, '-');
  return (Object.hasOwn(MEANINGS, word) ? MEANINGS[word] : undefined) ?? 'affected';
}

/** Which status tells most when advisories differ: a decision before an open question, a question last. */
const PRECEDENCE: readonly Status[] = [
  'will_not_fix',
  'end_of_life',
  'fix_deferred',
  'affected',
  'under_investigation',
];

/** The status of a finding. `fixed` means that a version without it can be installed, not that it is. */
export function statusOf(
  states: readonly (string | undefined)[],
  fix: 'available' | 'subscription' | undefined,
): Status {
  if (fix === 'available') return 'fixed';
  if (fix === 'subscription') return 'fixed_with_subscription';
  const meanings = new Set<string>(states.map(meaningOf));
  return PRECEDENCE.find((status) => meanings.has(status)) ?? 'affected';
}
