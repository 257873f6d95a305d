import type { Coverage } from '../../shared/coverage.ts';

/** How many package names a coverage entry lists. */
const MAX_NAMES = 10;

type Gap = {
  readonly subject: 'os' | 'ecosystem' | 'feed';
  readonly name: string;
  readonly reason: MatchGap;
  readonly packages: Set<string>;
};

/** Collects what kept packages from being matched, one entry per subject and reason. */
export class MatchGaps {
  readonly #gaps = new Map<string, Gap>();

  add(subject: Gap['subject'], name: string, reason: MatchGap, packageName: string): void {
    const key = `${subject} ${name} ${reason}`;
    const known = this.#gaps.get(key);
    if (known !== undefined) known.packages.add(packageName);
    else this.#gaps.set(key, { subject, name, reason, packages: new Set([packageName]) });
  }

  /** The entries, in the order in which the gaps were first seen. */
  coverage(): readonly Coverage[] {
    return [...this.#gaps.values()].map(({ subject, name, reason, packages }) => ({
      subject,
      name,
      outcome: OUTCOMES[reason],
      reason,
      detail: `${SENTENCES[reason]}: ${listOf([...packages])}`,
    }));
  }
}

/** Stable codes; see docs/error-codes.md. */
export type MatchGap = keyof typeof SENTENCES;

const SENTENCES = {
  'feed-missing': 'the advisory database has nothing on it, these packages were not matched',
  'no-advisory-feed': 'no advisory feed speaks for these packages',
  'distro-unknown': 'the distribution is unknown, these packages were not matched',
  'third-party-packages': 'not built by the distribution, whose advisories do not speak for them',
  'version-missing': 'advisories exist, but the packages state no version',
  'version-not-comparable': 'advisories exist, but these versions have no place in the order',
  'identity-ambiguous':
    'advisories exist for several groups with artifacts of this name, and the archives do not tell theirs',
  'module-unknown': 'advisories exist, but the module stream is unknown',
  'source-undecided': 'their source has not decided whether these are affected',
} as const;

const OUTCOMES: Readonly<Record<MatchGap, Coverage['outcome']>> = {
  'feed-missing': 'none',
  'no-advisory-feed': 'none',
  'distro-unknown': 'none',
  'third-party-packages': 'partial',
  'version-missing': 'partial',
  'version-not-comparable': 'partial',
  'identity-ambiguous': 'partial',
  'module-unknown': 'partial',
  // Everything was read and matched; it is the source that does not know yet.
  'source-undecided': 'complete',
};

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  const count = `${names.length} ${names.length === 1 ? 'package' : 'packages'}`;
  return names.length > MAX_NAMES
    ? `${count} (${shown} and ${names.length - MAX_NAMES} more)`
    : `${count} (${shown})`;
}
