import { ecosystemFamily } from '../sources/osv/index.ts';

/** How a feed names packages and what its silence means. */
export type FeedTraits = {
  /** Advisories name source packages (Debian's sources, Alpine's origins) or installed ones. */
  readonly keyedBy: 'source' | 'binary';
  /**
   * Publishes vulnerabilities that have no fix yet. Only such a feed can vouch for a package by saying nothing; the
   * others list fixed issues only (grype/pkg/package.go computes its list of comprehensive distributions the same way).
   */
  readonly listsUnfixed: boolean;
  /** Versions are written without epochs, so epochs take no part in the comparison. */
  readonly omitsEpochs?: boolean;
};

/**
 * By ecosystem without its release. Red Hat's own VEX files list unfixed vulnerabilities; its OSV records, which are what
 * the database holds, are made from advisories and do not.
 */
const TRAITS: Readonly<Record<string, FeedTraits>> = {
  Debian: { keyedBy: 'source', listsUnfixed: true },
  Ubuntu: { keyedBy: 'source', listsUnfixed: true },
  Alpine: { keyedBy: 'source', listsUnfixed: false },
  Wolfi: { keyedBy: 'source', listsUnfixed: false },
  Chainguard: { keyedBy: 'source', listsUnfixed: false },
  'Red Hat': { keyedBy: 'binary', listsUnfixed: false },
  AlmaLinux: { keyedBy: 'binary', listsUnfixed: false },
  'Rocky Linux': { keyedBy: 'source', listsUnfixed: false },
  'Azure Linux': { keyedBy: 'source', listsUnfixed: true, omitsEpochs: true },
  SUSE: { keyedBy: 'binary', listsUnfixed: false, omitsEpochs: true },
  openSUSE: { keyedBy: 'binary', listsUnfixed: false, omitsEpochs: true },
  'Amazon Linux': { keyedBy: 'binary', listsUnfixed: false },
  'Photon OS': { keyedBy: 'binary', listsUnfixed: false },
};

/** The traits of a distribution's feed; those of a language ecosystem, which lists unfixed vulnerabilities, otherwise. */
export function feedTraits(ecosystem: string): FeedTraits {
  const family = ecosystemFamily(ecosystem);
  return (
    (Object.hasOwn(TRAITS, family) ? TRAITS[family] : undefined) ?? { keyedBy: 'binary', listsUnfixed: true }
  );
}
