// apk's installed database: entries parted by an empty line, each line a letter, a colon and a value.
// https://wiki.alpinelinux.org/wiki/Apk_spec#Syntax ; P name, V version, A architecture, o origin, m maintainer, L licence,
// F a directory (no leading slash), R a file in the last directory.
import type { AnalyzerResult, WantedFile } from '../../../image/index.ts';
import type { CatalogerOutput } from '../../cataloger.ts';
import { forEachLine } from '../../lines.ts';
import { pathBudget } from '../../path-budget.ts';
import { type ProblemList, problemsOf } from '../../problem-list.ts';
import { type ApkEntry, packageOf } from './package.ts';

const COLON = 58;
const WANTED: ReadonlySet<string> = new Set(['P', 'V', 'A', 'o', 'm', 'L']);
const MAX_VALUE_BYTES = 4096;

/** The packages of the database. Entries without name or version are reported as `malformed`. */
export function parseInstalled(file: WantedFile): AnalyzerResult<CatalogerOutput> {
  const problems = problemsOf(file.path);
  const outputs: CatalogerOutput[] = [];
  readEntries(file.bytes(), problems, (entry) => {
    const found = packageOf(entry, problems);
    if (found !== undefined) outputs.push({ kind: 'package', package: found });
  });
  return { outputs, problems: problems.list() };
}

function readEntries(bytes: Buffer, problems: ProblemList, visit: (entry: ApkEntry) => void): void {
  let fields = new Map<string, string>();
  let files: string[] = [];
  let directory = '';
  let open = false;
  let line = 0;
  const paths = pathBudget(bytes.length);

  const close = () => {
    if (open) visit({ fields, files });
    open = false;
    fields = new Map();
    files = [];
    directory = '';
  };
  const keepFile = (name: string) => {
    const path = paths.take(directory === '' ? '' : `${directory}/`, name);
    if (path !== undefined) files.push(path);
  };
  forEachLine(bytes, (start, end) => {
    line += 1;
    if (start === end) return close();
    open = true;
    if (bytes[start + 1] !== COLON || end - start < 2) {
      return problems.add('malformed', `line ${line} is not a field`);
    }
    const letter = String.fromCharCode(bytes[start] ?? 0);
    if (letter !== 'F' && letter !== 'R' && !WANTED.has(letter)) return;
    const value = bytes.toString('utf8', start + 2, Math.min(end, start + 2 + MAX_VALUE_BYTES));
    if (letter === 'F') directory = value;
    else if (letter === 'R') keepFile(value);
    else fields.set(letter, value);
  });
  close();
  if (paths.spent()) problems.add('limit-files', 'the file lists are too long, the rest is left out');
}
