/**
 * The order of one ecosystem's versions. Pure: no state, no throwing.
 * A version that is not of the scheme's grammar has no place in the order: `compare` gives undefined, and the matcher
 * falls back to exact equality and reports the package as not comparable.
 */
export interface VersionScheme {
  readonly id: string;
  readonly title: string;
  /** Upstream specification or source that defines the order. */
  readonly urls: readonly string[];
  /** True when the text is a version of this scheme. */
  isValid(version: string): boolean;
  /** Negative, zero or positive as `a` sorts before, with or after `b`; undefined when either is not valid. */
  compare(a: string, b: string): number | undefined;
}
