import type { Distro, Package } from '../../lambda/packages/index.ts';
import type { Advisory } from '../../lambda/vulnerabilities/advisory.ts';
import { type Finding, matchPackages } from '../../lambda/vulnerabilities/index.ts';
import { advisoryLookup } from './advisories.ts';

/** The findings of one package against these advisories. */
export function findingsOf(
  pkg: Package,
  advisories: readonly Advisory[],
  release?: Distro,
): readonly Finding[] {
  return matchPackages({ packages: [pkg], distro: release, lookup: advisoryLookup(advisories) }).findings;
}

/** Their ids. */
export function idsOf(pkg: Package, advisories: readonly Advisory[], release?: Distro): string[] {
  return findingsOf(pkg, advisories, release).map(({ id }) => id);
}

/** What the first of them says of fixes. */
export function fixOf(pkg: Package, advisories: readonly Advisory[], release?: Distro) {
  const [finding] = findingsOf(pkg, advisories, release);
  return finding && { status: finding.status, fixed: finding.fixedVersions, minimal: finding.minimalFix };
}
