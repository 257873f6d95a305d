/**
 * A tar entry's name as a path of the view: no leading `/` or `./`, no empty or `.` segment, `..` resolved.
 * The root itself is the empty string. Undefined when it climbs above the root: such entries are refused, as container
 * runtimes refuse them.
 */
export function normalisePath(name: string): string | undefined {
  let start = 0;
  let end = name.length;
  while (start < end && (name.charCodeAt(start) === SLASH || isDotSegment(name, start))) {
    start += name.charCodeAt(start) === SLASH ? 1 : 2;
  }
  while (end > start && name.charCodeAt(end - 1) === SLASH) end -= 1;
  const path = start === 0 && end === name.length ? name : name.slice(start, end);
  if (path === '.') return '';
  return path.includes('//') || path.includes('/.') || path.startsWith('..') ? resolveSegments(path) : path;
}

const SLASH = 0x2f;
const DOT = 0x2e;

function isDotSegment(name: string, at: number): boolean {
  return name.charCodeAt(at) === DOT && name.charCodeAt(at + 1) === SLASH;
}

function resolveSegments(path: string): string | undefined {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.pop() === undefined) return undefined;
  }
  return kept.join('/');
}

/** The folder part; the empty string for entries of the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** The last segment. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Every folder above the path, nearest first, without the root: `a/b/c` gives `a/b`, `a`. */
export function* ancestorsOf(path: string): Generator<string> {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    yield path.slice(0, slash);
  }
}

/** `folder/name`, or `name` at the root. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
