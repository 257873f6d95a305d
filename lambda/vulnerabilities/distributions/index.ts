import type { Distro } from '../../packages/index.ts';
import { alpine, chainguard, wolfi } from './alpine.ts';
import { debian } from './debian.ts';
import type { DistributionFeed } from './feed.ts';
import { centos, centosStream, redHat } from './red-hat.ts';
import { almaLinux, amazonLinux, azureLinux, photon, rockyLinux } from './rpm-based.ts';
import { openSuse, suse } from './suse.ts';
import { ubuntu } from './ubuntu.ts';

export type { DistributionFeed, FeedEcosystem, ReleaseFeed } from './feed.ts';
export { feedTraits } from './traits.ts';
export { madeBy } from './vendors.ts';

/** Distributions with advisories. Any other (Oracle Linux, Fedora, Arch, …) has no feed that Backline reads. */
export const DISTRIBUTION_FEEDS = [
  debian,
  ubuntu,
  alpine,
  wolfi,
  chainguard,
  redHat,
  centos,
  centosStream,
  almaLinux,
  rockyLinux,
  amazonLinux,
  azureLinux,
  suse,
  openSuse,
  photon,
] as const satisfies readonly DistributionFeed[];

/** The feed that speaks for a distribution; undefined when none does. */
export function feedOf(distro: Distro): DistributionFeed | undefined {
  return DISTRIBUTION_FEEDS.find((feed) => feed.ids.includes(distro.id));
}
