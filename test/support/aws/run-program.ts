import { execFile } from 'node:child_process';
import { MiB } from '../../../lambda/shared/units.ts';

/**
 * Runs a command to its end while this process goes on serving; throws with what it printed when it fails. `env` stands beside the
 * environment of this process.
 */
export function runProgram(
  command: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const [program, ...args] = command;
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 256 * MiB };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(new Error(`${command.join(' ')} ended with ${error.code}:\n${stdout}\n${stderr}`));
    });
  });
}
