import { GiB } from '../../../shared/units.ts';
import type { Cataloger, CatalogerOutput } from '../../cataloger.ts';
import { type Executable, isExecutable, mayBeExecutable, readExecutables } from '../../executable/index.ts';
import { type ProblemList, problemsOf } from '../../problem-list.ts';
import { readBuildInfo } from './build-info.ts';
import { parseBuildInfo } from './modules.ts';
import { toPackages } from './package.ts';

/**
 * Modules and standard library of Go programs and libraries; the answer is that of `go version -m`. Executables that cannot be
 * read, or whose content UPX hides, are reported here for all catalogers of executables.
 */
export const goBinary = {
  id: 'go-binary',
  version: 1,
  title: 'Go modules in programs and libraries (ELF, PE, Mach-O)',
  urls: ['https://pkg.go.dev/debug/buildinfo', 'https://go.dev/ref/mod#go-version-m'],
  files: ['** (executable, or *.exe, *.dll, *.so, *.node)'],
  maxBytes: GiB,
  matches: (path, facts) => mayBeExecutable(path, facts),
  accepts: (head) => isExecutable(head),
  parse(file) {
    const problems = problemsOf(file.path);
    const read = readExecutables(file);
    for (const { code, detail } of read.problems) problems.add(code, detail);
    const outputs = read.executables.flatMap((executable) => readExecutable(executable, problems));
    return { outputs: unique(outputs), problems: problems.list() };
  },
} as const satisfies Cataloger;

function readExecutable(executable: Executable, problems: ProblemList): readonly CatalogerOutput[] {
  if (executable.packed) problems.add('packed', 'compressed with UPX: what it was built from cannot be seen');
  const raw = readBuildInfo(executable);
  if (raw === undefined) return [];
  if ('broken' in raw) {
    problems.add('malformed', raw.broken);
    return [];
  }
  const info = parseBuildInfo(raw.modules);
  if (raw.modules === '') problems.add('no-module-info', 'a Go program built without module information');
  if (info.brokenLines > 0)
    problems.add('malformed', `${info.brokenLines} broken lines in Go build information`);
  const packages = toPackages(raw.goVersion, info);
  return packages.map((found) => ({ kind: 'package', package: found }) as const);
}

/** The architectures of a fat file are mostly built from the same modules. */
function unique(outputs: readonly CatalogerOutput[]): readonly CatalogerOutput[] {
  return [...new Map(outputs.map((output) => [JSON.stringify(output), output])).values()];
}
