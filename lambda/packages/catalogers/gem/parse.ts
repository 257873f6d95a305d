// https://github.com/ruby/rubygems/blob/master/lib/rubygems/specification.rb (to_ruby), stub_specification.rb (StubLine)

/** What a specification that RubyGems wrote says of its gem. */
export type GemFields = {
  readonly name: string;
  readonly version: string;
  /** `ruby`, or the platform a binary gem was built for: `x86_64-linux`, `java`. */
  readonly platform: string;
  readonly licenses: readonly string[];
};

/** Where a gemspec may be, and whether RubyGems itself must have written it. */
type GemspecPlace = 'specifications' | 'bundler-git';

/**
 * Gemspecs of installed gems: in a `specifications` folder or its `default` (gems that come with Ruby), and those of
 * Bundler's checkouts from git. A gem's own gemspec inside `gems/<name>/` is a source file and is not asked for.
 */
export function gemspecPlace(path: string): GemspecPlace | undefined {
  if (!path.endsWith('.gemspec')) return undefined;
  const folders = path.split('/').slice(0, -1);
  const folder = folders.at(-1) === 'default' ? folders.at(-2) : folders.at(-1);
  if (folder === 'specifications') return 'specifications';
  return path.includes('bundler/gems/') ? 'bundler-git' : undefined;
}

/** Written by RubyGems 2.2 and later: name, version, platform, require paths parted by NUL. */
const STUB =
  /^# stub: (?<name>[\w.-]{1,256}) (?<version>[0-9A-Za-z][\w.-]{0,255}) (?<platform>[\w.-]{1,128})(?: |$)/;
/** Ruby's ways to write a string, with these characters in it; names and versions have no others. */
const quoted = (chars: string) =>
  `(?:"(?<double>${chars})"|'(?<single>${chars})'|%q\\{(?<brace>${chars})\\}|%q<(?<angle>${chars})>)`;
const WORD = quoted('[\\w.-]{1,256}');
const ASSIGNED = '^ {0,8}\\w{1,16}\\.';
const NAME = new RegExp(`${ASSIGNED}name = ${WORD}`);
const VERSION = new RegExp(`${ASSIGNED}version = (?:Gem::Version\\.new\\(?)?${WORD}`);
const PLATFORM = new RegExp(`${ASSIGNED}platform = (?:Gem::Platform\\.new\\(?)?${WORD}`);
const LICENSES = /^ {0,8}\w{1,16}\.licenses? = (?<list>.{1,4096})$/;
const QUOTED = new RegExp(quoted('[^"\'{}<>\\\\]{1,256}'), 'g');

const MAX_LINES = 400;
const MAX_LICENSES = 32;

/**
 * Reads the Ruby source that RubyGems writes, line by line and without evaluating it: the stub comment when there is one
 * (its writer and reader are the same program), else plain string assignments, unless `stubOnly`. Undefined when it says
 * neither name nor version. Never throws.
 */
export function parseGemspec(text: string, stubOnly: boolean): GemFields | undefined {
  const lines = text.split('\n', MAX_LINES).map((line) => line.trimEnd());
  const licenses = licensesOf(lines);
  const stub = firstMatch(lines, STUB);
  if (stub !== undefined) {
    const { name = '', version = '', platform = '' } = stub;
    return { name, version, platform, licenses };
  }
  if (stubOnly) return undefined;
  const name = assignedString(lines, NAME);
  const version = assignedString(lines, VERSION);
  if (name === undefined || version === undefined) return undefined;
  return { name, version, platform: assignedString(lines, PLATFORM) ?? 'ruby', licenses };
}

type Groups = Record<string, string | undefined>;

function firstMatch(lines: readonly string[], pattern: RegExp): Groups | undefined {
  for (const line of lines) {
    const groups = pattern.exec(line)?.groups;
    if (groups !== undefined) return groups;
  }
  return undefined;
}

function assignedString(lines: readonly string[], pattern: RegExp): string | undefined {
  const groups = firstMatch(lines, pattern);
  return groups === undefined ? undefined : content(groups);
}

function licensesOf(lines: readonly string[]): string[] {
  const list = firstMatch(lines, LICENSES)?.['list'] ?? '';
  const names = [...list.matchAll(QUOTED)].slice(0, MAX_LICENSES).map((match) => content(match.groups ?? {}));
  return [...new Set(names.filter((name) => name !== undefined))];
}

function content(groups: Groups): string | undefined {
  return groups['double'] ?? groups['single'] ?? groups['brace'] ?? groups['angle'];
}
