// https://docs.npmjs.com/cli/v11/configuring-npm/folders#node-modules
import type { Problem } from '../../../shared/coverage.ts';
import { parseJson } from '../../json.ts';
import { type PackageJson, packageJsonSchema } from './schema.ts';

const FILE_NAME = '/package.json';
const NODE_MODULES = 'node_modules';

/**
 * Folders in which a package keeps trees that are data for its own tests and not installed code
 * (https://github.com/anchore/grype/issues/1325). Only below another package: an application may well be called `test`.
 */
const TEST_FOLDERS: ReadonlySet<string> = new Set([
  'test',
  'tests',
  '__tests__',
  'fixture',
  'fixtures',
  '__fixtures__',
]);

/**
 * True for the package.json of a folder that npm, yarn or pnpm installed: exactly `node_modules/<name>` or
 * `node_modules/@<scope>/<name>`, at any depth. Helper files deeper in a package (`node_modules/x/esm/package.json`),
 * dot folders (`.bin`, `.pnpm`) and trees inside another package's test folders are not.
 */
export function isInstalledPackageJson(path: string): boolean {
  if (!path.endsWith(FILE_NAME)) return false;
  const segments = path.slice(0, -FILE_NAME.length).split('/');
  let insidePackage = false;
  let lastName = '';
  for (let i = 0; i < segments.length; i++) {
    if (segments[i] === NODE_MODULES) {
      lastName = segments[++i] ?? '';
      if (lastName.startsWith('@')) lastName = segments[++i] ?? '';
      insidePackage = true;
    } else {
      lastName = '';
      if (insidePackage && TEST_FOLDERS.has(segments[i] ?? '')) return false;
    }
  }
  return lastName !== '' && !lastName.startsWith('.') && lastName !== NODE_MODULES;
}

/** One installed package.json; a file without a usable name and version is `malformed`. */
export function parsePackageJson(bytes: Buffer, path: string): { entry: PackageJson } | { problem: Problem } {
  const json = parseJson(bytes, path);
  if ('problem' in json) return json;
  const parsed = packageJsonSchema.safeParse(json.value);
  if (parsed.success) return { entry: parsed.data };
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'document'))];
  return {
    problem: { code: 'malformed', detail: `no usable ${fields.join(' and ')} in package.json`, path },
  };
}
