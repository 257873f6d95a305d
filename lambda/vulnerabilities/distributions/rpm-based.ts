import { type DistributionFeed, majorMinorOf, majorOf, type ReleaseFeed, single } from './feed.ts';

/** `AlmaLinux:9`: major release only. https://errata.almalinux.org/ */
export const almaLinux = byMajor(['almalinux'], 'AlmaLinux');

/** `Rocky Linux:9`. https://errata.rockylinux.org/ */
export const rockyLinux = byMajor(['rocky'], 'Rocky Linux');

/** `Azure Linux:3`; releases 1 and 2 were called CBL-Mariner. https://github.com/microsoft/AzureLinuxVulnerabilityData */
export const azureLinux = byMajor(['azurelinux', 'mariner'], 'Azure Linux');

/** `Photon OS:5.0`. */
export const photon: DistributionFeed = {
  ids: ['photon'],
  packageType: 'rpm',
  release: ({ version }) => {
    const release = majorMinorOf(version);
    return single(release === undefined ? undefined : `Photon OS:${release}`);
  },
};

/** The first Amazon Linux was numbered by date: `2018.03`. https://alas.aws.amazon.com/ */
const FIRST_AMAZON_LINUX = /^201\d\.\d{2}$/;

/** `Amazon Linux:1`, `:2`, `:2023`. The 2022 previews of 2023 have no advisories. */
export const amazonLinux: DistributionFeed = {
  ids: ['amzn'],
  packageType: 'rpm',
  release: ({ version }): ReleaseFeed | undefined => {
    if (FIRST_AMAZON_LINUX.test(version)) return single('Amazon Linux:1');
    const major = majorOf(version);
    return single(major === '2' || major === '2023' ? `Amazon Linux:${major}` : undefined);
  },
};

function byMajor(ids: readonly string[], ecosystem: string): DistributionFeed {
  return {
    ids,
    packageType: 'rpm',
    release: ({ version }) => {
      const major = majorOf(version);
      return single(major === undefined ? undefined : `${ecosystem}:${major}`);
    },
  };
}
