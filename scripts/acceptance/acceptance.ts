import { existsSync } from 'node:fs';
import { checkImages } from './images.ts';
import { checkOsPackages } from './os-packages.ts';
import { checkOsvOracle } from './osv-oracle.ts';
import { checkPurl } from './purl.ts';
import { checkVersionCompare } from './version-compare.ts';

/**
 * Compares Backline with what others found in real files: `npm run acceptance`. The data are not part of the project;
 * `BACKLINE_DATA` names their folder. Exits with 1 on any difference, 3 when the folder is missing.
 */
const data = process.env['BACKLINE_DATA'] ?? '../shared';
if (!existsSync(data)) {
  process.stderr.write(`no data in ${data}: set BACKLINE_DATA to the folder with inputs/ and osv/\n`);
  process.exit(3);
}

let passed = 0;
let failed = 0;
for (const check of [checkOsPackages, checkVersionCompare, checkPurl, checkImages, checkOsvOracle]) {
  const result = await check(data);
  process.stdout.write(`${result.name}: ${result.passed} right, ${result.failed.length} wrong\n`);
  for (const line of result.failed) process.stdout.write(`  WRONG ${line}\n`);
  for (const line of result.notes) process.stdout.write(`  ${line}\n`);
  passed += result.passed;
  failed += result.failed.length;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
