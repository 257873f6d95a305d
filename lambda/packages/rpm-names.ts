const SOURCE_ENDINGS = ['.src.rpm', '.nosrc.rpm'] as const;

/**
 * Name and `version-release` of a source rpm's file name, split from the right: the last `-` begins the release, the one
 * before it the version. There is no epoch in it. `undefined` for anything else, such as rpm's `(none)`.
 */
export function splitSourceRpm(fileName: string): { name: string; version: string } | undefined {
  const ending = SOURCE_ENDINGS.find((each) => fileName.endsWith(each));
  if (ending === undefined) return undefined;
  const stem = fileName.slice(0, -ending.length);
  const release = stem.lastIndexOf('-');
  const version = release < 1 ? -1 : stem.lastIndexOf('-', release - 1);
  if (version < 1 || release - version < 2 || stem.length - release < 2) return undefined;
  return { name: stem.slice(0, version), version: stem.slice(version + 1) };
}

/** `version-release`, with `epoch:` before it when the epoch is above 0: rpm takes none and 0 for the same. */
export function withEpoch(epoch: number, versionRelease: string): string {
  return epoch > 0 ? `${epoch}:${versionRelease}` : versionRelease;
}

/** Keys that rpm stores beside the packages; nothing is installed by them. */
export function isSigningKey(name: string): boolean {
  return name === 'gpg-pubkey';
}
