import { GiB } from '../../../shared/units.ts';
import type { Cataloger, CatalogerOutput } from '../../cataloger.ts';
import { type Executable, isExecutable, mayBeExecutable, readExecutables } from '../../executable/index.ts';
import { type ProblemList, problemsOf } from '../../problem-list.ts';
import { isWord } from '../../word.ts';
import { toPackage } from './package.ts';
import { readAuditData } from './parse.ts';

/**
 * Crates of Rust programs and libraries built with cargo-auditable. Executables that cannot be read at all are reported by the
 * cataloger of Go programs, which reads the same files.
 */
export const rustBinary = {
  id: 'rust-binary',
  version: 1,
  title: 'Rust crates in programs built with cargo-auditable (ELF, PE, Mach-O)',
  urls: ['https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md'],
  files: ['** (executable, or *.exe, *.dll, *.so, *.node)'],
  maxBytes: GiB,
  matches: (path, facts) => mayBeExecutable(path, facts),
  accepts: (head) => isExecutable(head),
  parse(file) {
    const problems = problemsOf(file.path);
    const outputs = readExecutables(file).executables.flatMap((one) => readCrates(one, file.path, problems));
    const unique = new Map(outputs.map((output) => [JSON.stringify(output), output]));
    return { outputs: [...unique.values()], problems: problems.list() };
  },
} as const satisfies Cataloger;

function readCrates(executable: Executable, path: string, problems: ProblemList): readonly CatalogerOutput[] {
  const outputs: CatalogerOutput[] = [];
  for (const crate of readAuditData(executable, path, problems)?.packages ?? []) {
    const found = toPackage(crate);
    if (found === undefined) continue;
    if (isWord(found.name) && isWord(found.version)) outputs.push({ kind: 'package', package: found });
    else
      problems.add('malformed', 'a crate in the audit data of cargo-auditable has no usable name or version');
  }
  return outputs;
}
