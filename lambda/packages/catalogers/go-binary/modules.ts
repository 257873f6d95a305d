/** One module as build information names it; a local directory stands in for a replaced one with version `(devel)`. */
export type GoModule = { readonly path: string; readonly version: string; readonly replacement?: GoModule };

export type BuildInfo = {
  /** Import path of the main package; empty when not given. */
  readonly path: string;
  readonly main: GoModule | undefined;
  readonly dependencies: readonly GoModule[];
  /** Value of the setting `-ldflags`; absent with `-trimpath`, which leaves it out. */
  readonly linkerFlags: string | undefined;
  /** Lines that could not be read. */
  readonly brokenLines: number;
};

type MutableModule = { path: string; version: string; replacement?: GoModule };

/**
 * Reads the lines of a Go program's build information: `path`, `mod`, `dep`, `=>` for the module before it, `build`.
 * https://github.com/golang/go/blob/go1.26.0/src/runtime/debug/mod.go (ParseBuildInfo); lines it would refuse are counted.
 */
export function parseBuildInfo(text: string): BuildInfo {
  let path = '';
  let main: MutableModule | undefined;
  let last: MutableModule | undefined;
  let linkerFlags: string | undefined;
  let brokenLines = 0;
  const dependencies: GoModule[] = [];
  for (const line of text.split('\n')) {
    const [word = '', ...columns] = line.split('\t');
    if (word === 'path') {
      path = columns[0] ?? '';
    } else if (word === 'mod' || word === 'dep') {
      last = toModule(columns);
      if (last === undefined) brokenLines++;
      else if (word === 'mod') main = last;
      else dependencies.push(last);
    } else if (word === '=>') {
      const replacement = columns.length === 3 ? toModule(columns) : undefined;
      if (last === undefined || replacement === undefined) brokenLines++;
      else last.replacement = replacement;
      last = undefined;
    } else if (word === 'build') {
      linkerFlags ??= settingOf(line.slice('build\t'.length), '-ldflags');
    }
  }
  return { path, main, dependencies, linkerFlags, brokenLines };
}

function toModule(columns: readonly string[]): MutableModule | undefined {
  const [path, version] = columns;
  if (!path || version === undefined || columns.length > 3) return undefined;
  return { path, version };
}

function settingOf(assignment: string, key: string): string | undefined {
  if (!assignment.startsWith(`${key}=`)) return undefined;
  return unquote(assignment.slice(key.length + 1));
}

/** Go's quoting of values with blanks; what JSON's rules do not cover (`\x1b`) is no value that is looked for here. */
function unquote(value: string): string | undefined {
  if (value.startsWith('`')) return value.slice(1, value.endsWith('`') ? -1 : undefined);
  if (!value.startsWith('"')) return value;
  try {
    const text: unknown = JSON.parse(value);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
