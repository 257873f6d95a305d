import type { Package } from '../../packages/index.ts';
import { type FeedEcosystem, feedTraits } from '../distributions/index.ts';
import type { AdvisoryLookup } from '../lookup.ts';
import { lookupName } from '../sources/osv/index.ts';
import { namesOfGuess } from './guessed-identity.ts';
import { installedVersion } from './installed-version.ts';
import { type VersionRules, versionRules, withoutEpoch } from './version-rules.ts';

/** One question to the advisories: what do they say of this name in this version? */
export type Query = {
  readonly ecosystem: string;
  /** `entitled`: a subscription's ecosystem asked for a package that has the subscription. */
  readonly role: FeedEcosystem['role'] | 'entitled';
  readonly name: string;
  /** Empty when the package states none. */
  readonly version: string;
  /** Undefined when the ecosystem's order is unknown: only exact matches count then. */
  readonly rules: VersionRules | undefined;
};

/** The question about a language package. */
export function languageQuery(pkg: Package, ecosystem: string): Query {
  const name = lookupName(ecosystem, pkg.name);
  return { ecosystem, role: 'main', name, version: installedVersion(pkg), rules: versionRules(ecosystem) };
}

/**
 * As `languageQuery`, for archives whose identity was guessed as well: those are asked for under each name that may be
 * theirs, which are none when that is open (`isAmbiguous`).
 */
export function languageQueries(
  pkg: Package,
  ecosystem: string,
  lookup: AdvisoryLookup,
): { readonly queries: readonly Query[]; readonly isAmbiguous: boolean } {
  const own = languageQuery(pkg, ecosystem);
  const isGuess = pkg.type === 'maven' && pkg.confidence === 'low' && own.version !== '';
  if (!isGuess) return { queries: [own], isAmbiguous: false };
  const { names, isAmbiguous } = namesOfGuess(
    own.name,
    (artifact) => lookup.namesOf?.(ecosystem, artifact) ?? [],
  );
  return { queries: names.map((name) => ({ ...own, name })), isAmbiguous };
}

/** Extended Security Maintenance marks its builds: `1.2-4ubuntu0.22.04.1~esm1`, `+esm1`. */
const ESM_BUILD = /[~+]esm\d/;

/**
 * The question about an OS package: by the name and version of its source where the feed is keyed by sources, so that
 * rebuilds (`+b1`) do no harm, else by its own. `hasSubscription`: Ubuntu Pro is attached to the image.
 */
export function osQuery(pkg: Package, feed: FeedEcosystem, hasSubscription: boolean): Query {
  const ecosystem = feed.name;
  const isEntitled = feed.role === 'subscription' && (hasSubscription || ESM_BUILD.test(pkg.version));
  const own: Query = {
    ecosystem,
    role: isEntitled ? 'entitled' : feed.role,
    name: pkg.name,
    version: pkg.version,
    rules: versionRules(ecosystem),
  };
  if (feedTraits(ecosystem).keyedBy === 'binary' || pkg.source === undefined) return own;
  const bySource = { ...own, ...(unsignedKernel(pkg) ?? pkg.source) };
  return pkg.type === 'rpm' ? withSourceEpoch(bySource, pkg) : bySource;
}

/** `linux-signed-amd64` and `linux-signed-6.1-arm64` of Debian, `linux-signed`, `linux-signed-aws` of Ubuntu. */
const SIGNED_KERNEL = /^linux-signed(?<flavour>-.{1,40}?)??(?:-(?:amd64|arm64|i386))?$/;

/**
 * Signed kernels are repackaged by a source of their own (Debian `6.1.90+1`, of linux `6.1.90-1`) that no advisory names.
 * Their binaries keep the version of the kernel's source. https://wiki.debian.org/SecureBoot
 */
function unsignedKernel(pkg: Package): Package['source'] {
  if (pkg.type !== 'deb') return undefined;
  const signed = SIGNED_KERNEL.exec(pkg.source?.name ?? '');
  if (signed === null) return undefined;
  return { name: `linux${signed.groups?.['flavour'] ?? ''}`, version: pkg.version };
}

/**
 * `SOURCERPM` has no epoch. A binary built with its source's version and release has its epoch too; for the others
 * (perl-Errno 0:1.28 of perl 4:5.26.3) it is unknown, and epochs are left out on both sides.
 */
function withSourceEpoch(query: Query, pkg: Package): Query {
  const source = withoutEpoch(query.version);
  if (source === withoutEpoch(pkg.version)) return { ...query, version: pkg.version };
  return { ...query, version: source, rules: versionRules(query.ecosystem, true) };
}
