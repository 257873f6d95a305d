import type { FoundPackage } from '../../package.ts';
import type { DepsContent, Library } from './parse.ts';

/** Self-contained applications list the runtime they carry under this prefix. */
const RUNTIME_PACK = 'runtimepack.';

/** `shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json`, wherever .NET is installed. */
const SHARED_FRAMEWORK =
  /(?:^|\/)shared\/(?<name>[^/]{1,128})\/(?<version>\d[^/]{0,127})\/(?<file>[^/]{1,128})\.deps\.json$/;

/** `ubuntu.22.04-x64`, `alpine.3.18-arm64`: distributions build .NET themselves under their own identifier. */
const RID = /^(?<os>[a-z][a-z-]*?)(?:\.[0-9.]+)?-(?<musl>musl-)?(?<arch>[a-z0-9]+)$/;
const MAX_RID_LENGTH = 64;
/** Identifiers that Microsoft's own builds use as they are. */
const PORTABLE: ReadonlySet<string> = new Set(['win', 'osx', 'linux']);

/**
 * The packages of a `.deps.json`: NuGet packages that bring files, and the runtime of self-contained applications. Projects
 * and plain references are the application's own code and are left out, as are packages that only took part in the build.
 */
export function toPackages(content: DepsContent, path: string): FoundPackage[] {
  const framework = sharedFramework(content, path);
  const packages = content.libraries
    .filter((library) => framework === undefined || !isPartOf(framework.name, library.name))
    .map(libraryPackage)
    .filter((found) => found !== undefined);
  return framework === undefined ? packages : [framework.package, ...packages];
}

function libraryPackage(library: Library): FoundPackage | undefined {
  if (library.type === 'runtimepack') {
    const name = library.name.startsWith(RUNTIME_PACK)
      ? library.name.slice(RUNTIME_PACK.length)
      : library.name;
    return { type: 'nuget', name, version: library.version };
  }
  if (library.type !== 'package' || !library.deployed) return undefined;
  return { type: 'nuget', name: library.name, version: library.version };
}

/**
 * A shared framework, under the name advisories use: `Microsoft.NETCore.App.Runtime.linux-x64`, or just
 * `Microsoft.NETCore.App` before 3.0, when it was one package. The folder's version counts; inside, packages carry build
 * numbers (`3.1.23-servicing.22122.4`) that would sort below the release.
 */
function sharedFramework(
  content: DepsContent,
  path: string,
): { name: string; package: FoundPackage } | undefined {
  const groups = SHARED_FRAMEWORK.exec(path)?.groups;
  const { name, version, file } = groups ?? {};
  if (name === undefined || version === undefined || name !== file) return undefined;
  if (Number.parseInt(version, 10) < 3) return { name, package: { type: 'nuget', name, version } };
  const rid = portableRid(content.rid ?? ridOfRuntimePack(content, name) ?? '');
  if (rid === undefined) return { name, package: { type: 'nuget', name, version, confidence: 'medium' } };
  return { name, package: { type: 'nuget', name: `${name}.Runtime.${rid}`, version } };
}

/** The framework's own pieces, which are versioned and mended with it. */
function isPartOf(framework: string, library: string): boolean {
  return library === framework || library.startsWith(`${framework}.`) || library.startsWith('runtime.');
}

function ridOfRuntimePack(content: DepsContent, framework: string): string | undefined {
  const prefix = `${framework}.Runtime.`;
  return content.libraries.find(({ name }) => name.startsWith(prefix))?.name.slice(prefix.length);
}

/** The identifier of Microsoft's own builds, the only ones advisories name: `rhel.9-x64` is `linux-x64`. */
function portableRid(rid: string): string | undefined {
  const { os, musl, arch } = RID.exec(rid.slice(0, MAX_RID_LENGTH))?.groups ?? {};
  if (os === undefined || arch === undefined) return undefined;
  if (PORTABLE.has(os)) return rid;
  return musl !== undefined || os === 'alpine' ? `linux-musl-${arch}` : `linux-${arch}`;
}
