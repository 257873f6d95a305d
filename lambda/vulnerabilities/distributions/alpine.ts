import type { Distro } from '../../packages/index.ts';
import { type DistributionFeed, majorMinorOf, type ReleaseFeed, single } from './feed.ts';

const STREAM = /^(?:v\d{1,3}\.\d{1,3}|edge)$/;

/**
 * `Alpine:v3.19`. The stream in /etc/apk/repositories says what `apk upgrade` would install and wins over os-release.
 * When several streams are mixed, packages of the others are compared with the wrong fixes: a gap.
 * https://secdb.alpinelinux.org/
 */
export const alpine: DistributionFeed = {
  ids: ['alpine'],
  packageType: 'apk',
  release: (distro) => {
    const stated = statedStream(distro);
    const streams = [...new Set(distro.repositories.filter((name) => STREAM.test(name)))];
    const chosen = stated !== undefined && streams.includes(stated) ? stated : (newest(streams) ?? stated);
    if (chosen === undefined) return undefined;
    return { ecosystems: [{ name: `Alpine:${chosen}`, role: 'main' }], ...mixture(streams, chosen) };
  },
};

/** Rolling; keyed by origin like Alpine. https://packages.wolfi.dev/os/security.json */
export const wolfi: DistributionFeed = { ids: ['wolfi'], packageType: 'apk', release: () => single('Wolfi') };

/** https://packages.cgr.dev/chainguard/security.json */
export const chainguard: DistributionFeed = {
  ids: ['chainguard'],
  packageType: 'apk',
  release: () => single('Chainguard'),
};

function statedStream({ version }: Distro): string | undefined {
  if (version.includes('edge') || version.includes('_alpha')) return 'edge';
  const release = majorMinorOf(version);
  return release === undefined ? undefined : `v${release}`;
}

function newest(streams: readonly string[]): string | undefined {
  return streams.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function mixture(streams: readonly string[], chosen: string): Pick<ReleaseFeed, 'gap'> {
  const others = streams.filter((stream) => stream !== chosen);
  if (others.length === 0) return {};
  const detail = `packages may come from ${others.join(', ')} as well, but all are compared with the fixes of ${chosen}`;
  return { gap: { reason: 'mixed-releases', detail } };
}
