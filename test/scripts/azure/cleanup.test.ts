import { beforeEach, describe, expect, it } from '@jest/globals';
import { ACR_PULL, READER } from '../../../pulumi-azure/roles.ts';
import { AzureTenant, no, SUBSCRIPTION } from '../../doubles/azure-tenant.ts';
import { script } from './run-script.ts';

const PULL = ACR_PULL.guid.slice(0, 8);

describe('scripts/azure/cleanup', () => {
  let tenant: AzureTenant;
  let images: string;

  beforeEach(() => {
    tenant = new AzureTenant();
    images = tenant.addRegistry('images', 'prod');
    tenant.addRegistry('second', 'prod');
  });

  describe('of what the stack holds', () => {
    beforeEach(async () => {
      await script(tenant, 'install', `--rg prod --cloud-sub ${SUBSCRIPTION}`);
      tenant.calls.length = 0;
    });

    it('removes one registry out of a whole group, and keeps the principal', async () => {
      const { principal } = tenant;

      const printed = await script(tenant, 'cleanup', '--acr images --rg prod');

      expect(printed).toEqual({
        exitCode: 0,
        out: [
          '[INFO] Azure login validated (subscription: Test)',
          '',
          '[INFO] Removing ACR permissions...',
          "[OK] Removed AcrPull from 'images'",
          '',
          '[OK] Cleanup complete',
        ],
        err: [],
      });
      expect(tenant.access).toEqual([`${PULL} second`, `${READER.guid.slice(0, 8)} ${SUBSCRIPTION}`].sort());
      expect(tenant.principal).toBe(principal);
      expect(tenant.stored?.config['registries']).not.toContain('images');
    });

    it('removes a group and a subscription, each with its own lines', async () => {
      const { out } = await script(tenant, 'cleanup', `--rg prod --cloud-sub ${SUBSCRIPTION}`);

      expect(out.slice(2, -2)).toEqual([
        '[INFO] Removing ACR permissions...',
        "[OK] Removed AcrPull from 'images'",
        "[OK] Removed AcrPull from 'second'",
        '',
        '[INFO] Removing Azure Cloud permissions (Reader role)...',
        `[OK] Removed Reader from subscription '${SUBSCRIPTION}'`,
      ]);
      expect(tenant.access).toEqual([]);
    });

    it('removes a registry that Azure does not have any more', async () => {
      tenant.registries.delete(images);

      const byName = await script(tenant, 'cleanup', '--acr images --rg prod');

      expect(byName).toMatchObject({ exitCode: 0, err: [] });
      expect(byName.out).toContain("[OK] Removed AcrPull from 'images'");
    });

    it('removes of a group what Azure lists and what only the stack knows', async () => {
      tenant.registries.delete(images);
      tenant.addRegistry('third', 'prod');

      const { exitCode, out } = await script(tenant, 'cleanup', '--rg prod');

      expect(exitCode).toBe(0);
      expect(out.slice(2, -2)).toEqual([
        '[INFO] Removing ACR permissions...',
        "[OK] Removed AcrPull from 'second'",
        "[INFO] No AcrPull role found on 'third', skipping",
        "[OK] Removed AcrPull from 'images'",
      ]);
    });

    it('fails for a group of four without --yes, before anything is removed', async () => {
      for (const name of ['three', 'four']) tenant.addRegistry(name, 'prod');
      const before = tenant.access;

      const { exitCode, err } = await script(tenant, 'cleanup', '--rg prod');

      expect({ exitCode, err }).toEqual({ exitCode: 1, err: ['[ERROR] Bulk removal requires --yes flag'] });
      expect(tenant.access).toEqual(before);
    });

    it('says in a dry run what would go, and lets it stay', async () => {
      const before = tenant.access;

      const { exitCode, out } = await script(tenant, 'cleanup', '--acr images --rg prod --dry-run');

      expect(exitCode).toBe(0);
      expect(out).toContain(`[DRY-RUN] Would remove AcrPull from 'images' (${images})`);
      expect(tenant.access).toEqual(before);
      expect(tenant.calls).not.toContain('up');
    });

    it('fails when a role cannot be removed', async () => {
      tenant.refusals.set(images, 'a lock holds it');

      const { exitCode, out, err } = await script(tenant, 'cleanup', '--acr images --rg prod');

      expect(exitCode).toBe(1);
      expect(err).toEqual(["[ERROR] Failed to remove AcrPull from 'images'", '[ERROR] a lock holds it']);
      expect(out).not.toContain('[OK] Cleanup complete');
    });
  });

  describe('of what no stack knows', () => {
    it('removes what the published script assigned, without making a stack', async () => {
      tenant.principal = 'old';
      tenant.assign(ACR_PULL.guid, images);
      tenant.assign('b24988ac-6180-42a0-ab88-20f7382dd24c', images);

      const { exitCode, out } = await script(tenant, 'cleanup', '--acr images --rg prod');

      expect(exitCode).toBe(0);
      expect(out).toContain("[OK] Removed AcrPull from 'images'");
      expect(tenant.access).toEqual(['b24988ac images']);
      expect(tenant.stored).toBeUndefined();
    });

    it('says when there is nothing to remove', async () => {
      const { exitCode, out } = await script(
        tenant,
        'cleanup',
        `--acr images --rg prod --cloud-sub ${SUBSCRIPTION}`,
      );

      expect(exitCode).toBe(0);
      expect(out).toContain("[INFO] No AcrPull role found on 'images', skipping");
      expect(out).toContain(`[INFO] No Reader role found on subscription '${SUBSCRIPTION}', skipping`);
    });

    it('lets it stay in a dry run', async () => {
      tenant.principal = 'old';
      tenant.assign(ACR_PULL.guid, images);

      const { out } = await script(tenant, 'cleanup', '--acr images --rg prod --dry-run');

      expect(out).toContain(`[DRY-RUN] Would remove AcrPull from 'images' (${images})`);
      expect(tenant.access).toEqual([`${PULL} images`]);
    });

    it('fails with the reason when it cannot be removed', async () => {
      tenant.principal = 'old';
      tenant.assign(ACR_PULL.guid, images);
      tenant.azFailures.set('role assignment delete', no('a lock holds it'));

      const { exitCode, err } = await script(tenant, 'cleanup', '--acr images --rg prod');

      expect({ exitCode, err }).toEqual({
        exitCode: 1,
        err: ["[ERROR] Failed to remove AcrPull from 'images'", '[ERROR] a lock holds it'],
      });
    });
  });

  it('fails for a registry that exists nowhere, before anything is removed', async () => {
    await script(tenant, 'install', '--acr images --rg prod');

    const { exitCode, err } = await script(tenant, 'cleanup', ['--acr', 'images nope', '--rg', 'prod']);

    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: ["[ERROR] ACR 'nope' not found in resource group 'prod'"],
    });
    expect(tenant.access).toEqual([`${PULL} images`]);
  });

  it.each([
    ['--rg empty', "No ACRs found in resource group 'empty'"],
    ['--all', '--all requires --yes flag (destructive operation)'],
    [
      '--dry-run',
      'No ACRs, cloud subscriptions, or AKS subscriptions specified. Use --acr/--rg, --cloud-sub, --aks-sub, or --all',
    ],
  ])('fails for %s', async (line, message) => {
    expect(await script(tenant, 'cleanup', line)).toMatchObject({ exitCode: 1, err: [`[ERROR] ${message}`] });
  });
});
