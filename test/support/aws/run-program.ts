import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MiB } from '../../../lambda/shared/units.ts';

const execute = promisify(execFile);

/**
 * Runs a command to its end while this process goes on serving; throws with what it printed when it fails. `env` stands beside the
 * environment of this process.
 */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  try {
    return await execute(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      maxBuffer: 256 * MiB,
    });
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout?: string; stderr?: string; code?: number | string };
    // Not as its cause: that repeats all of it.
    throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${stdout ?? ''}\n${stderr ?? ''}`);
  }
}
