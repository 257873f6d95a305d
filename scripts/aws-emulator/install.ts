import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackages, run } from '../debian-image/tools.ts';

/** The release that docs/emulator.md was written with; another one has other gaps. */
const VERSION = '1.5.33';

/**
 * Installs MiniStack, an emulator of AWS, from PyPI into a folder of the user's cache, once. Gives the Python interpreter that has
 * it (and botocore). Needs python3 >= 3.10; installs python3-venv with apt-get when it is missing.
 */
export function installMiniStack(): string {
  const folder = join(cacheFolder(), `ministack-${VERSION}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return python;
  if (spawnSync('python3', ['-c', 'import ensurepip, venv']).status !== 0) {
    installDebianPackages(['python3', 'python3-venv']);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run(['python3', '-m', 'venv', folder]);
  run([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack==${VERSION}`]);
  run([python, '-c', 'import ministack.app']);
  mkdirSync(join(folder, 'complete'));
  return python;
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'backline');
}
