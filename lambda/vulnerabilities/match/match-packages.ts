import { type Distro, OS_PACKAGE_TYPES, type Package } from '../../packages/index.ts';
import type { Coverage } from '../../shared/coverage.ts';
import { feedTraits, madeBy } from '../distributions/index.ts';
import { ecosystemsFor } from '../ecosystems.ts';
import type { Finding } from '../finding.ts';
import type { AdvisoryLookup } from '../lookup.ts';
import { isSoftware } from './applicable.ts';
import { type Answer, consult, type Unclear } from './consult.ts';
import { MatchGaps } from './coverage.ts';
import { findingsOf } from './finding.ts';
import { type MatchedDistro, matchedDistro } from './matched-distro.ts';
import { type Owner, silenceOwned } from './owned.ts';
import { languageQueries, osQuery } from './queries.ts';
import { rememberAnswers } from './remember.ts';

export type MatchInput = {
  readonly packages: readonly Package[];
  /** Undefined when the image does not tell its distribution. */
  readonly distro: Distro | undefined;
  readonly lookup: AdvisoryLookup;
};

export type MatchOutput = {
  /** In the order of the packages, then by id; silenced ones included. */
  readonly findings: readonly Finding[];
  /** What was matched with what, and everything that could not be. */
  readonly coverage: readonly Coverage[];
};

type Run = {
  readonly lookup: AdvisoryLookup;
  /** Ecosystems that the lookup has. */
  readonly known: ReadonlySet<string>;
  readonly distro: MatchedDistro | undefined;
  readonly gaps: MatchGaps;
  /** OS packages of the distribution's own making that own others, with what was said of them, by purl. */
  readonly owners: Map<string, Owner>;
  readonly ownerPurls: ReadonlySet<string>;
};

/**
 * Matches packages with advisories: exact ecosystem, release and name, versions in the ecosystem's order. Pure and
 * synchronous; the lookup must be open for the ecosystems of `neededEcosystems`, and one it lacks is reported.
 */
export function matchPackages(input: MatchInput): MatchOutput {
  const lookup = rememberAnswers(input.lookup);
  const run: Run = {
    lookup,
    known: new Set(lookup.ecosystems()),
    distro: input.distro === undefined ? undefined : matchedDistro(input.distro, lookup),
    gaps: new MatchGaps(),
    owners: new Map(),
    ownerPurls: new Set(input.packages.flatMap(({ ownedBy }) => ownedBy ?? [])),
  };
  const isOs = ({ type }: Package): boolean => OS_PACKAGE_TYPES.has(type);
  const findings = new Map<Package, readonly Finding[]>();
  // OS packages first: they own files of the others.
  for (const pkg of input.packages.filter(isOs)) findings.set(pkg, matchOsPackage(pkg, run));
  for (const pkg of input.packages.filter((pkg) => !isOs(pkg)))
    findings.set(pkg, matchLanguagePackage(pkg, run));
  const ecosystems = new Set(
    input.packages.filter((pkg) => !isOs(pkg)).flatMap((pkg) => ecosystemsFor(pkg, undefined)),
  );
  return {
    findings: onePerPurl(input.packages.flatMap((pkg) => findings.get(pkg) ?? [])),
    coverage: [
      ...(input.packages.some(isOs) ? (run.distro?.coverage ?? []) : []),
      ...languageCoverage([...ecosystems], run.known),
      ...run.gaps.coverage(),
    ],
  };
}

function matchOsPackage(pkg: Package, { distro, gaps, lookup, ownerPurls, owners }: Run): readonly Finding[] {
  if (!isSoftware(pkg)) return [];
  if (distro === undefined) {
    gaps.add('os', 'unknown', 'distro-unknown', pkg.name);
    return [];
  }
  if (distro.release === undefined || distro.packageType !== pkg.type) {
    gaps.add('os', distro.name, 'no-advisory-feed', pkg.name);
    return [];
  }
  // What the database has beside it (modules, paid support) still counts.
  if (distro.missingFeed !== undefined) gaps.add('feed', distro.missingFeed, 'feed-missing', pkg.name);
  const maker = madeBy(pkg, distro.distro);
  if (maker === 'other') gaps.add('os', distro.name, 'third-party-packages', pkg.name);
  // A foreign rpm has a version line of its own. A foreign deb keeps its findings: the name is the same source's.
  if (maker === 'other' && pkg.type === 'rpm') return [];
  const queries = distro.release.ecosystems.map((feed) => osQuery(pkg, feed, distro.distro.pro === true));
  const answer = consult(pkg, queries, lookup);
  noteUnclear(answer, 'os', distro.name, pkg, gaps);
  if (maker === 'own' && distro.missingFeed === undefined && ownerPurls.has(pkg.purl))
    owners.set(pkg.purl, ownerOf(pkg, answer, distro.mainEcosystem));
  return findingsOf(pkg, answer.hits, lookup);
}

function matchLanguagePackage(pkg: Package, { gaps, known, lookup, owners }: Run): readonly Finding[] {
  const [ecosystem] = ecosystemsFor(pkg, undefined);
  if (ecosystem === undefined) return [];
  if (!known.has(ecosystem)) {
    gaps.add('feed', ecosystem, 'feed-missing', pkg.name);
    return [];
  }
  const { queries, isAmbiguous } = languageQueries(pkg, ecosystem, lookup);
  if (isAmbiguous) gaps.add('ecosystem', pkg.type, 'identity-ambiguous', pkg.name);
  const answer = consult(pkg, queries, lookup);
  noteUnclear(answer, 'ecosystem', pkg.type, pkg, gaps);
  const findings = findingsOf(pkg, answer.hits, lookup);
  const owner = pkg.ownedBy === undefined ? undefined : owners.get(pkg.ownedBy);
  return owner === undefined ? findings : silenceOwned(findings, pkg, owner);
}

function ownerOf(pkg: Package, { hits, cleared }: Answer, ecosystem: string): Owner {
  return { package: pkg, ecosystem, vouches: feedTraits(ecosystem).listsUnfixed, hits, cleared };
}

const REPORTED: readonly Unclear[] = [
  'version-missing',
  'version-not-comparable',
  'module-unknown',
  'source-undecided',
];

function noteUnclear(
  { unclear }: Answer,
  subject: 'os' | 'ecosystem',
  name: string,
  pkg: Package,
  gaps: MatchGaps,
): void {
  for (const reason of REPORTED) if (unclear[reason] > 0) gaps.add(subject, name, reason, pkg.name);
}

function languageCoverage(ecosystems: readonly string[], known: ReadonlySet<string>): readonly Coverage[] {
  return ecosystems
    .filter((ecosystem) => known.has(ecosystem))
    .map((name) => ({ subject: 'feed', name, outcome: 'complete' }));
}

/** A package found at several paths is one package; a finding that nothing silences at one of them counts. */
function onePerPurl(findings: readonly Finding[]): readonly Finding[] {
  const unique = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.package} ${finding.id}`;
    const known = unique.get(key);
    if (known === undefined || (known.suppressedBy !== undefined && finding.suppressedBy === undefined)) {
      unique.set(key, finding);
    }
  }
  return [...unique.values()];
}
