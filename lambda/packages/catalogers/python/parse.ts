// Core metadata: https://packaging.python.org/en/latest/specifications/core-metadata/
// Installed projects: https://packaging.python.org/en/latest/specifications/recording-installed-packages/
// Eggs: https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html

/** How one file tells of an installed distribution. */
type MetadataKind = 'dist-info' | 'egg-info' | 'egg-info-file' | 'egg-folder' | 'egg-zip';

/** Where the metadata is, and what the name of its folder (or of the file itself) says of the distribution. */
type MetadataPlace = { readonly kind: MetadataKind; readonly stem: string };

/** The fields used. Undefined when the header is absent, empty or `UNKNOWN`, which setuptools wrote for "not given". */
export type MetadataFields = {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly license: string | undefined;
  readonly licenseExpression: string | undefined;
  readonly classifiers: readonly string[];
};

const ENDINGS = ['.dist-info/METADATA', '/PKG-INFO', '.egg-info', '.egg'];
const STEM = /^[^~-]/;

/**
 * The place of an installed distribution's metadata, or undefined for any other path. `~…` and `-…` folders are
 * left out: they are what an interrupted `pip` renamed away, and pip itself ignores them.
 */
export function metadataPlace(path: string): MetadataPlace | undefined {
  // Asked of every file of an image: most are ruled out without an allocation.
  if (!ENDINGS.some((ending) => path.endsWith(ending))) return undefined;
  const [parent = '', folder = '', file = ''] = ['', '', ...path.split('/')].slice(-3);
  const place = placeOf(file, folder, parent);
  return place !== undefined && STEM.test(place.stem) ? place : undefined;
}

function placeOf(file: string, folder: string, parent: string): MetadataPlace | undefined {
  if (file === 'METADATA' && folder.endsWith('.dist-info')) return place('dist-info', folder, '.dist-info');
  if (file === 'PKG-INFO') {
    if (folder.endsWith('.egg-info')) return place('egg-info', folder, '.egg-info');
    if (folder === 'EGG-INFO' && parent.endsWith('.egg')) return place('egg-folder', parent, '.egg');
  }
  if (file.endsWith('.egg-info')) return place('egg-info-file', file, '.egg-info');
  if (file.endsWith('.egg')) return place('egg-zip', file, '.egg');
  return undefined;
}

function place(kind: MetadataKind, name: string, suffix: string): MetadataPlace {
  return { kind, stem: name.slice(0, -suffix.length) };
}

const HEADER = /^(?<key>[A-Za-z][A-Za-z0-9-]*):(?<value>.*)$/;
const CONTINUATION = /^[ \t]/;
const MAX_VALUE_LENGTH = 512;
const MAX_CLASSIFIERS = 256;

/**
 * The headers up to the first blank line or the first line that is none (which is where Python's own reader stops), so that a
 * description that quotes another project's metadata adds nothing. The first of repeated headers counts. Folded
 * continuation lines are skipped but for marking a licence as a whole text. Never throws.
 */
export function parseMetadata(text: string): MetadataFields {
  const values = new Map<string, string>();
  const classifiers: string[] = [];
  let last = '';
  for (const line of linesOf(text)) {
    if (CONTINUATION.test(line) && last !== '') {
      // A licence that goes on is the full text: no name to show.
      if (last === 'license' && line.trim() !== '') values.set(last, '');
      continue;
    }
    const header = HEADER.exec(line)?.groups;
    if (header === undefined) break;
    last = (header['key'] ?? '').toLowerCase();
    const value = (header['value'] ?? '').trim();
    if (value.length > MAX_VALUE_LENGTH) continue;
    if (last === 'classifier' && classifiers.length < MAX_CLASSIFIERS) classifiers.push(value);
    else if (!values.has(last)) values.set(last, value === 'UNKNOWN' ? '' : value);
  }
  const field = (key: string) => values.get(key) || undefined;
  return {
    name: field('name'),
    version: field('version'),
    license: field('license'),
    licenseExpression: field('license-expression'),
    classifiers,
  };
}

/** Lines without their ends (LF or CRLF), up to the first empty one, without splitting the description that follows. */
function* linesOf(text: string): Generator<string> {
  let start = text.startsWith('\ufeff') ? 1 : 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
    if (line === '') return;
    yield line;
    start = end + 1;
  }
}
