import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackages } from './package.ts';
import { parseDeps } from './parse.ts';

/** NuGet packages deployed with .NET applications, and the shared frameworks that framework-dependent applications run on. */
export const dotnet = {
  id: 'dotnet',
  version: 1,
  title: 'NuGet packages of .NET applications, shared .NET frameworks',
  urls: ['https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md'],
  files: ['**/*.deps.json'],
  maxBytes: 16 * MiB,
  matches: (path) => path.endsWith('.deps.json'),
  parse(file) {
    const { content, problems } = parseDeps(file.bytes(), file.path);
    const packages = toPackages(content, file.path);
    return { outputs: packages.map((found) => ({ kind: 'package', package: found })), problems };
  },
} as const satisfies Cataloger;
