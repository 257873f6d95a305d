import type { FoundPackage } from '../../package.ts';
import { splitSourceRpm, withEpoch } from '../../rpm-names.ts';
import { isWord } from '../../word.ts';

/** One line: the columns that are used. */
export type ManifestEntry = {
  readonly name: string;
  readonly versionRelease: string;
  readonly vendor: string;
  readonly arch: string;
  /** A number; 0 when the package has no epoch. */
  readonly epochNumber: string;
  readonly sourceRpm: string;
};

const EPOCH = /^[0-9]{1,10}$/;
/** What rpm prints for a tag the package does not have. */
const NONE = '(none)';

/** The package of a line; `undefined` when name or version is not one word, or the epoch is no number. */
export function packageOf(entry: ManifestEntry): FoundPackage | undefined {
  const { name, versionRelease, arch, vendor, epochNumber } = entry;
  if (!isWord(name) || !isWord(versionRelease) || versionRelease.startsWith(NONE)) return undefined;
  if (!EPOCH.test(epochNumber)) return undefined;
  const source = splitSourceRpm(entry.sourceRpm);
  return {
    type: 'rpm',
    name,
    version: withEpoch(Number(epochNumber), versionRelease),
    ...(source !== undefined && { source }),
    ...(isWord(arch) && arch !== NONE && { arch }),
    ...(vendor !== '' && vendor !== NONE && { vendor }),
  };
}
