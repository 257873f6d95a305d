import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_APP_ID } from '../../../pulumi-azure/config.ts';
import { ACR_PULL } from '../../../pulumi-azure/roles.ts';
import { AzureTenant, CONNECT, no, SUBSCRIPTION, TENANT } from '../../doubles/azure-tenant.ts';
import { script } from './run-script.ts';

const OWN_APP = '12121212-1212-4212-8212-121212121212';
const PULL = ACR_PULL.guid.slice(0, 8);

describe('scripts/azure/install', () => {
  let tenant: AzureTenant;
  let images: string;

  beforeEach(() => {
    tenant = new AzureTenant();
    images = tenant.addRegistry('images', 'prod');
  });

  const changesOf = () => tenant.calls.filter((call) => call === 'up' || / (create|delete) /.test(call));

  it('prints the lines of the published script, and what goes into the form', async () => {
    const printed = await script(tenant, 'install', '--acr images --rg prod');

    expect(printed).toEqual({
      exitCode: 0,
      out: [
        '[INFO] Azure login validated (subscription: Test)',
        '[INFO] Ensuring service principal exists for Backline AI...',
        '',
        '[INFO] Processing ACR integrations...',
        '[OK] Service principal created',
        "[OK] AcrPull granted on 'images'",
        '',
        '[OK] Integration complete',
        '',
        `Backline App ID: ${DEFAULT_APP_ID}`,
        `Service Principal Object ID: ${tenant.principal}`,
        `Tenant ID: ${TENANT}`,
        '',
        'Connect the registries to the hub with:',
        `npx ${CONNECT}`,
        "[INFO] This lets Backline's own hub read the registries. For a hub of your own set BACKLINE_APP_ID to the appId that pulumi-azure/hub puts out.",
      ],
      err: [],
    });
    expect(tenant.access).toEqual([`${PULL} images`]);
  });

  it('says nothing of the hub of Backline to those who have their own', async () => {
    const { out } = await script(tenant, 'install', '--acr images --rg prod', [], { appId: OWN_APP });

    expect(out.slice(-4)).toEqual([
      `Tenant ID: ${TENANT}`,
      '',
      'Connect the registries to the hub with:',
      `npx ${CONNECT}`,
    ]);
  });

  it('adds to what the stack holds, and says nothing of that', async () => {
    tenant.addRegistry('second', 'dev');
    await script(tenant, 'install', '--acr images --rg prod');

    const { out } = await script(tenant, 'install', '--acr second --rg dev');

    expect(out).toContain("[OK] AcrPull granted on 'second'");
    expect(out.join()).not.toContain("'images'");
    expect(tenant.access).toEqual([`${PULL} images`, `${PULL} second`]);
  });

  it('says what became of registries in the order in which they were asked for', async () => {
    tenant.addRegistry('second', 'prod');
    await script(tenant, 'install', '--acr images --rg prod');

    const { out } = await script(tenant, 'install', ['--acr', 'second images', '--rg', 'prod']);

    expect(out.filter((line) => line.includes(" '") || line.includes('skipping'))).toEqual([
      "[OK] AcrPull granted on 'second'",
      "[INFO] AcrPull already assigned to 'images', skipping",
    ]);
  });

  it('changes nothing the second time', async () => {
    await script(tenant, 'install', '--acr images --rg prod');

    const { exitCode, out } = await script(tenant, 'install', '--acr images --rg prod');

    expect(exitCode).toBe(0);
    expect(out).toContain('[INFO] Service principal already exists');
    expect(out).toContain("[INFO] AcrPull already assigned to 'images', skipping");
  });

  it('takes over what the published script assigned', async () => {
    tenant.principal = 'old';
    tenant.assign(ACR_PULL.guid, images);

    const { out } = await script(tenant, 'install', '--acr images --rg prod');

    expect(out).toContain("[INFO] AcrPull already assigned to 'images', skipping");
    expect(tenant.stored?.ids).toHaveLength(1);
    expect(tenant.access).toEqual([`${PULL} images`]);
  });

  it('gives registries in ABAC mode the roles that they honour', async () => {
    tenant.addRegistry('modern', 'dev', true);

    const { out } = await script(tenant, 'install', '--rg dev');

    expect(out).toContain("[OK] Container Registry Repository Reader granted on 'modern'");
    expect(out).toContain("[OK] Container Registry Repository Catalog Lister granted on 'modern'");
  });

  it('takes all registries of a subscription, and ignores those named beside', async () => {
    tenant.addRegistry('second', 'dev');

    const { exitCode } = await script(tenant, 'install', '--subscription --yes --acr nope --rg dev');

    expect(exitCode).toBe(0);
    expect(tenant.access).toEqual([`${PULL} images`, `${PULL} second`]);
  });

  it('makes the principal Reader of subscriptions, with lines of their own', async () => {
    const { out } = await script(tenant, 'install', `--cloud-sub ${SUBSCRIPTION}`);

    expect(out).not.toContain('[INFO] Processing ACR integrations...');
    expect(out).toContain('[INFO] Processing Azure Cloud integrations (Reader role)...');
    expect(out).toContain(`[OK] Reader granted on subscription '${SUBSCRIPTION}'`);
    expect(out.join()).not.toContain('npx');
  });

  it('leaves out a registry that does not exist, and goes on', async () => {
    const { exitCode, out, err } = await script(tenant, 'install', ['--acr', 'nope images', '--rg', 'prod']);

    expect(exitCode).toBe(0);
    expect(err).toEqual(["[ERROR] ACR 'nope' not found in resource group 'prod'"]);
    expect(out).toContain("[OK] AcrPull granted on 'images'");
    expect(tenant.stored?.config['registries']).not.toContain('nope');
  });

  it('does not assign again what somebody else removed since, unless it is asked for', async () => {
    tenant.addRegistry('second', 'dev');
    await script(tenant, 'install', '--acr images --rg prod');
    tenant.assignments = [];

    const other = await script(tenant, 'install', '--acr second --rg dev');
    const same = await script(tenant, 'install', '--acr images --rg prod');

    expect(other.out).toContain("[INFO] AcrPull on 'images' was removed by somebody else and stays removed");
    expect(same.out).toContain("[OK] AcrPull granted on 'images'");
  });

  it('keeps options of the stack that are no selection, and makes whole groups a list', async () => {
    await script(tenant, 'install', '--acr images --rg prod');
    const stored = tenant.stored;
    if (stored === undefined) throw new Error('nothing is stored');
    stored.config = { ...stored.config, mode: 'both', resourceGroups: '["prod"]', wholeSubscription: 'true' };

    await script(tenant, 'install', '--acr images --rg prod');

    expect(tenant.stored?.config).toEqual({
      mode: 'both',
      tenantId: TENANT,
      subscriptionId: SUBSCRIPTION,
      appId: DEFAULT_APP_ID,
      registries: JSON.stringify([{ name: 'images', resourceGroup: 'prod', subscriptionId: SUBSCRIPTION }]),
      cloudSubscriptions: '[]',
    });
  });

  it('says in a dry run what would be done, and changes nothing', async () => {
    const { exitCode, out } = await script(
      tenant,
      'install',
      `--acr images --rg prod --cloud-sub ${SUBSCRIPTION} --dry-run`,
    );

    expect(exitCode).toBe(0);
    expect(out.slice(0, 5)).toEqual([
      '[INFO] Azure login validated (subscription: Test)',
      '',
      '========== DRY RUN MODE ==========',
      'No changes will be made',
      '==================================',
    ]);
    expect(out).toContain(`[DRY-RUN] Would create service principal for app ${DEFAULT_APP_ID}`);
    expect(out).toContain(`[DRY-RUN] Would assign AcrPull to 'images' (${images})`);
    expect(out).toContain(`[DRY-RUN] Would assign Reader to subscription '${SUBSCRIPTION}'`);
    expect(out).toContain('Service Principal Object ID: N/A');
    expect(out.at(-1)).toBe(`Tenant ID: ${TENANT}`);
    expect(changesOf()).toEqual([]);
    expect(tenant.stored).toBeUndefined();
  });

  it('fails before the login for what the command line alone decides', async () => {
    for (const line of ['--subscription', '--yes', '--acr a']) {
      expect((await script(tenant, 'install', line)).exitCode).toBe(1);
    }
    expect(tenant.calls).toEqual([]);
  });

  it.each([
    [
      'nobody is logged in',
      "Not logged in to Azure. Run 'az login' first.",
      (one: AzureTenant) => void (one.isLoggedIn = false),
    ],
    ['a group is empty', "No ACRs found in resource group 'empty'", () => undefined],
  ])('fails when %s', async (_what, message, arrange) => {
    arrange(tenant);

    const { exitCode, err } = await script(tenant, 'install', '--rg empty --yes');

    expect({ exitCode, err }).toEqual({ exitCode: 1, err: [`[ERROR] ${message}`] });
    expect(changesOf()).toEqual([]);
  });

  it('fails for a group of four without --yes, before anything is changed', async () => {
    for (const name of ['two', 'three', 'four']) tenant.addRegistry(name, 'prod');

    const { exitCode, err } = await script(tenant, 'install', '--rg prod');

    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: ['[ERROR] Bulk operations (resource group-wide) require --yes flag'],
    });
    expect(changesOf()).toEqual([]);
  });

  it.each([
    [
      'acr list',
      '--rg prod',
      [
        "[ERROR] No ACRs found in resource group 'prod'",
        '[ERROR] Could not read the list of ACRs: no network',
      ],
    ],
    [
      'acr show',
      '--acr images --rg prod',
      ["[ERROR] Could not read ACR 'images' in resource group 'prod': no network"],
    ],
    ['acr list', '--subscription --yes', ['[ERROR] Could not read the list of ACRs: no network']],
    ['ad sp show', '--acr images --rg prod', ['[ERROR] Could not read the service principal: no network']],
  ])('fails with the reason when az cannot say (%s)', async (call, line, err) => {
    tenant.azFailures.set(call, no('no network'));

    const printed = await script(tenant, 'install', line);

    expect(printed).toMatchObject({ exitCode: 1, err });
    expect(changesOf()).toEqual([]);
  });

  it('fails when the program passes over what was asked for', async () => {
    const { stack } = tenant;
    const up: typeof stack.up = async (config) => ({ ...(await stack.up(config)), changes: [] });
    Object.defineProperty(tenant, 'stack', { value: { ...stack, up } });

    const { exitCode, err } = await script(tenant, 'install', '--acr images --rg prod');

    expect({ exitCode, err }).toEqual({ exitCode: 1, err: [`[ERROR] No role was assigned at ${images}`] });
  });

  it('tries nothing again that failed before', async () => {
    tenant.addRegistry('second', 'dev');
    tenant.refusals.set(images, 'policy says no');
    const failed = await script(tenant, 'install', '--acr images --rg prod');

    const { exitCode } = await script(tenant, 'install', '--acr second --rg dev');

    expect(failed.err).toEqual(["[ERROR] Failed to assign AcrPull on 'images'", '[ERROR] policy says no']);
    expect(exitCode).toBe(0);
    expect(tenant.access).toEqual([`${PULL} second`]);
  });
});
