import { type DistributionFeed, type FeedEcosystem, majorMinorOf, majorOf, single } from './feed.ts';

/**
 * Modules of SUSE Linux Enterprise 15 whose packages images hold; each is a product of its own in the advisories.
 * https://documentation.suse.com/sles/15-SP6/html/SLES-all/article-modules.html
 */
const MODULES = [
  'Server Applications',
  'Development Tools',
  'Web and Scripting',
  'Python 3',
  'Containers',
  'Public Cloud',
  'Legacy',
  'Desktop Applications',
  'Certifications',
];

/** `SUSE:Linux Enterprise Module for Basesystem 15 SP5` and its companions. Long-term support is a subscription. */
export const suse: DistributionFeed = {
  ids: ['sles', 'sled', 'sles_sap', 'sle_hpc'],
  packageType: 'rpm',
  release: ({ version }) => {
    const major = majorOf(version);
    if (major === undefined) return undefined;
    if (Number(major) >= 16) return single(`SUSE:Linux Enterprise Server ${majorMinorOf(version) ?? major}`);
    const servicePack = majorMinorOf(version)?.split('.')[1] ?? '0';
    const release = servicePack === '0' ? major : `${major} SP${servicePack}`;
    return { ecosystems: major === '15' ? products15(release) : productsBefore15(release) };
  },
};

/** `openSUSE:Leap 15.6`, `openSUSE:Tumbleweed`. */
export const openSuse: DistributionFeed = {
  ids: ['opensuse-leap', 'opensuse', 'opensuse-tumbleweed'],
  packageType: 'rpm',
  release: ({ id, version }) => {
    if (id === 'opensuse-tumbleweed') return single('openSUSE:Tumbleweed');
    const release = majorMinorOf(version);
    return single(release === undefined ? undefined : `openSUSE:Leap ${release}`);
  },
};

function products15(release: string): FeedEcosystem[] {
  return [
    { name: `SUSE:Linux Enterprise Module for Basesystem ${release}`, role: 'main' },
    { name: `SUSE:Linux Enterprise Server ${release}`, role: 'additional' },
    ...MODULES.map(
      (module): FeedEcosystem => ({
        name: `SUSE:Linux Enterprise Module for ${module} ${release}`,
        role: 'additional',
      }),
    ),
    { name: `SUSE:Linux Enterprise Server ${release}-LTSS`, role: 'subscription' },
  ];
}

function productsBefore15(release: string): FeedEcosystem[] {
  return [
    { name: `SUSE:Linux Enterprise Server ${release}`, role: 'main' },
    { name: `SUSE:Linux Enterprise Server ${release}-LTSS`, role: 'subscription' },
  ];
}
