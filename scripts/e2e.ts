import { spawnSync } from 'node:child_process';
import { installDebianTools } from './debian-image/tools.ts';

/** Installs what the end-to-end tests need and runs them: `npm run test:e2e`. Needs root on Debian, go, cargo, mvn and python3. */
installDebianTools();
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(
  process.execPath,
  [
    ...jest,
    '--testPathIgnorePatterns=/node_modules/',
    // The clouds have runs of their own: e2e-azure.ts, e2e-aws.ts.
    '--testPathIgnorePatterns=/test/e2e/(aws|azure)/',
    '--runInBand',
    'test/e2e/',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
