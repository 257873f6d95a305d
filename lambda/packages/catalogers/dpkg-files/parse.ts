// `info/<package>[:<arch>].list`: one absolute path a line, directories included. `status.d/<package>.md5sums` (distroless):
// 32 hexadecimal digits, two blanks, a path without leading slash. https://man7.org/linux/man-pages/man5/deb-md5sums.5.html
import type { AnalyzerResult, WantedFile } from '../../../image/index.ts';
import type { CatalogerOutput } from '../../cataloger.ts';
import { mayHoldPackages } from '../../evidence.ts';
import { forEachLine } from '../../lines.ts';
import { problemsOf } from '../../problem-list.ts';
import { isWord } from '../../word.ts';

const LIST = /^var\/lib\/dpkg\/info\/(?<name>[^/:]{1,255})(?::[^/:]{1,64})?\.list$/;
const SUMS = /^var\/lib\/dpkg\/status\.d\/(?<name>[^/:]{1,255})(?::[^/:]{1,64})?\.md5sums$/;
const MD5_COLUMNS = 34;
const MAX_PATH_BYTES = 4096;

/** The package whose files the list at `path` names; `undefined` when it is no such list. */
export function ownerOf(path: string): string | undefined {
  if (!path.startsWith('var/lib/dpkg/')) return undefined;
  return (LIST.exec(path) ?? SUMS.exec(path))?.groups?.['name'];
}

/** The paths of a list that may hold language packages. Lines that hold no path are reported as `malformed`. */
export function parseFileList(file: WantedFile): AnalyzerResult<CatalogerOutput> {
  const problems = problemsOf(file.path);
  const packageName = nameOf(file.path);
  const skip = file.path.endsWith('.md5sums') ? MD5_COLUMNS : 0;
  const bytes = file.bytes();
  const files: string[] = [];
  forEachLine(bytes, (start, end) => {
    if (start === end) return;
    if (end - start <= skip || end - start > MAX_PATH_BYTES) {
      problems.add('malformed', `a line of ${end - start} bytes holds no path`);
      return;
    }
    const path = relative(bytes.toString('utf8', start + skip, end));
    if (mayHoldPackages(path)) files.push(path);
  });
  if (!isWord(packageName)) {
    problems.add('malformed', 'the file is not named after a package');
    return { outputs: [], problems: problems.list() };
  }
  const outputs: CatalogerOutput[] = files.length === 0 ? [] : [{ kind: 'ownership', packageName, files }];
  return { outputs, problems: problems.list() };
}

/** Also right for a path that differs from the matched one because a directory above is a symbolic link. */
function nameOf(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const name = base.slice(0, base.lastIndexOf('.'));
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(0, colon);
}

function relative(path: string): string {
  if (path.startsWith('./')) return path.slice(2);
  return path.startsWith('/') ? path.slice(1) : path;
}
