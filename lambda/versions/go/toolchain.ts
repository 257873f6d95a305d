/**
 * Go's own releases (`go1.22rc1`) as the versions that advisories on `stdlib` and `toolchain` use (`1.22.0-rc.1`).
 * https://go.dev/doc/toolchain#version for the names; the dot before the number of the pre-release is the form of the
 * Go vulnerability database (`GoTagToSemver` in golang.org/x/vuln/internal/semver): without it rc10 would sort before rc2.
 */
import { MAX_VERSION_LENGTH } from '../text.ts';

const RELEASE =
  /^(?:go)?(?<major>[0-9]+)\.(?<minor>[0-9]+)(?:\.(?<patch>[0-9]+))?(?:(?<stage>alpha|beta|rc)(?<number>[0-9]+))?$/;
/** What vendors and build settings append: ` (Red Hat 1.21.0-1)`, ` X:boringcrypto`, `-X:nodwarf5`, `-custom`. */
const SUFFIX = /[\s+-]/;
const DEVELOPMENT = '-devel';

type Groups = { major: string; minor: string; patch?: string; stage?: string; number?: string };

/**
 * The SemVer form of a Go release as binaries record it, without what follows the first blank, `-` or `+`. Undefined
 * for development builds (`devel go1.24-ab12cd`, `go1.26-devel_ab12cd`), which no advisory can place, and for anything else.
 */
export function normaliseGoToolchain(version: string): string | undefined {
  if (version.length > MAX_VERSION_LENGTH) return undefined;
  const end = version.search(SUFFIX);
  if (end !== -1 && version.startsWith(DEVELOPMENT, end)) return undefined;
  const release = end === -1 ? version : version.slice(0, end);
  const groups = RELEASE.exec(release)?.groups as Groups | undefined;
  if (groups === undefined) return undefined;
  const numbers = `${groups.major}.${groups.minor}.${groups.patch ?? '0'}`;
  return groups.stage === undefined ? numbers : `${numbers}-${groups.stage}.${groups.number}`;
}
