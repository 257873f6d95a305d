import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';

/** What a run of the command line left behind. */
export type Run = {
  /** As a shell gives it: 128 and the signal's number when one ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunOptions = {
  /** Path of a file for standard input, which is empty otherwise. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Looks at the process and what it says while it runs. */
  readonly watch?: (child: { readonly stderr: Readable; kill(signal: NodeJS.Signals): void }) => void;
};

const PROJECT = join(import.meta.dirname, '../../..');
const COMMAND = join(PROJECT, 'scripts/backline.ts');
/** What the tests' own environment says must not matter, nor may they write to the user's folders. */
const HOME = join(PROJECT, 'node_modules/.cache/backline-test');

/** What one run keeps of layers must not answer for the code of the next. */
const LAYERS = mkdtempSync(join(tmpdir(), 'backline-test-layers-'));
afterAll(() => rmSync(LAYERS, { recursive: true, force: true }));

/** Runs `backline` with these arguments as a process of its own. */
export async function backline(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return await run(process.execPath, [COMMAND, ...args], options);
}

/** Runs a program. */
export async function run(
  program: string,
  args: readonly string[],
  { stdin, env, watch }: RunOptions = {},
): Promise<Run> {
  const child = spawn(program, args, {
    stdio: 'pipe',
    // Compiled once for all processes: https://nodejs.org/api/module.html#module-compile-cache
    env: {
      PATH: process.env['PATH'],
      HOME,
      NODE_COMPILE_CACHE: join(HOME, 'code'),
      BACKLINE_LAYERS: LAYERS,
      ...env,
    },
  });
  child.stdin.on('error', () => undefined);
  if (stdin === undefined) child.stdin.end();
  else createReadStream(stdin).pipe(child.stdin);
  watch?.({ stderr: child.stderr, kill: (signal) => void child.kill(signal) });
  const ended = new Promise<number>((resolve, reject) => {
    child
      .on('error', reject)
      .on('close', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 143)));
  });
  const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}
