/**
 * One advisory as far as one package of one ecosystem is concerned: the normalised form all sources are turned into,
 * and what a database lookup returns. Facts only; `summary` is the source's title.
 */
export type Advisory = {
  readonly id: string;
  /** The same vulnerability under other names: symmetric and transitive. */
  readonly aliases: readonly string[];
  /** What this record is based on (distribution advisories name their CVEs here): transitive, not symmetric. */
  readonly upstream: readonly string[];
  /** Not the same; older distribution records put their CVEs here. */
  readonly related: readonly string[];
  /** ISO 8601. */
  readonly published?: string;
  readonly modified: string;
  readonly summary?: string;
  readonly severities: readonly AdvisorySeverity[];
  readonly cwes: readonly string[];
  readonly affected: AffectedPackage;
  /** Which source said so: `osv:Debian`, `amazon:2/core`. */
  readonly source: string;
};

/** A CVSS vector (`type` CVSS_V2, CVSS_V3, CVSS_V4) or a word of the source's own scale (`type` vendor). */
export type AdvisorySeverity = {
  readonly type: 'CVSS_V2' | 'CVSS_V3' | 'CVSS_V4' | 'vendor';
  readonly value: string;
};

export type AffectedPackage = {
  /** OSV ecosystem with its release: `Debian:12`, `npm`, `Red Hat:enterprise_linux:8::baseos`, `Amazon Linux:2`. */
  readonly ecosystem: string;
  /** Normalised the ecosystem's way (PyPI and NuGet lower-case and so on). */
  readonly name: string;
  readonly ranges: readonly AdvisoryRange[];
  /** Versions affected by exact match, as the source writes them. */
  readonly versions: readonly string[];
  /** rpm `name:stream`; absent = not modular. */
  readonly module?: string;
  readonly arch?: string;
  /** Source's own state for this release: Ubuntu `ignored`, `deferred`; Debian urgency `unimportant`; … */
  readonly state?: string;
  /** AND-ed to open-ended ranges: GitHub's `last_known_affected_version_range`, e.g. `< 4.0.0`. */
  readonly lastKnownAffected?: string;
  /**
   * Go's `custom_ranges`: releases under numbers that its module proxy does not know. Inside them is affected as well; an
   * ordinary range without an end ends where they know a fix.
   */
  readonly customRanges?: readonly AdvisoryRange[];
  /** Go: affected packages and symbols. */
  readonly imports?: readonly { readonly path: string; readonly symbols?: readonly string[] }[];
  /** Amazon Linux: `core` or the extras topic. */
  readonly repository?: string;
};

/** https://ossf.github.io/osv-schema/#affectedranges-field ; GIT ranges are dropped when the database is built. */
export type AdvisoryRange = {
  readonly type: 'SEMVER' | 'ECOSYSTEM';
  readonly events: readonly RangeEvent[];
};
export type RangeEvent =
  | { readonly introduced: string }
  | { readonly fixed: string }
  | { readonly lastAffected: string }
  | { readonly limit: string };
