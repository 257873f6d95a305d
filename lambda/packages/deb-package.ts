// dpkg's database: https://man7.org/linux/man-pages/man1/dpkg.1.html#INFORMATION_ABOUT_PACKAGES (states) and
// https://www.debian.org/doc/debian-policy/ch-controlfields.html (Source, Version).
import type { AnalyzerResult, WantedFile } from '../image/index.ts';
import type { CatalogerOutput } from './cataloger.ts';
import { readStanzas, type Stanza } from './deb822.ts';
import type { FoundPackage } from './package.ts';
import { problemsOf } from './problem-list.ts';
import { isWord } from './word.ts';

const WANTED: ReadonlySet<string> = new Set([
  'package',
  'status',
  'version',
  'source',
  'architecture',
  'maintainer',
]);

/** `glibc`, `glibc (2.36-9)`. */
const SOURCE = /^(?<name>[^\s()]{1,512})(?:\s+\((?<version>[^\s()]{1,512})\))?$/;

/** States of a package whose files are there although dpkg has not finished with it. */
const UNFINISHED: ReadonlySet<string> = new Set([
  'half-installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
]);
const ABSENT: ReadonlySet<string> = new Set(['not-installed', 'config-files']);

/**
 * The installed packages of a dpkg database. `whenNoStatus` says what a stanza without a Status field is: in `status`
 * nothing dpkg would call installed, in `status.d` (distroless) an installed package.
 * Problem codes: `malformed` (no name, no version, broken fields), `unfinished` (files there, state not `installed`).
 */
export function debPackages(
  file: WantedFile,
  whenNoStatus: 'installed' | 'malformed',
): AnalyzerResult<CatalogerOutput> {
  const problems = problemsOf(file.path);
  const outputs: CatalogerOutput[] = [];
  for (const stanza of readStanzas(file.bytes(), WANTED)) {
    const say = (code: string, detail: string) =>
      problems.add(code, `stanza at line ${stanza.line}: ${detail}`);
    if (stanza.fault !== undefined) say('malformed', stanza.fault);
    if (!isInstalled(stanza, whenNoStatus, say)) continue;
    const found = packageOf(stanza, say);
    if (found !== undefined) outputs.push({ kind: 'package', package: found });
  }
  return { outputs, problems: problems.list() };
}

type Say = (code: string, detail: string) => void;

function isInstalled(stanza: Stanza, whenNoStatus: 'installed' | 'malformed', say: Say): boolean {
  const name = stanza.fields.get('package') ?? '';
  if (!isWord(name)) {
    say('malformed', name === '' ? 'no package name' : 'the package name is not one word');
    return false;
  }
  const status = stanza.fields.get('status');
  if (status === undefined || status === '') {
    if (whenNoStatus === 'installed') return true;
    say('malformed', `package ${name} has no status`);
    return false;
  }
  // `want flag state`: deinstall in the first word only says what is wished for.
  const [, , state = '', ...rest] = status.split(/\s+/);
  if (state === 'installed' && rest.length === 0) return true;
  if (UNFINISHED.has(state)) say('unfinished', `package ${name} is ${state}`);
  else if (!ABSENT.has(state)) say('malformed', `package ${name} has an unknown status`);
  return false;
}

function packageOf(stanza: Stanza, say: Say): FoundPackage | undefined {
  const field = (name: string) => stanza.fields.get(name) ?? '';
  const name = field('package');
  const version = field('version');
  if (!isWord(version)) {
    say(
      'malformed',
      `package ${name} has ${version === '' ? 'no version' : 'a version that is not one word'}`,
    );
    return undefined;
  }
  const source = SOURCE.exec(field('source'))?.groups;
  if (source === undefined && field('source') !== '') say('malformed', `package ${name} has a broken source`);
  const arch = field('architecture');
  const vendor = field('maintainer');
  return {
    type: 'deb',
    name,
    version,
    source: {
      name: source?.['name'] ?? name,
      ...(source?.['version'] !== undefined && { version: source['version'] }),
    },
    ...(isWord(arch) && { arch }),
    ...(vendor !== '' && { vendor }),
  };
}
