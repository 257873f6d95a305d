import type { AzResult } from './control-plane-az.ts';

/** The stand-in `az`: hands its arguments to the control plane of the test and prints what that answers. */
const address = process.env['AZ_STAND_IN'];
if (address === undefined) throw new Error('AZ_STAND_IN says where the stand-in control plane is');
const response = await fetch(address, { method: 'POST', body: JSON.stringify(process.argv.slice(2)) });
const { stdout, stderr, exitCode } = (await response.json()) as AzResult;
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
