import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackage } from './package.ts';
import { isInstalledPackageJson, parsePackageJson } from './parse.ts';

/**
 * Packages installed in a node_modules folder. For an application's own tree the answer is that of `npm ls --all`, less the
 * application itself, which is nobody's dependency. Trees that a package ships inside its own folders (`pnpm/dist/node_modules`)
 * are code that runs and are listed as well, though npm does not see them.
 */
export const npm = {
  id: 'npm',
  version: 1,
  title: 'npm packages in node_modules',
  urls: ['https://docs.npmjs.com/cli/v11/configuring-npm/package-json'],
  files: ['**/node_modules/*/package.json', '**/node_modules/@*/*/package.json'],
  maxBytes: 4 * MiB,
  // Workspaces are links into the application's own folders.
  linkedFiles: ['package.json'],
  matches: (path) => isInstalledPackageJson(path),
  parse(file) {
    const parsed = parsePackageJson(file.bytes(), file.path);
    if ('problem' in parsed) return { outputs: [], problems: [parsed.problem] };
    return { outputs: [{ kind: 'package', package: toPackage(parsed.entry) }], problems: [] };
  },
} as const satisfies Cataloger;
