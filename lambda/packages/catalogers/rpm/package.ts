import type { FoundPackage } from '../../package.ts';
import type { PathBudget } from '../../path-budget.ts';
import { splitSourceRpm, withEpoch } from '../../rpm-names.ts';
import { isWord } from '../../word.ts';
import type { RpmHeader } from './header.ts';

/** What rpm prints, and some builders store, for a tag without a value. */
const NONE = '(none)';

/**
 * The package of a header, or why there is none. `broken` is set when only the lists of files are damaged.
 */
export function packageOf(header: RpmHeader, paths: PathBudget): { package?: FoundPackage; broken?: string } {
  const { name = '', version = '', release = '' } = header;
  if (!isWord(name)) return { broken: 'a header has no package name' };
  if (!isWord(version)) return { broken: `package ${name} has no version` };
  if (release !== '' && !isWord(release)) return { broken: `package ${name} has a broken release` };
  const files: string[] = [];
  const listed = header.eachFile((directory, base) => {
    const path = paths.take(directory, base);
    if (path !== undefined) files.push(path);
    return !paths.spent();
  });
  const source = splitSourceRpm(header.sourceRpm ?? '');
  const module = moduleOf(header.modularityLabel);
  const found: FoundPackage = {
    type: 'rpm',
    name,
    version: withEpoch(header.epoch ?? 0, release === '' ? version : `${version}-${release}`),
    ...(source !== undefined && { source }),
    ...(header.arch !== undefined && isWord(header.arch) && header.arch !== NONE && { arch: header.arch }),
    ...(module !== undefined && { module }),
    ...(hasText(header.vendor) && { vendor: header.vendor }),
    ...(hasText(header.license) && { licenses: [header.license] }),
    ...(files.length > 0 && { files }),
  };
  return listed
    ? { package: found }
    : { package: found, broken: `package ${name} has broken lists of files` };
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text !== NONE;
}

/** `nodejs:18:3820230524:rhel9` is stream 18 of module nodejs; the rest names one build of it. */
function moduleOf(label: string | undefined): string | undefined {
  const [name = '', stream = ''] = (label ?? '').split(':', 2);
  return isWord(name) && isWord(stream) ? `${name}:${stream}` : undefined;
}
