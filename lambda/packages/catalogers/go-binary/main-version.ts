import { KiB } from '../../../shared/units.ts';

/** One argument of the linker: quoted as a whole, or a run of anything but blanks. */
const ARGUMENT = /'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<bare>\S+)/g;
/** SemVer 2.0.0 with an optional `v`. */
const RELEASE =
  /^v?(?<version>\d{1,10}\.\d{1,10}\.\d{1,10}(?:-[0-9A-Za-z.-]{1,64})?(?:\+[0-9A-Za-z.-]{1,64})?)$/;
const NO_RELEASE = /^v?0\.0\.0(?:[-+]|$)/;
const MAX_FLAGS_BYTES = 64 * KiB;

/** Last words of the variables that programs keep their version in, in lower case. */
const VERSION_VARIABLES: ReadonlySet<string> = new Set([
  'version',
  'ver',
  'semver',
  'appversion',
  'buildversion',
  'gitversion',
  'gittag',
  'releaseversion',
]);

/** True for a version that says nothing: `(devel)`, or made of a commit because no tag was there. */
export function isUnknownVersion(version: string): boolean {
  return version === '' || version.startsWith('(') || version === '?' || NO_RELEASE.test(version);
}

/**
 * The release that the linker flag `-X <package>.<variable>=<value>` wrote into the program, as `v1.2.3`. Variables of package
 * main count most, then those under the main module's path, then others (Prometheus sets `…/common/version.Version`);
 * `undefined` when the foremost of these disagree or none is a release.
 */
export function versionFromLinkerFlags(flags: string, modulePath: string): string | undefined {
  const found: [string[], string[], string[]] = [[], [], []];
  for (const { variable, value } of assignments(flags)) {
    const dot = variable.lastIndexOf('.');
    const version = RELEASE.exec(value)?.groups?.['version'];
    if (version === undefined || NO_RELEASE.test(version)) continue;
    if (!VERSION_VARIABLES.has(variable.slice(dot + 1).toLowerCase())) continue;
    const inPackage = variable.slice(0, Math.max(0, dot));
    const rank = inPackage === 'main' ? 0 : isUnder(inPackage, modulePath) ? 1 : 2;
    found[rank].push(version);
  }
  const best = found.find((versions) => versions.length > 0) ?? [];
  return new Set(best).size === 1 ? `v${best[0]}` : undefined;
}

/** `-X a=b`, `-X=a=b`, and the same with two hyphens. */
function assignments(flags: string): readonly { variable: string; value: string }[] {
  const found: { variable: string; value: string }[] = [];
  let expected = false;
  for (const match of flags.slice(0, MAX_FLAGS_BYTES).matchAll(ARGUMENT)) {
    const argument = match.groups?.['single'] ?? match.groups?.['double'] ?? match.groups?.['bare'] ?? '';
    const joined = /^--?X=(?<rest>.*)$/s.exec(argument)?.groups?.['rest'];
    const assignment = expected ? argument : joined;
    expected = !expected && (argument === '-X' || argument === '--X');
    const equals = assignment?.indexOf('=') ?? -1;
    if (assignment === undefined || equals <= 0) continue;
    found.push({ variable: assignment.slice(0, equals), value: assignment.slice(equals + 1) });
  }
  return found;
}

function isUnder(packagePath: string, modulePath: string): boolean {
  return modulePath !== '' && (packagePath === modulePath || packagePath.startsWith(`${modulePath}/`));
}
