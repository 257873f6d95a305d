import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { APP_ID, assignByHand, type Tenant, tenantWith } from './tenant.ts';

jest.setTimeout(600_000);

let tenant: Tenant | undefined;
afterEach(async () => {
  const ending = tenant;
  tenant = undefined;
  await ending?.end();
});

const INSTALL = 'scripts/azure/install_azure_integration.sh';
const CLEANUP = 'scripts/azure/cleanup_azure_integration.sh';
const REGISTRIES = { one: undefined, two: undefined, abac: 'AbacRepositoryPermissions' } as const;

async function start(...parameters: Parameters<typeof tenantWith>): Promise<Tenant> {
  tenant = await tenantWith(...parameters);
  return tenant;
}

describe('e2e/azure/scripts', () => {
  it('installs registry after registry and takes each back', async () => {
    const { checkout, azure, grants } = await start(REGISTRIES);

    const dry = await checkout.run([INSTALL, '--rg', 'prod', '--dry-run']);
    expect(dry.stdout).toContain("[DRY-RUN] Would assign AcrPull to 'one'");
    expect(azure.directory.changes).toEqual([]);

    const first = await checkout.run([INSTALL, '--acr', 'one abac', '--rg', 'prod']);
    expect(first.stdout).toContain("[OK] AcrPull granted on 'one'");
    expect(grants()).toEqual(['abac CatalogLister', 'abac RepositoryReader', 'one AcrPull']);

    const second = await checkout.run([INSTALL, '--acr', 'two', '--rg', 'prod']);
    expect(second.stdout).toContain("[OK] AcrPull granted on 'two'");
    expect(grants()).toEqual(['abac CatalogLister', 'abac RepositoryReader', 'one AcrPull', 'two AcrPull']);

    const changes = [...azure.directory.changes];
    const again = await checkout.run([INSTALL, '--rg', 'prod', '--yes']);
    expect(again.stdout).toContain("[INFO] AcrPull already assigned to 'two', skipping");
    await checkout.run([CLEANUP, '--acr', 'one', '--rg', 'prod', '--dry-run']);
    expect(azure.directory.changes).toEqual(changes);

    await checkout.run([CLEANUP, '--acr', 'one', '--rg', 'prod']);
    expect(grants()).toEqual(['abac CatalogLister', 'abac RepositoryReader', 'two AcrPull']);
  });

  it('needs nothing of Pulumi to be set up, and leaves nothing behind in a dry run', async () => {
    const { checkout, azure, grants } = await start({ one: undefined }, { isFresh: true });
    const found = azure.directory.snapshot();
    const files = checkout.files();
    const install = [INSTALL, '--acr', 'one', '--rg', 'prod'];

    const dry = await checkout.run([...install, '--dry-run']);
    expect(dry.stdout).toContain("[DRY-RUN] Would assign AcrPull to 'one'");
    await checkout.run([CLEANUP, '--all', '--dry-run']);
    expect(checkout.files()).toEqual(files);

    const installed = await checkout.run(install);
    expect(grants()).toEqual(['one AcrPull']);
    expect(installed.stdout).toContain(
      `\nnpx backline connect acr --tenant ${azure.directory.tenantId} --app-id ${APP_ID} --login-server one.azurecr.io\n`,
    );

    await checkout.run([CLEANUP, '--all', '--yes']);
    expect(azure.directory.snapshot()).toEqual(found);
  });

  it('adopts what the published scripts left, and takes all of it away in the end', async () => {
    const { checkout, azure, grants } = await start(REGISTRIES);
    const found = azure.directory.snapshot();
    const { objectId } = await azure.directory.principals.create(APP_ID);
    await assignByHand(azure, 'one', 'AcrPull', objectId);
    const strange = await assignByHand(azure, 'two', 'AcrPull', objectId);

    const { stdout } = await checkout.run([INSTALL, '--acr', 'one', '--rg', 'prod']);
    expect(stdout).toContain("[INFO] AcrPull already assigned to 'one', skipping");
    expect(grants()).toEqual(['one AcrPull', 'two AcrPull']);
    expect(azure.directory.assignments.get(strange)).toBeDefined();

    await checkout.run([CLEANUP, '--all', '--yes', '--dry-run']);
    expect(grants()).toEqual(['one AcrPull', 'two AcrPull']);

    await checkout.run([CLEANUP, '--all', '--yes']);
    expect(azure.directory.snapshot()).toEqual(found);
  });

  it('fails before any change when nobody is logged in', async () => {
    const { checkout, azure } = await start(REGISTRIES);
    azure.logOut();

    const { stderr } = await checkout.run([INSTALL, '--acr', 'one', '--rg', 'prod'], 1);

    expect(stderr).toContain("[ERROR] Not logged in to Azure. Run 'az login' first.");
    expect(azure.directory.changes).toEqual([]);
  });
});
