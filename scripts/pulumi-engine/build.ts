import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isInstalled, run } from '../debian-image/tools.ts';

/** The two programs, each with the Go module that pins it (docs/pulumi-engine.md). */
const CLI = { folder: 'cli', package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi' } as const;
const LANGUAGE_HOST = {
  folder: 'language-host',
  package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
} as const;
type Program = typeof CLI | typeof LANGUAGE_HOST;

/** A program that says no version of its own is refused by the engine's checks. */
const VERSION_VARIABLE = 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version';

/**
 * The language host of this version hears of `options.typescript` in Pulumi.yaml by a flag, as engines of its time gave it;
 * later ones put it into each request. The flag says what our Pulumi.yaml says: Node strips the types itself.
 */
const LANGUAGE_HOST_SCRIPT = `#!/bin/sh
exec "$(dirname "$0")/../libexec/pulumi-language-nodejs" -typescript=false "$@"
`;

/**
 * Builds the Pulumi CLI and its language host for Node from their Go modules, once for each set of pinned modules, below
 * `~/.cache/backline`. Gives the folder to put on PATH. About five minutes on two cores the first time; needs Go 1.26 and
 * the Go module proxy. Throws with what Go printed when a build fails.
 */
export function installPulumiEngine(cache: string = join(homedir(), '.cache', 'backline')): string {
  const version = versionOf(CLI);
  const home = join(cache, `pulumi-${version}-${fingerprint()}`);
  const bin = join(home, 'bin');
  if (existsSync(bin)) return bin;
  if (!isInstalled('go')) throw new Error('install Go 1.26 or newer first: the Pulumi CLI is built with it');
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  try {
    build(CLI, join(unfinished, 'bin', 'pulumi'));
    build(LANGUAGE_HOST, join(unfinished, 'libexec', 'pulumi-language-nodejs'));
    writeFileSync(join(unfinished, 'bin', 'pulumi-language-nodejs'), LANGUAGE_HOST_SCRIPT, { mode: 0o755 });
    renameSync(unfinished, home);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return bin;
}

function build(program: Program, output: string): void {
  mkdirSync(dirname(output), { recursive: true });
  const flags = [
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    `-s -w -X ${VERSION_VARIABLE}=${versionOf(program)}`,
  ];
  run(['go', 'build', ...flags, '-o', output, program.package], {
    cwd: folderOf(program),
    env: { GOFLAGS: '' },
  });
}

/** The version of the module that the program comes from, as its go.mod pins it. */
function versionOf(program: Program): string {
  const text = readFileSync(join(folderOf(program), 'go.mod'), 'utf8');
  const version = /github\.com\/pulumi\/pulumi\/(?:pkg|sdk)\/v3 (?<version>v\S+)/.exec(text)?.groups?.[
    'version'
  ];
  if (version === undefined) throw new Error(`${program.folder}/go.mod names no version of Pulumi`);
  return version;
}

/** Changes with everything that the result of the build depends on, but for Go itself. */
function fingerprint(): string {
  const hash = createHash('sha256').update(LANGUAGE_HOST_SCRIPT);
  for (const program of [CLI, LANGUAGE_HOST])
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folderOf(program), file)));
  return hash.digest('hex').slice(0, 8);
}

function folderOf(program: Program): string {
  return join(import.meta.dirname, program.folder);
}
