// https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md
import type { Problem } from '../../../shared/coverage.ts';
import { parseJson } from '../../json.ts';
import { isWord } from '../../word.ts';
import { type DepsFile, depsFileSchema, librarySchema, targetLibrarySchema } from './schema.ts';

/** One entry of `libraries`. */
export type Library = {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  /** False when the target lists the library without a single file: a build tool, an analyser, or replaced by the framework. */
  readonly deployed: boolean;
};

export type DepsContent = {
  readonly libraries: readonly Library[];
  /** Runtime identifier the file was made for: `linux-x64`; absent for portable applications. */
  readonly rid?: string;
};

/** The libraries of a `.deps.json`. A document of another tool (no `libraries`) has none; broken entries make one problem. */
export function parseDeps(
  bytes: Buffer,
  path: string,
): { content: DepsContent; problems: readonly Problem[] } {
  const json = parseJson(bytes, path);
  if ('problem' in json) return { content: { libraries: [] }, problems: [json.problem] };
  const parsed = depsFileSchema.safeParse(json.value);
  if (!parsed.success)
    return { content: { libraries: [] }, problems: [malformed(path, 'not a .deps.json object')] };

  const targetName = runtimeTargetName(parsed.data);
  const files = targetLibraries(parsed.data, targetName);
  const libraries: Library[] = [];
  let broken = isObject(parsed.data.libraries) || parsed.data.libraries === undefined ? 0 : 1;
  for (const [key, value] of entriesOf(parsed.data.libraries)) {
    const library = toLibrary(key, value, files);
    if (library === undefined) broken++;
    else libraries.push(library);
  }
  const rid = targetName?.split('/')[1];
  return {
    content: { libraries, ...(rid === undefined || rid === '' ? {} : { rid }) },
    problems: broken === 0 ? [] : [malformed(path, `${broken} of the libraries could not be read`)],
  };
}

function toLibrary(
  key: string,
  value: unknown,
  files: Map<string, unknown> | undefined,
): Library | undefined {
  const slash = key.lastIndexOf('/');
  const parsed = librarySchema.safeParse(value);
  const name = key.slice(0, Math.max(slash, 0));
  const version = key.slice(slash + 1);
  if (!parsed.success || !isWord(name) || !isWord(version)) return undefined;
  const deployed = files === undefined || !files.has(key) || bringsFiles(files.get(key));
  return { name, version, type: parsed.data.type, deployed };
}

function bringsFiles(target: unknown): boolean {
  const parsed = targetLibrarySchema.safeParse(target);
  if (!parsed.success) return true;
  return Object.values(parsed.data).some((kind) => isObject(kind) && Object.keys(kind).length > 0);
}

function runtimeTargetName(deps: DepsFile): string | undefined {
  return typeof deps.runtimeTarget === 'string' ? deps.runtimeTarget : deps.runtimeTarget?.name;
}

/** What the runtime target says of each library; undefined when there is no such target, and nothing can be ruled out. */
function targetLibraries(deps: DepsFile, name: string | undefined): Map<string, unknown> | undefined {
  const target = entriesOf(deps.targets).find(([key]) => key === name)?.[1];
  return target === undefined ? undefined : new Map(entriesOf(target));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function malformed(path: string, detail: string): Problem {
  return { code: 'malformed', detail, path };
}
