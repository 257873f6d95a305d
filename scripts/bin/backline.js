#!/usr/bin/env node
// Starts the command line on a Node that can run it. Plain JavaScript that every Node understands, because the Node that
// `npx` or a shell finds first may be an old one; the project's own Node 24 lies in node_modules once it is installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 24;
const here = dirname(fileURLToPath(import.meta.url));
const own = join(
  here,
  '..',
  '..',
  'node_modules',
  '.bin',
  process.platform === 'win32' ? 'node.cmd' : 'node',
);
const major = Number(process.versions.node.split('.')[0]);

if (major >= WANTED_MAJOR) {
  await import('../backline.ts');
} else if (existsSync(own)) {
  const command = join(here, '..', 'backline.ts');
  const { status, signal } = spawnSync(own, [command, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = signal === null ? (status ?? 3) : 130;
} else {
  process.stderr.write(
    `backline needs Node ${WANTED_MAJOR} or newer, this is ${process.version}; ` +
      'run `npm ci` in the project, which brings one, or install it\n',
  );
  process.exitCode = 3;
}
