import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Debian packages the end-to-end tests and the benchmark need; installed when a command of theirs is missing. */
const DEBIAN_TOOLS = {
  debootstrap: 'debootstrap',
  umoci: 'umoci',
  skopeo: 'skopeo',
  'docker-registry': 'docker-registry',
} as const;

/** Runs a command to its end and gives its standard output; throws with what it printed when it fails. */
export function run(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): string {
  const [program, ...args] = command as [string, ...string[]];
  const result = spawnSync(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.error !== undefined) throw new Error(`cannot run ${program}: ${result.error.message}`);
  if (result.status === 0) return result.stdout;
  throw new Error(`${command.join(' ')} failed with ${result.status}:\n${result.stdout}\n${result.stderr}`);
}

export function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v "${command}"`]).status === 0;
}

/** Installs what is missing of these commands with apt-get: command to package. Needs root on Debian; throws a sentence that names the packages elsewhere. */
export function installDebianTools(tools: Readonly<Record<string, string>> = DEBIAN_TOOLS): void {
  const missing = Object.entries(tools).filter(([command]) => !isInstalled(command));
  if (missing.length > 0) installDebianPackages(missing.map(([, name]) => name));
}

/** As `installDebianTools`, for what is no command. */
export function installDebianPackages(packages: readonly string[]): void {
  if (!isInstalled('apt-get')) throw new Error(`install ${packages.join(', ')} first`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run(['apt-get', 'update', '-q'], { env });
  run(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages], { env });
}

/** Builds cargo-auditable once below `folder`; gives the folder to put on PATH. */
export function installCargoAuditable(folder: string): string {
  const bin = join(folder, 'bin');
  if (!existsSync(join(bin, 'cargo-auditable'))) {
    run([
      'cargo',
      'install',
      '--quiet',
      '--locked',
      '--version',
      '0.7.5',
      '--root',
      folder,
      'cargo-auditable',
    ]);
  }
  return bin;
}
