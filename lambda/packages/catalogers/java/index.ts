import { GiB } from '../../../shared/units.ts';
import { sliceOf } from '../../byte-source.ts';
import type { Cataloger } from '../../cataloger.ts';
import type { FoundPackage } from '../../package.ts';
import { problemsOf } from '../../problem-list.ts';
import { readArchive } from './archive.ts';
import { isArchiveName } from './archive-name.ts';
import { newBudget } from './budget.ts';

/**
 * Maven artifacts in Java archives, those nested in them included. Code that was copied into an archive without its Maven descriptor
 * cannot be seen; an archive of classes that nothing identifies is reported.
 */
export const java = {
  id: 'java',
  version: 1,
  title: 'Maven artifacts in Java archives',
  urls: [
    'https://maven.apache.org/shared/maven-archiver/#pom-properties-content',
    'https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html',
  ],
  files: ['**/*.{jar,war,ear,par,sar,nar,kar,hpi,jpi,lpkg,rar}'],
  maxBytes: GiB,
  matches: (path) => isArchiveName(path),
  async parse(file) {
    const problems = problemsOf(file.path);
    const packages: FoundPackage[] = [];
    const reading = { budget: newBudget(), problems, packages };
    const bytes = sliceOf(file, 0, file.size);
    await readArchive({ bytes, path: file.path, innerPath: '', depth: 0 }, reading);
    const outputs = packages.map((found) => ({ kind: 'package', package: found }) as const);
    return { outputs, problems: problems.list() };
  },
} as const satisfies Cataloger;
