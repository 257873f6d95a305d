import { type DistributionFeed, majorMinorOf } from './feed.ts';

/**
 * `Ubuntu:22.04:LTS`; releases of an even year's April are LTS and must say so. Ubuntu Pro lists what its subscribers get.
 * Its other tiers (FIPS, Realtime, …) are different builds and never speak for a plain image.
 * https://documentation.ubuntu.com/security/security-updates/osv/
 */
export const ubuntu: DistributionFeed = {
  ids: ['ubuntu'],
  packageType: 'deb',
  release: ({ version }) => {
    const release = majorMinorOf(version);
    if (release === undefined) return undefined;
    const [year, month] = release.split('.');
    const isLts = Number(year) % 2 === 0 && month === '04';
    if (!isLts) return { ecosystems: [{ name: `Ubuntu:${release}`, role: 'main' }] };
    return {
      ecosystems: [
        { name: `Ubuntu:${release}:LTS`, role: 'main' },
        { name: `Ubuntu:Pro:${release}:LTS`, role: 'subscription' },
      ],
    };
  },
};
