import { type DistributionFeed, majorOf, single } from './feed.ts';

/** https://www.debian.org/releases/ ; testing and unstable images state no VERSION_ID, only the codename. */
const RELEASE_OF_CODENAME: Readonly<Record<string, string>> = {
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
  sid: 'sid',
};

/** `Debian:12`. Advisories are keyed by source package: https://security-tracker.debian.org/tracker/ */
export const debian: DistributionFeed = {
  ids: ['debian'],
  packageType: 'deb',
  release: ({ version, codename = '' }) => {
    const named = Object.hasOwn(RELEASE_OF_CODENAME, codename) ? RELEASE_OF_CODENAME[codename] : undefined;
    const release = majorOf(version) ?? named;
    return single(release === undefined ? undefined : `Debian:${release}`);
  },
};
