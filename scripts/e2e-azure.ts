import { spawnSync } from 'node:child_process';
import { installDebianTools } from './debian-image/tools.ts';
import { installPulumiEngine } from './pulumi-engine/build.ts';

/**
 * Tests the Azure side: its onboarding with the real Pulumi engine, and scans of a registry behind Entra's login. `npm run
 * test:e2e:azure` runs all, `npm run test:e2e:azure test/e2e/azure/acr-images` one file. Needs nothing of Azure; root on Debian
 * for the registry, python3 with pip for its images, and Go 1.26 for the engine, which the first run of a test of the
 * onboarding builds (docs/pulumi-engine.md).
 */
const args = process.argv.slice(2);
const paths = args.filter((arg) => !arg.startsWith('-'));
installDebianTools({ skopeo: 'skopeo', 'docker-registry': 'docker-registry', umoci: 'umoci' });
const started = performance.now();
if (paths.length === 0) {
  const bin = installPulumiEngine();
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`Pulumi engine in ${bin}, ready after ${seconds} s\n`);
}
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(
  process.execPath,
  [
    ...jest,
    '--testPathIgnorePatterns=/node_modules/',
    // Each run of the engine keeps one core busy; every file has a tenant and a stack of its own.
    '--maxWorkers=2',
    ...(paths.length === 0 ? ['test/e2e/azure/'] : []),
    ...args,
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
