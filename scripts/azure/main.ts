import { homedir } from 'node:os';
import { messageOf } from '../../lambda/shared/errors.ts';
import { safeText } from '../../lambda/shared/text.ts';
import { DEFAULT_APP_ID } from '../../pulumi-azure/config.ts';
import { azOnPath } from './az-command.ts';
import type { Account } from './azure.ts';
import { chooseBackend } from './backend.ts';
import { watchInterrupt } from './interrupt.ts';
import { EXIT } from './refusal.ts';
import { run } from './run.ts';
import type { IntegrationStack } from './stack.ts';
import { terminalDialog } from './terminal.ts';

/** What install_azure_integration.sh and cleanup_azure_integration.sh run. */
const [command, ...args] = process.argv.slice(2);
const appId = (process.env['BACKLINE_APP_ID'] || DEFAULT_APP_ID).toLowerCase();
const interrupt = watchInterrupt();
// A reader that went away (`| head`) must not end a run in the middle.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

let exitCode: number;
try {
  exitCode = await run(command === 'install' ? 'install' : 'cleanup', args, {
    az: azOnPath(process.env, interrupt),
    appId,
    openStack,
    interrupt,
    output: {
      out: (line) => void process.stdout.write(`${line}\n`),
      err: (line) => void process.stderr.write(`${line}\n`),
    },
    dialog: () => terminalDialog(interrupt),
  });
} catch (error) {
  for (const line of messageOf(error).split('\n')) process.stderr.write(`[ERROR] ${safeText(line)}\n`);
  exitCode = EXIT.refused;
}
// Standard input would keep the process alive, when it was asked from.
process.exit(exitCode);

/** Pulumi is loaded only when it is needed: it takes longer than everything before it. */
async function openStack({ tenantId }: Account): Promise<IntegrationStack> {
  const { pulumiStack } = await import('./pulumi-stack.ts');
  return pulumiStack({
    // The scripts go to the folder of Pulumi.yaml.
    root: process.cwd(),
    // One stack for a tenant and an app, whatever the subscription; only an app of one's own is in its name.
    stackName: appId === DEFAULT_APP_ID ? tenantId : `${tenantId}-${appId}`,
    backend: chooseBackend(process.env, homedir()),
    progress: (text) => void process.stderr.write(text),
    interrupt,
  });
}
