import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../../support/temporary.ts';

const ROOT = join(import.meta.dirname, '../../..');
const INSTALL = join(ROOT, 'scripts/azure/install_azure_integration.sh');
const CLEANUP = join(ROOT, 'scripts/azure/cleanup_azure_integration.sh');
const PULUMI = join(ROOT, 'test/doubles/pulumi-command.ts');
const ID = '11111111-1111-4111-8111-111111111111';
const ACCOUNT = { id: ID, name: 'Test', tenantId: ID, environmentName: 'AzureCloud', user: { name: 'ann' } };
const ASSIGNMENTS = ['/1', '/2'].map((id) => ({ id, scope: '/subscriptions/x', roleDefinitionId: '/r' }));
const INTERRUPTED =
  '[ERROR] Interrupted\n[ERROR] What is said above to be done is done. The same command goes on from there.\n';

/** What Ctrl-C in a terminal does: the whole group of processes gets the signal. */
const CTRL_C = 'kill -INT 0';
/** The same, in a program that ends what it is at. */
const CTRL_C_IGNORED = `trap '' INT; ${CTRL_C}`;

describe('scripts/azure/interrupt', () => {
  const path = temporaryDirectory();
  let log: string;
  let tests = 0;

  beforeEach(async () => {
    log = path(`log-${(tests += 1)}`);
    await writeFile(log, '');
  });

  /** A script with an `az` that runs a line of shell in one of its calls, in a group of processes of its own. */
  async function start(
    script: string,
    args: readonly string[],
    { call = 'none', line = ':' }: { readonly call?: string; readonly line?: string } = {},
  ): Promise<ChildProcess & { readonly ended: Promise<unknown> }> {
    await mkdir(path('bin'), { recursive: true });
    const az = `#!/bin/sh
echo "az $*" >> '${log}'
case "$*" in
  '${call}'*) ${line} ;;
esac
case "$1 $2 $3" in
  'account show'*) echo '${JSON.stringify(ACCOUNT)}' ;;
  'acr show'*) echo '{"id":"/subscriptions/${ID}/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/a","name":"a"}' ;;
  'ad sp show') echo '{"id":"object"}' ;;
  'role assignment list') echo '${JSON.stringify(ASSIGNMENTS)}' ;;
esac
`;
    const pulumi = `#!/bin/sh
[ "$1" = version ] || echo "pulumi $1 $2" >> '${log}'
case 'pulumi '"$1" in
  '${call}'*) ${line} ;;
esac
exec node --no-warnings '${PULUMI}' "$@"
`;
    await writeFile(path('bin/az'), az, { mode: 0o755 });
    await writeFile(path('bin/pulumi'), pulumi, { mode: 0o755 });
    const child = spawn(script, args, {
      detached: true,
      env: {
        HOME: log.replace('log', 'home'),
        PATH: [path('bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
        PULUMI_CALLS: path(),
      },
    });
    const exit = new Promise((resolve) => child.on('close', resolve));
    const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
      ([exitCode, stdout, stderr]) => ({ exitCode, stdout, stderr }),
    );
    return Object.assign(child, { ended });
  }
  const calls = async () => (await readFile(log, 'utf8')).trimEnd().split('\n');

  it.each([
    ['ends what it is at', CTRL_C_IGNORED, '[OK] Removed role assignment\n'],
    ['ends at once', CTRL_C, ''],
  ])('deletes nothing more when an az is interrupted that %s', async (_what, line, done) => {
    const { ended } = await start(CLEANUP, ['--all', '--yes'], { call: 'role assignment delete', line });

    expect(await ended).toEqual({
      exitCode: 130,
      stdout: `[INFO] Azure login validated (subscription: Test)

[INFO] Removing service principal and all access...
[INFO] Found service principal: object
[INFO] Removing all role assignments...
${done}`,
      stderr: INTERRUPTED,
    });
    expect((await calls()).at(-1)).toBe('az role assignment delete --ids /1 --output json');
  });

  it('begins no run of Pulumi when an az was interrupted', async () => {
    const { ended } = await start(INSTALL, ['--acr', 'a', '--rg', 'g'], {
      call: 'acr show',
      line: CTRL_C_IGNORED,
    });

    expect(await ended).toMatchObject({ exitCode: 130, stderr: INTERRUPTED });
    expect((await calls()).at(-1)).toMatch(/^az acr show /);
  });

  it('asks az for nothing more when Pulumi was interrupted', async () => {
    const { ended } = await start(INSTALL, ['--cloud-sub', ID], { call: 'pulumi up', line: CTRL_C });

    expect(await ended).toMatchObject({
      exitCode: 130,
      stdout: expect.not.stringContaining('Integration complete'),
      stderr: expect.stringMatching(/^\[ERROR\] Interrupted\n/),
    });
    expect((await calls()).at(-1)).toBe('pulumi up --yes');
  });

  it('ends a run that was done when the interruption came as done', async () => {
    const { ended } = await start(CLEANUP, ['--all', '--yes'], {
      call: 'ad sp delete',
      line: CTRL_C_IGNORED,
    });

    expect(await ended).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\[OK\] Service principal deleted\n\n\[OK\] Cleanup complete\n$/),
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends a question at %s', async (signal) => {
    const child = await start(INSTALL, []);

    child.stdout?.on('data', (said: Buffer) => {
      if (said.toString().includes('Choice')) child.kill(signal);
    });

    expect(await child.ended).toMatchObject({
      exitCode: 130,
      stdout: expect.stringMatching(/Choice \[1-4\]: \n$/),
      stderr: '[ERROR] Interrupted\n',
    });
    expect(await calls()).toEqual(['']);
  });
});
