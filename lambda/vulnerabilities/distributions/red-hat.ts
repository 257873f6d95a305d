import type { Distro } from '../../packages/index.ts';
import {
  type DistributionFeed,
  type FeedEcosystem,
  majorMinorOf,
  majorOf,
  type ReleaseFeed,
} from './feed.ts';
import { ecosystemsOfContentSets } from './red-hat-content-sets.ts';

/**
 * What an image without content sets is matched with, by major release. OSV names Red Hat's ecosystems by CPE. Images have
 * code-ready-builder packages too (ubi.repo enables it), and up to 7 each variant lists only its own packages.
 */
const DEFAULT_STREAMS: Readonly<Record<string, readonly string[]>> = {
  '5': ['enterprise_linux:5::server', 'enterprise_linux:5::client'],
  '6': ['server', 'client', 'workstation', 'computenode'].map((variant) => `enterprise_linux:6::${variant}`),
  '7': ['server', 'client', 'workstation', 'computenode'].map((variant) => `enterprise_linux:7::${variant}`),
};

/** `Red Hat:enterprise_linux:9::baseos` and so on: from the image's content sets, else the defaults of the release. */
export const redHat: DistributionFeed = {
  ids: ['rhel'],
  packageType: 'rpm',
  release: (distro) => {
    const { ecosystems, unmapped } = ecosystemsOfContentSets(distro.repositories, distro.version);
    if (ecosystems.length === 0) return defaults(distro);
    const feed = feedOfNames(ecosystems);
    if (unmapped.length === 0) return feed;
    const detail = `no advisories are known for the content sets ${unmapped.slice(0, 10).join(', ')}`;
    return { ...feed, gap: { reason: 'unmapped-repositories', detail } };
  },
};

/** CentOS Linux rebuilt Red Hat's packages and published no machine-readable advisories of its own. */
export const centos: DistributionFeed = {
  ids: ['centos'],
  packageType: 'rpm',
  release: (distro) => withDefaults(distro, { note: "matched with Red Hat's advisories" }),
};

/** CentOS Stream has no advisories; Red Hat's name the fix as it later appears in the minor release. */
export const centosStream: DistributionFeed = {
  ids: ['centos-stream'],
  packageType: 'rpm',
  release: (distro) => {
    const detail =
      "CentOS Stream publishes no advisories; matched with Red Hat's, which may name other builds";
    return withDefaults(distro, { gap: { reason: 'stand-in-feed', detail } });
  },
};

function withDefaults(distro: Distro, remark: Pick<ReleaseFeed, 'note' | 'gap'>): ReleaseFeed | undefined {
  const feed = defaults(distro);
  return feed === undefined ? undefined : { ...feed, ...remark };
}

function defaults({ version }: Distro): ReleaseFeed | undefined {
  const major = majorOf(version);
  if (major === undefined) return undefined;
  if (Number(major) >= 10) return feedOfMinors(major, version);
  const repositories = ['baseos', 'appstream', 'crb'].map((name) => `enterprise_linux:${major}::${name}`);
  const streams = DEFAULT_STREAMS[major] ?? repositories;
  return feedOfNames(streams.map((stream) => `Red Hat:${stream}`));
}

/** More than Red Hat has ever made of one major release. */
const MINOR_RELEASES = 12;

/**
 * From 10 on the CPE carries the minor release and no repository: `enterprise_linux:10.0`. Advisories of a later minor
 * release name fixes that an earlier one needs as well, so all that exist are asked; the installed one must.
 */
function feedOfMinors(major: string, version: string): ReleaseFeed {
  const installed = `Red Hat:enterprise_linux:${majorMinorOf(version) ?? `${major}.0`}`;
  const minors = Array.from(
    { length: MINOR_RELEASES },
    (_, minor) => `Red Hat:enterprise_linux:${major}.${minor}`,
  );
  return {
    ecosystems: [
      { name: installed, role: 'main' },
      ...minors
        .filter((name) => name !== installed)
        .map((name): FeedEcosystem => ({ name, role: 'additional' })),
    ],
  };
}

const BASE = /^Red Hat:[a-z0-9_]+:[\d.]+::(?:baseos|server)$/;

/** The base repository must be in the database, the others add to it; a layered product alone speaks for itself. */
function feedOfNames(names: readonly string[]): ReleaseFeed {
  const hasBase = names.some((name) => BASE.test(name));
  return {
    ecosystems: names.map((name) => ({ name, role: BASE.test(name) || !hasBase ? 'main' : 'additional' })),
  };
}
