/**
 * The order of one ecosystem's versions. Pure: no state, no throwing, linear in the length of the text.
 * A version that is not of the scheme's grammar has no place in the order: `compare` gives undefined, and the matcher
 * falls back to exact equality and reports the package as not comparable.
 */
export interface VersionScheme {
  readonly id: string;
  readonly title: string;
  /** Upstream specification or source that defines the order. */
  readonly urls: readonly string[];
  /** OSV ecosystems (and names of our own feeds) whose versions are of this scheme, without a `:suffix`. */
  readonly ecosystems: readonly string[];
  /** True when the text is a version of this scheme. Texts over `MAX_VERSION_LENGTH` never are. */
  isValid(version: string): boolean;
  /** Negative, zero or positive as `a` sorts before, with or after `b`; undefined when either is not valid. */
  compare(a: string, b: string): number | undefined;
  /**
   * As `compare`, for an installed version against the bound of an advisory, where the ecosystem has a rule of its own
   * for that (the local part of PEP 440, the absent release of rpm). Absent: `compare` serves. Call `compareToBound`.
   */
  compareToBound?(installed: string, bound: string): number | undefined;
  /**
   * Upstream's tools order some texts that their own grammar rejects. This is that order, antisymmetric but not always
   * transitive: good for a hint, never for a silent verdict. Equals `compare` on valid versions. Undefined only when
   * a text is empty or over `MAX_VERSION_LENGTH`.
   */
  compareLoosely?(a: string, b: string): number | undefined;
}

/** Orders an installed version against an advisory's bound by the rule of its scheme; undefined when not comparable. */
export function compareToBound(scheme: VersionScheme, installed: string, bound: string): number | undefined {
  return scheme.compareToBound === undefined
    ? scheme.compare(installed, bound)
    : scheme.compareToBound(installed, bound);
}
