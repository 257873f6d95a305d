import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * `npm run pulumi -- ARGUMENTS` runs the Pulumi CLI, which is not of npm, with the project's Node first on PATH: Pulumi runs the program
 * by the first it finds.
 */
const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');
const PATH = [bin, process.env['PATH'] ?? ''].join(delimiter);
const child = spawn('pulumi', process.argv.slice(2), { stdio: 'inherit', env: { ...process.env, PATH } });

// A terminal sends Ctrl-C to both; Pulumi ends in its own time, and tidies up.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('error', (error: NodeJS.ErrnoException) => {
  const reason =
    error.code === 'ENOENT'
      ? "the Pulumi CLI is not installed; install it with 'curl -fsSL https://get.pulumi.com | sh' and open a new shell"
      : `the Pulumi CLI cannot be started: ${error.message}`;
  process.stderr.write(`backline: ${reason}\n`);
  process.exitCode = 1;
});
child.on('exit', (status, signal) => {
  process.exitCode = signal === null ? (status ?? 1) : 128 + constants.signals[signal];
});
