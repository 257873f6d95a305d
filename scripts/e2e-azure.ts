import { spawnSync } from 'node:child_process';
import { installPulumiEngine } from './pulumi-engine/build.ts';

/**
 * Tests the onboarding of Azure with the real Pulumi engine: `npm run test:e2e:azure`. The first run builds the engine
 * (docs/pulumi-engine.md); needs Go 1.26 for that, and nothing of Azure.
 */
const started = performance.now();
const bin = installPulumiEngine();
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`Pulumi engine in ${bin}, ready after ${seconds} s\n`);
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(
  process.execPath,
  [
    ...jest,
    '--testPathIgnorePatterns=/node_modules/',
    // Each run of the engine keeps one core busy; every file has a tenant and a stack of its own.
    '--maxWorkers=2',
    'test/e2e/azure/',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
