#!/usr/bin/env node
// Starts the command line on a Node that can run it. Plain JavaScript that every Node understands, because the Node that
// `npx` or a shell finds first may be an old one; the project's own Node 24 lies in node_modules once it is installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 24;
const scripts = dirname(dirname(fileURLToPath(import.meta.url)));
const own = join(dirname(scripts), 'node_modules', '.bin', 'node');

if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) {
  // Halves the time to start. Not in the folder for temporary files, where others could put code for us to run.
  module.enableCompileCache(
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'backline', 'code'),
  );
  await import('../backline.ts').catch(cannotStart);
} else if (existsSync(own)) {
  runOn(own);
} else {
  process.stderr.write(
    `backline: Node ${WANTED_MAJOR} or newer is needed, this is ${process.version}; ` +
      'run npm ci in the project, which brings one, or install it\n',
  );
  process.exitCode = 3;
}

function runOn(node) {
  const child = spawn(node, [join(scripts, 'backline.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; the child ends by it in its own time.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', cannotStart);
  child.on('exit', (status, signal) => {
    process.exitCode = signal === null ? status : 128 + constants.signals[signal];
  });
}

// Node would end with 1, which means findings here.
function cannotStart(error) {
  process.stderr.write(`backline: cannot start: ${error.message}; run npm ci in the project\n`);
  process.exitCode = 3;
}
