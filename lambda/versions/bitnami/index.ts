import { comparePrecedence, isSemver, parseSemver, type SemverParts } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareNumberLists } from '../text.ts';

/** A revision at the end, alone (`1.2.3-4`, `1.2.3-4.1`) or after a pre-release (`1.2.3-rc.1-4`). */
const REVISION = /^(?:(?<pre>.+)-)?(?<revision>[0-9]+(?:\.[0-9]+)*)$/;

type Groups = { pre?: string; revision: string };

type BitnamiParts = { readonly upstream: SemverParts; readonly revision: readonly string[] };

/**
 * Bitnami's versions: Semantic Versioning, but a number after the dash is the revision of the build and comes after
 * the release. A word there is upstream's pre-release and comes before it, as in Bitnami's own advisories
 * (`2.6.0-rc1`); their library counts words as revisions too.
 */
export const bitnami = {
  id: 'bitnami',
  title: 'Bitnami',
  urls: ['https://github.com/bitnami/go-version/blob/8e59176f96b1820c81fa852a17fc00d016f1b3fe/README.md'],
  ecosystems: ['Bitnami'],
  isValid: isSemver,
  compare: compareBitnami,
} as const satisfies VersionScheme;

function compareBitnami(a: string, b: string): number | undefined {
  const left = parse(a);
  const right = parse(b);
  if (left === undefined || right === undefined) return undefined;
  return comparePrecedence(left.upstream, right.upstream) || compareRevisions(left.revision, right.revision);
}

/** A missing revision is 0; `-1` comes before `-1.0`. */
function compareRevisions(a: readonly string[], b: readonly string[]): number {
  return compareNumberLists(a, b) || a.length - b.length;
}

function parse(version: string): BitnamiParts | undefined {
  const upstream = parseSemver(version);
  if (upstream?.preRelease === undefined) return upstream && { upstream, revision: ['0'] };
  const groups = REVISION.exec(upstream.preRelease)?.groups as Groups | undefined;
  if (groups === undefined) return { upstream, revision: ['0'] };
  return { upstream: { ...upstream, preRelease: groups.pre }, revision: groups.revision.split('.') };
}
