/** Base names that language catalogers read wherever they lie. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'package.json',
  'package-lock.json',
  '.package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'composer.lock',
  'Cargo.lock',
  'Gemfile.lock',
  'Pipfile.lock',
  'poetry.lock',
  'uv.lock',
  'packages.lock.json',
  'pom.properties',
]);

/** Endings that are read wherever they lie: archives, package descriptions, libraries and programs. */
const EVIDENCE_ENDINGS: ReadonlySet<string> = new Set(
  'jar war ear sar par kar nar jpi hpi lpkg gemspec egg whl nuspec nupkg dll exe so node wasm'.split(' '),
);

/** Endings of plain data: such a file is never a program, even in a directory of programs. */
const DATA_ENDINGS: ReadonlySet<string> = new Set(
  [
    'py pyc pyo pyi pl pm pod rb js mjs cjs ts map json xml xsd xsl h hh hpp hxx c cc cpp inc f90 mod html htm css scss',
    'txt md rst tex png svg gif jpg jpeg ico bmp mo po pot gz xz bz2 zst lzma zip conf cfg ini yaml yml toml a la o lo pc',
    'cmake ko hwdb rules service socket target timer mount automount path slice scope preset network link sh bash csh zsh',
    'fish lua tcl el elc vim ttf otf pfb woff woff2 pem crt der key m4 in am ac awk sed properties dat db fw hex res',
    'list sql csv tsv log wav ogg mp3 ui glade desktop gir typelib vapi beam class scm go enc tm eps ps pdf mf tfm',
  ].flatMap((line) => line.split(' ')),
);
const PROGRAM_DIRECTORIES: ReadonlySet<string> = new Set(['bin', 'sbin', 'libexec']);
/** Programs lie anywhere below these. */
const PROGRAM_ROOTS = [
  'usr/lib/',
  'usr/lib64/',
  'usr/lib32/',
  'lib/',
  'lib64/',
  'opt/',
  'usr/local/',
] as const;
/** Thousands of links or blobs that no cataloger reads. */
const DULL_ROOTS = ['usr/lib/.build-id/', 'usr/lib/firmware/', 'lib/firmware/', 'usr/lib/locale/'] as const;

/** `libssl.so.3`, `libfoo.so.1.2.3`: a library with its version behind the ending. */
const VERSIONED_LIBRARY = /\.so\.[0-9][0-9.]{0,31}$/;

/**
 * Whether a language package or a program could be read at `path` (no leading slash). OS packages list up to hundreds of
 * thousands of files; only those for which this is true are kept, to tell afterwards which findings an OS package owns.
 * Generous on purpose: a path kept in vain costs a few bytes, a path dropped in error shows one package twice.
 */
export function mayHoldPackages(path: string): boolean {
  if (DULL_ROOTS.some((root) => path.startsWith(root))) return false;
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  const ending = dot > 0 ? base.slice(dot + 1).toLowerCase() : '';
  if (METADATA_NAMES.has(base) || EVIDENCE_ENDINGS.has(ending)) return true;
  if (ending === 'json') return path.endsWith('.deps.json') || path.endsWith('composer/installed.json');
  if (path.includes('.dist-info/') || path.includes('.egg-info')) return true;
  if (VERSIONED_LIBRARY.test(base)) return true;
  if (DATA_ENDINGS.has(ending)) return false;
  return PROGRAM_ROOTS.some((root) => path.startsWith(root)) || inProgramDirectory(path);
}

function inProgramDirectory(path: string): boolean {
  let start = 0;
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', start)) {
    if (PROGRAM_DIRECTORIES.has(path.slice(start, slash))) return true;
    start = slash + 1;
  }
  return false;
}
