import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Passing } from '../../doubles/azure/control-plane-gate.ts';
import { type Tenant, tenantWith } from './tenant.ts';

jest.setTimeout(600_000);

let tenant: Tenant | undefined;
afterEach(async () => {
  const ending = tenant;
  tenant = undefined;
  await ending?.end();
});

const MOMENTS: readonly (Pick<Passing, 'when' | 'kind'> & { readonly text: string })[] = [
  { text: 'before the principal exists', when: 'before', kind: 'servicePrincipal' },
  { text: 'when the principal exists and the engine does not know', when: 'after', kind: 'servicePrincipal' },
  { text: 'before an assignment exists', when: 'before', kind: 'roleAssignment' },
  { text: 'when an assignment exists and the engine does not know', when: 'after', kind: 'roleAssignment' },
];

const REGISTRIES = { one: undefined, two: undefined, abac: 'AbacRepositoryPermissions' } as const;
const GRANTS = ['abac CatalogLister', 'abac RepositoryReader', 'one AcrPull', 'two AcrPull'];

/** kill -9 for the command at that moment. What was on its way to Azure still arrives. */
async function killAt(
  { azure, checkout }: Tenant,
  { when, kind }: Pick<Passing, 'when' | 'kind'>,
  command: readonly string[],
): Promise<void> {
  const reached = azure.directory.gate.hold((passing) => passing.when === when && passing.kind === kind);
  const running = checkout.start(command);
  const early = running.ended.then(({ exitCode, stdout, stderr }) => {
    throw new Error(`ended with ${exitCode} before ${when} ${kind}:\n${stdout}\n${stderr}`);
  });
  const held = await Promise.race([reached, early]);
  early.catch(() => undefined);
  running.kill();
  await running.ended;
  held.open();
}

describe('e2e/azure/interrupted', () => {
  it.each(MOMENTS)('converges after kill -9 $text', async (moment) => {
    const made = await tenantWith(REGISTRIES);
    tenant = made;
    const { checkout, azure, grants } = made;
    await checkout.pulumi('stack', 'init', 'test');
    await checkout.pulumi('config', 'set', 'subscriptionId', azure.directory.subscriptionId);
    await checkout.pulumi('config', 'set', 'resourceGroups', '["prod"]');

    await killAt(made, moment, checkout.pulumiCommand('up', '--yes', '--skip-preview'));
    await checkout.pulumi('cancel', '--yes', 'test');
    await checkout.pulumi('refresh', '--yes', '--skip-preview', '--clear-pending-creates');
    await checkout.pulumi('up', '--yes', '--skip-preview');

    expect(grants()).toEqual(GRANTS);
    expect(azure.directory.changes.filter((change) => !change.startsWith('create '))).toEqual([]);
    const { stdout } = await checkout.pulumi('preview', '--expect-no-changes');
    expect(stdout).not.toContain('pending operations');
  });

  it('lets Pulumi end what it is at after Ctrl-C, and the same command go on from there', async () => {
    const made = await tenantWith(REGISTRIES, { isFresh: true });
    tenant = made;
    const { checkout, azure, grants } = made;
    const install = ['scripts/azure/install_azure_integration.sh', '--rg', 'prod', '--yes'];

    // All assignments wait for it.
    const reached = azure.directory.gate.hold(({ kind }) => kind === 'servicePrincipal');
    const running = checkout.start(install);
    const held = await reached;
    running.interrupt();
    await running.said('^C received; cancelling');
    held.open();
    const { exitCode, stdout, stderr } = await running.ended;

    expect({ exitCode, last: stderr.split('\n').at(-3) }).toEqual({
      exitCode: 130,
      last: '[ERROR] Interrupted',
    });
    expect(stdout).toContain('[OK] Service principal created');
    expect(grants()).toEqual([]);

    const again = await checkout.run(install);
    expect(grants()).toEqual(GRANTS);
    expect(again.stdout).toContain('[OK] Integration complete');
    expect(azure.directory.changes.filter((change) => !change.startsWith('create '))).toEqual([]);
  });

  it('lets the script go on where a killed one stopped', async () => {
    const made = await tenantWith(REGISTRIES, { isFresh: true });
    tenant = made;
    const { checkout, azure, grants } = made;
    const install = ['scripts/azure/install_azure_integration.sh', '--rg', 'prod', '--yes'];

    await killAt(made, { when: 'after', kind: 'roleAssignment' }, install);
    const { stderr } = await checkout.run(install, 1);
    const advice = /'(?<command>[^']*pulumi cancel[^']*)'/.exec(stderr)?.groups?.['command'];
    await checkout.run(['sh', '-c', advice ?? 'false']);
    const again = await checkout.run(install);

    expect(grants()).toEqual(GRANTS);
    expect(again.stdout).toContain('[OK] Integration complete');
    expect(again.stderr).not.toContain('pending operations');
    expect(azure.directory.changes.filter((change) => !change.startsWith('create '))).toEqual([]);
  });
});
