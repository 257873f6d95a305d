import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { APP_ID, assignByHand, type Tenant, tenantWith } from './tenant.ts';

jest.setTimeout(600_000);

let tenant: Tenant | undefined;
afterEach(async () => {
  const ending = tenant;
  tenant = undefined;
  await ending?.end();
});

/** More registries than Azure Resource Manager gives on one page. */
const FOUR = { one: undefined, two: undefined, three: undefined, abac: 'AbacRepositoryPermissions' } as const;
const GRANTS_OF_FOUR = [
  'abac CatalogLister',
  'abac RepositoryReader',
  'one AcrPull',
  'three AcrPull',
  'two AcrPull',
];

/** A stack that connects the resource group `prod`. */
async function stackOf(registries: Parameters<typeof tenantWith>[0]): Promise<Tenant> {
  const made = await tenantWith(registries);
  tenant = made;
  const { checkout, azure } = made;
  await checkout.pulumi('stack', 'init', 'test');
  await checkout.pulumi('config', 'set', 'subscriptionId', azure.directory.subscriptionId);
  await checkout.pulumi('config', 'set', 'resourceGroups', '["prod"]');
  return made;
}

describe('e2e/azure/program', () => {
  it('changes nothing in a preview, makes what is missing, and changes nothing after that', async () => {
    const { checkout, azure, grants } = await stackOf(FOUR);

    await checkout.pulumi('preview');
    expect(azure.directory.changes).toEqual([]);

    await checkout.pulumi('up', '--yes', '--skip-preview');
    expect(grants()).toEqual(GRANTS_OF_FOUR);
    expect(azure.directory.changes).toHaveLength(1 + GRANTS_OF_FOUR.length);

    const before = [...azure.directory.changes];
    await checkout.pulumi('up', '--yes', '--skip-preview', '--expect-no-changes');
    await checkout.pulumi('preview', '--expect-no-changes');
    await checkout.pulumi('refresh', '--yes', '--skip-preview', '--expect-no-changes');
    await checkout.pulumi('preview', '--expect-no-changes');
    expect(azure.directory.changes).toEqual(before);
  });

  it('says whom it lets in, and puts out what a hub needs to be told', async () => {
    const { checkout, azure } = await stackOf({ one: undefined });

    const up = await checkout.pulumi('up', '--yes', '--skip-preview');
    const { stdout } = await checkout.pulumi('stack', 'output', '--json');

    expect(up.stdout).toContain(`The roles go to Backline's own app, ${APP_ID}, `);
    expect(JSON.parse(stdout)).toMatchObject({
      tenantId: azure.directory.tenantId,
      appId: APP_ID,
      principalObjectId: azure.directory.principals.byAppId(APP_ID)?.objectId,
      loginServers: ['one.azurecr.io'],
      notFound: [],
      connectCommand: `backline connect acr --tenant ${azure.directory.tenantId} --app-id ${APP_ID} --login-server one.azurecr.io`,
    });
  });

  it('adopts the principal and the assignments that are there, and assigns nothing twice', async () => {
    const { checkout, azure, grants } = await stackOf(FOUR);
    const { objectId } = await azure.directory.principals.create(APP_ID);
    const adopted = await assignByHand(azure, 'one', 'AcrPull', objectId);

    await checkout.pulumi('preview');
    await checkout.pulumi('up', '--yes', '--skip-preview');

    expect(grants()).toEqual(GRANTS_OF_FOUR);
    expect(azure.directory.principals.byAppId(APP_ID)?.objectId).toBe(objectId);
    expect(azure.directory.assignments.get(adopted)).toBeDefined();
    await checkout.pulumi('preview', '--expect-no-changes');
    await checkout.pulumi('refresh', '--yes', '--skip-preview', '--expect-no-changes');
    await checkout.pulumi('preview', '--expect-no-changes');
  });

  it('makes again what somebody took away', async () => {
    const { checkout, azure, grants } = await stackOf(FOUR);
    await checkout.pulumi('up', '--yes', '--skip-preview');
    const lost = azure.directory.assignments.list().find(({ scope }) => scope.endsWith('/one'));
    await azure.directory.assignments.remove(lost?.id ?? '');

    await checkout.pulumi('up', '--yes', '--skip-preview', '--refresh');

    expect(grants()).toEqual(GRANTS_OF_FOUR);
  });

  it('takes away what one registry was given, and leaves the rest', async () => {
    const { checkout, azure, grants } = await stackOf(FOUR);
    await checkout.pulumi('config', 'rm', 'resourceGroups');
    const named = (...names: readonly string[]) =>
      JSON.stringify(names.map((name) => ({ name, resourceGroup: 'prod' })));
    await checkout.pulumi('config', 'set', 'registries', named('one', 'two', 'abac'));
    await checkout.pulumi('up', '--yes', '--skip-preview');
    const before = azure.directory.assignments.list().filter(({ scope }) => !scope.endsWith('/one'));

    await checkout.pulumi('config', 'set', 'registries', named('two', 'abac'));
    await checkout.pulumi('up', '--yes', '--skip-preview');

    expect(grants()).toEqual(['abac CatalogLister', 'abac RepositoryReader', 'two AcrPull']);
    expect(azure.directory.assignments.list()).toEqual(before);
    expect(azure.directory.principals.byAppId(APP_ID)).toBeDefined();
  });

  it('follows a registry that changes its mode', async () => {
    const { checkout, azure, grants } = await stackOf({ one: undefined });
    await checkout.pulumi('up', '--yes', '--skip-preview');
    azure.directory.resources.addRegistry({
      name: 'one',
      resourceGroup: 'prod',
      mode: 'AbacRepositoryPermissions',
    });

    await checkout.pulumi('up', '--yes', '--skip-preview');

    expect(grants()).toEqual(['one CatalogLister', 'one RepositoryReader']);
  });

  it('leaves the directory as it found it when the stack is destroyed', async () => {
    const { checkout, azure } = await stackOf(FOUR);
    const someone = await azure.directory.principals.create(crypto.randomUUID());
    await assignByHand(azure, 'one', 'AcrPull', someone.objectId);
    const found = azure.directory.snapshot();

    await checkout.pulumi('up', '--yes', '--skip-preview');
    await checkout.pulumi('destroy', '--yes', '--skip-preview');

    expect(azure.directory.snapshot()).toEqual(found);
  });

  it('fails without a change when the login is no good', async () => {
    const { checkout, azure } = await stackOf(FOUR);
    azure.logOut();

    const { exitCode, stdout } = await checkout.start(checkout.pulumiCommand('up', '--yes', '--skip-preview'))
      .ended;

    expect(exitCode).not.toBe(0);
    expect(stdout).toContain('run az login');
    expect(azure.directory.changes).toEqual([]);
  });

  it("logs in by the variables of Pulumi's providers, and by none of the scanner's", async () => {
    const { checkout, azure, grants } = await stackOf({ one: undefined });
    const up = checkout.pulumiCommand('up', '--yes', '--skip-preview');

    const half = await checkout.start(['env', 'ARM_CLIENT_SECRET=secret', ...up]).ended;
    expect(half.exitCode).not.toBe(0);
    expect(half.stdout).toContain('ARM_CLIENT_SECRET is set, and ARM_CLIENT_ID is not');
    expect(azure.directory.changes).toEqual([]);

    const { tenantId } = azure.directory;
    await checkout.run([
      'env',
      `AZURE_CLIENT_ID=${APP_ID}`,
      `AZURE_TENANT_ID=${tenantId}`,
      'AZURE_CLIENT_SECRET=x',
      ...up,
    ]);
    expect(grants()).toEqual(['one AcrPull']);
  });

  it('says no token in its most talkative log', async () => {
    const { checkout, azure } = await stackOf(FOUR);

    const { stderr } = await checkout.pulumi('up', '--yes', '--skip-preview', '--logtostderr', '-v=11');

    expect(stderr.length).toBeGreaterThan(10_000);
    expect(stderr).not.toContain(azure.token);
  });
});
