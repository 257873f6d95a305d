import type { FoundPackage } from '../../package.ts';
import { isWord } from '../../word.ts';
import { isUnknownVersion, versionFromLinkerFlags } from './main-version.ts';
import type { BuildInfo, GoModule } from './modules.ts';

/** `1.22`, `1.22.3`, `1.22rc1`, with anything a vendor puts behind (`1.22.3-1`, `1.22.3+fips`). */
const RELEASE =
  /^go(?<minor>\d{1,4}\.\d{1,4})(?:\.(?<patch>\d{1,6}))?(?:(?<stage>alpha|beta|rc)(?<number>\d{1,4}))?(?=$|[-+.])/;
const DEVELOPMENT = /^devel\b|-devel_/;
const BOTH_MARKS = '+incompatible+dirty';

/** All that one Go program was built from: its own module, its dependencies, the standard library. */
export function toPackages(goVersion: string, info: BuildInfo): readonly FoundPackage[] {
  const packages = [...info.dependencies.map(toDependency), ...toolchainPackages(goVersion, info)];
  if (info.main !== undefined) packages.unshift(toMain(info.main, info.linkerFlags));
  return packages.filter(({ name, version }) => isWord(name) && (version === '' || isWord(version)));
}

/**
 * The program's own module. Its version is often unknown to the toolchain; what the linker flags say is the author's habit,
 * not a rule, hence `low`.
 */
function toMain(main: GoModule, linkerFlags = ''): FoundPackage {
  const { path, version } = main.replacement ?? main;
  if (!isUnknownVersion(version))
    return { type: 'golang', name: path, version: toVersion(version), confidence: 'high' };
  const stated = versionFromLinkerFlags(linkerFlags, path) ?? '';
  return { type: 'golang', name: path, version: stated, confidence: 'low' };
}

/**
 * A module replaced by another is that other one. Replaced by a local directory it keeps its name, under which its packages are
 * imported, and loses its version: the code may be anything, and `./fork` is a name nobody could look up.
 */
function toDependency(module: GoModule): FoundPackage {
  const { replacement } = module;
  if (replacement !== undefined && isUnversioned(replacement.version)) {
    return { type: 'golang', name: module.path, version: '', confidence: 'low' };
  }
  const { path, version } = replacement ?? module;
  if (isUnversioned(version)) return { type: 'golang', name: path, version: '', confidence: 'low' };
  return { type: 'golang', name: path, version: toVersion(version), confidence: 'high' };
}

function isUnversioned(version: string): boolean {
  return version === '' || version.startsWith('(');
}

/** Go 1.24 and later append `+dirty` to a version that may end in `+incompatible` already; SemVer knows one `+` only. */
function toVersion(version: string): string {
  return version.endsWith(BOTH_MARKS)
    ? `${version.slice(0, -BOTH_MARKS.length)}+incompatible.dirty`
    : version;
}

/**
 * The standard library, and for the toolchain's own commands (`cmd/go`, no module) the toolchain, under the names that Go's
 * advisories give them. https://go.dev/doc/security/vuln/database
 */
function toolchainPackages(goVersion: string, info: BuildInfo): readonly FoundPackage[] {
  const version = toSemver(goVersion);
  const confidence = version === '' ? 'low' : 'high';
  const names =
    info.main === undefined && info.path.startsWith('cmd/') ? ['stdlib', 'toolchain'] : ['stdlib'];
  return names.map((name) => ({ type: 'golang', name, version, confidence }));
}

/**
 * A toolchain's version as advisories write it: `go1.22.3 (Red Hat 1.22.3-1.el9)`, `go1.22.3 X:boringcrypto` and
 * `go1.22.3-X:jsonv2` are `1.22.3`, `go1.20` is `1.20.0`, `go1.22rc1` is `1.22.0-rc.1`. Empty for development
 * versions: what they hold cannot be told from their name.
 */
export function toSemver(goVersion: string): string {
  if (DEVELOPMENT.test(goVersion)) return '';
  const {
    minor,
    patch = '0',
    stage,
    number,
  } = RELEASE.exec(goVersion.split(/ |-X:/, 1)[0] ?? '')?.groups ?? {};
  if (minor === undefined) return '';
  return stage === undefined ? `${minor}.${patch}` : `${minor}.${patch}-${stage}.${number}`;
}
