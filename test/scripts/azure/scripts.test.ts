import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../../support/temporary.ts';
import { run } from '../cli/command.ts';

const ROOT = join(import.meta.dirname, '../../..');
const INSTALL = join(ROOT, 'scripts/azure/install_azure_integration.sh');
const CLEANUP = join(ROOT, 'scripts/azure/cleanup_azure_integration.sh');
const WITH_NODE = join(ROOT, 'scripts/azure/with-node.sh');
const ACCOUNT = {
  id: '11111111-1111-4111-8111-111111111111',
  name: 'Test',
  tenantId: '99999999-9999-4999-8999-999999999999',
  environmentName: 'AzureCloud',
  user: { name: 'ann@example.test' },
};

/** The two scripts as they are typed, up to where Azure or Pulumi would be needed. */
describe('scripts/azure/*.sh', () => {
  const path = temporaryDirectory();
  const shell = (script: string, args: readonly string[], tools: readonly string[] = []) =>
    run('/usr/bin/env', [
      '-i',
      `HOME=${path('home')}`,
      // Not the machine's own folders: an az of its own may lie there.
      `PATH=${[...tools, path('tools')].join(delimiter)}`,
      '/bin/bash',
      script,
      ...args,
    ]);

  beforeAll(async () => {
    const tool = async (name: string, text: string) => {
      await mkdir(path(name, '..'), { recursive: true });
      await writeFile(path(name), text, { mode: 0o755 });
    };
    await tool(
      'az/az',
      `#!/bin/sh\ncase "$1" in\n  account) echo '${JSON.stringify(ACCOUNT)}' ;;\n  *) echo "ERROR: Resource 'x' does not exist" >&2; exit 3 ;;\nesac\n`,
    );
    await tool('out/az', `#!/bin/sh\necho "ERROR: Please run 'az login' to setup account." >&2\nexit 1\n`);
    await tool(
      'pulumi/pulumi',
      `#!/bin/sh\ncase "$1" in\n  version) echo v3.270.0 ;;\n  *) echo "$*" > '${path('asked')}'; echo "error: no stack named 'x' found" >&2; exit 255 ;;\nesac\n`,
    );
    await tool('old/node_modules/.bin/node', '#!/bin/sh\nexit 1\n');
    await mkdir(path('old/node_modules/@pulumi/pulumi'), { recursive: true });
    await mkdir(path('old/scripts/azure'), { recursive: true });
    await mkdir(path('bare/scripts/azure'), { recursive: true });
    for (const folder of ['old', 'bare']) {
      await copyFile(INSTALL, path(folder, 'scripts/azure/install.sh'));
      await copyFile(WITH_NODE, path(folder, 'scripts/azure/with-node.sh'));
    }
    await mkdir(path('home'));
    await mkdir(path('tools'));
    await symlink('/usr/bin/dirname', path('tools/dirname'));
    await symlink(process.execPath, path('tools/node'));
  });

  it.each([
    [INSTALL, 'Usage: install_azure_integration.sh [OPTIONS]'],
    [CLEANUP, 'Usage: cleanup_azure_integration.sh [OPTIONS]'],
  ])('%s finds a Node, from any folder', async (script, usage) => {
    const { exitCode, stdout, stderr } = await shell(script, ['--help']);

    expect({ exitCode, stderr, usage: stdout.split('\n')[0] }).toEqual({ exitCode: 0, stderr: '', usage });
  });

  it('passes arguments and exit code on', async () => {
    const { exitCode, stderr } = await shell(CLEANUP, ['--acr', 'a b', '--all']);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: '[ERROR] --acr requires a following --rg\n',
    });
  });

  it('reads answers from a pipe', async () => {
    const piped = `printf '2\\nprod\\nn\\n' | bash '${INSTALL}'`;

    const { exitCode, stdout } = await run('bash', ['-c', piped]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /Enter Resource Group: This will add all ACRs in 'prod'\. Continue\? \(y\/n\): Cancelled\.\n$/,
    );
  });

  it.each([
    [
      'packages that are not installed',
      'bare',
      /^\[ERROR\] The project's packages are not installed: run 'npm ci' in \S+ first\.\n$/,
    ],
    [
      'a Node that is too old',
      'old',
      /^\[ERROR\] Node 24 or newer is needed: run 'npm ci' in \S+, which brings one, or install it\.\n$/,
    ],
  ])('reports %s', async (_what, folder, sentence) => {
    const { exitCode, stderr } = await shell(path(folder, 'scripts/azure/install.sh'), ['--help']);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(sentence);
  });

  it.each([
    ['no az', CLEANUP, ['--all', '--yes'], [], /^\[ERROR\] Azure CLI not found\. /],
    [
      'nobody logged in',
      CLEANUP,
      ['--all', '--yes'],
      ['out'],
      /^\[ERROR\] Not logged in to Azure\. Run 'az login' first\.\n$/,
    ],
    [
      'no pulumi',
      INSTALL,
      ['--cloud-sub', ACCOUNT.id],
      ['az'],
      /^\[ERROR\] Pulumi CLI not found\. Install it with 'curl -fsSL https:\/\/get\.pulumi\.com \| sh' and open a new shell\.\n$/,
    ],
  ])('reports %s in one sentence', async (_what, script, args, tools, sentence) => {
    const { exitCode, stderr } = await shell(
      script,
      args,
      tools.map((tool) => path(tool)),
    );

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(sentence);
  });

  it('needs no Pulumi to find nothing where no stack can be', async () => {
    const { exitCode, stdout, stderr } = await shell(CLEANUP, ['--all', '--yes'], [path('az')]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('[INFO] Service principal not found, nothing to clean up\n');
  });

  it('asks Pulumi for the stack of the tenant', async () => {
    const tools = [path('az'), path('pulumi')];
    await mkdir(path('home/.local/share/backline/pulumi/.pulumi'), { recursive: true });

    const { exitCode } = await shell(CLEANUP, ['--all', '--yes'], tools);

    expect(exitCode).toBe(0);
    expect(await readFile(path('asked'), 'utf8')).toMatch(`stack select --stack ${ACCOUNT.tenantId}`);
  });
});
