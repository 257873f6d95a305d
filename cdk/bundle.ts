import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AssetHashType, DockerImage } from 'aws-cdk-lib/core';
import { buildSync } from 'esbuild';
import type { FunctionName } from '../lambda/shared/environment.ts';
import { ConfigError } from './options.ts';

/** Where the handlers lie, one file to a function. */
const HANDLERS = join(import.meta.dirname, '..', 'lambda', 'handlers');

/** Some dependencies are CommonJS and ask for Node's own modules by `require`, which an ES module does not have. */
const BANNER =
  "import { createRequire as backlineRequire } from 'node:module'; const require = backlineRequire(import.meta.url);";

/**
 * The code of a function: its handler with all it imports as one ES module, the SDK of AWS too, so that what was tested is what
 * runs. Made when the stack is synthesised, and only for commands that need it. Throws `ConfigError` when there is no such handler.
 */
export function bundledCode(name: FunctionName, handlers = HANDLERS): Code {
  const entry = join(handlers, `${name}.ts`);
  if (!existsSync(entry)) throw new ConfigError(`the function ${name} has no handler: ${entry} is missing`);
  return Code.fromAsset(handlers, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: what follows makes the bundle without Docker, or throws.
      image: DockerImage.fromRegistry('none'),
      // CDK takes assets of one folder for the same one unless something here tells them apart.
      environment: { handler: name },
      local: {
        tryBundle: (folder) => {
          bundle(entry, join(folder, 'index.mjs'));
          return true;
        },
      },
    },
  });
}

/** Writes the module `entry` and all it imports into one file. Throws what esbuild says when it cannot. */
export function bundle(entry: string, file: string): void {
  buildSync({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Plug-ins that a library looks for and does without.
    external: ['xmlbuilder2', 'libxmljs2'],
    // ES modules where a package has them: what is not used of them can be left out.
    mainFields: ['module', 'main'],
    minify: true,
    // Names of classes and functions are part of stack traces and logs.
    keepNames: true,
    banner: { js: BANNER },
    legalComments: 'none',
    logLevel: 'silent',
  });
}
