import { spawnSync } from 'node:child_process';
import { installMiniStack } from './aws-emulator/install.ts';
import { installDebianTools } from './debian-image/tools.ts';

/**
 * Installs what the end-to-end tests of the AWS side need and runs them: `npm run test:e2e:aws`. Needs root on Debian, npm's
 * own folder of packages, and PyPI the first time. What the emulator does and does not: docs/emulator.md.
 */
installDebianTools({
  skopeo: 'skopeo',
  'docker-registry': 'docker-registry',
  umoci: 'umoci',
  openssl: 'openssl',
});
installMiniStack();
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(
  process.execPath,
  [
    ...jest,
    '--testPathIgnorePatterns=/node_modules/',
    '--runInBand',
    'test/e2e/aws/',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
