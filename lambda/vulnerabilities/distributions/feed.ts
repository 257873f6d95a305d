import type { Distro, PackageType } from '../../packages/index.ts';

/**
 * Where a release's advisories are found.
 * `main`: without it nothing can be said of the release. `additional`: consulted when the database has it.
 * `subscription`: fixes that only paying customers get (Ubuntu Pro, SUSE LTSS).
 */
export type FeedEcosystem = {
  /** OSV ecosystem with its release: `Debian:12`. */
  readonly name: string;
  readonly role: 'main' | 'additional' | 'subscription';
};

/** The advisories that speak for one release of one distribution. */
export type ReleaseFeed = {
  readonly ecosystems: readonly FeedEcosystem[];
  /** What a reader should know although nothing is missing: "matched with Red Hat's advisories". */
  readonly note?: string;
  /** What the feed cannot tell of this release: coverage is then partial. `reason` is a stable code. */
  readonly gap?: { readonly reason: string; readonly detail: string };
};

/** How one family of distributions maps to advisories. */
export type DistributionFeed = {
  /** `Distro.id` values. */
  readonly ids: readonly string[];
  readonly packageType: Extract<PackageType, 'deb' | 'apk' | 'rpm'>;
  /** Undefined when this release has no feed of its own or of a relative. */
  release(distro: Distro): ReleaseFeed | undefined;
};

/** A feed of one main ecosystem, or undefined when there is no name for it. */
export function single(name: string | undefined): ReleaseFeed | undefined {
  return name === undefined ? undefined : { ecosystems: [{ name, role: 'main' }] };
}

const MAJOR = /^(?<major>\d{1,4})/;

/** `9` of `9.3`; undefined when the version does not begin with a number. */
export function majorOf(version: string): string | undefined {
  return MAJOR.exec(version)?.groups?.['major'];
}

const MAJOR_MINOR = /^(?<major>\d{1,4})\.(?<minor>\d{1,4})/;

/** `3.19` of `3.19.1`; undefined when the version has no second number. */
export function majorMinorOf(version: string): string | undefined {
  const { major, minor } = MAJOR_MINOR.exec(version)?.groups ?? {};
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`;
}
