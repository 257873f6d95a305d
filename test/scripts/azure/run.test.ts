import { describe, expect, it } from '@jest/globals';
import { AzureTenant } from '../../doubles/azure-tenant.ts';
import { script } from './run-script.ts';

const ONE = '11111111-1111-4111-8111-111111111111';

describe('scripts/azure/run', () => {
  it.each(['install', 'cleanup'] as const)('prints what %s takes, and does nothing', async (command) => {
    const tenant = new AzureTenant();

    const { exitCode, out, err } = await script(tenant, command, '--help');

    expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
    expect(out[0]).toBe(`Usage: ${command}_azure_integration.sh [OPTIONS]`);
    for (const option of [
      '--acr',
      '--rg, --resource-group',
      '--cloud-sub',
      '--yes',
      '--dry-run',
      '-h, --help',
    ]) {
      expect(out.some((line) => line.startsWith(`    ${option} `))).toBe(true);
    }
    expect(tenant.calls).toEqual([]);
  });

  it('rejects an option that there is not, with the usage beside it', async () => {
    const { exitCode, out, err } = await script(new AzureTenant(), 'install', '--regsitry a');

    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(err.slice(0, 2)).toEqual([
      '[ERROR] Unknown option: --regsitry',
      'Usage: install_azure_integration.sh [OPTIONS]',
    ]);
  });

  it('makes what Azure answers harmless to a terminal', async () => {
    const { err } = await script(new AzureTenant(), 'install', ['--acr', '\u001b[2J', '--rg', 'g']);

    expect(err).toEqual(["[ERROR] ACR '\\u001b[2J' not found in resource group 'g'"]);
  });

  describe('without arguments', () => {
    it('shows the menu, and runs what is answered', async () => {
      const tenant = new AzureTenant();
      tenant.addRegistry('images', 'prod');
      tenant.addRegistry('second', 'prod');

      const { exitCode, out } = await script(tenant, 'install', [], ['1', ' images  second ', 'prod']);

      expect(exitCode).toBe(0);
      expect(out.slice(0, 8)).toEqual([
        '',
        '=== Backline AI Azure Integration Setup ===',
        '',
        'Select mode:',
        '  1) Single ACR or multiple ACRs in one resource group',
        '  2) All ACRs in a resource group',
        '  3) All ACRs in subscription',
        '  4) Azure Cloud - Reader role on subscriptions',
      ]);
      expect(out).toContain("[OK] AcrPull granted on 'second'");
    });

    it.each<[string, 'install' | 'cleanup', readonly string[]]>([
      ['four by name', 'install', ['1', 'acr1 acr2 acr3 acr4', 'prod', 'y']],
      ['a group', 'install', ['2', 'prod', 'y']],
      ['the subscription', 'install', ['3', 'yes']],
      ['subscriptions', 'install', ['4', `${ONE} ${ONE}`]],
      ['a group to remove', 'cleanup', ['2', 'prod', 'y']],
      ['registries to remove', 'cleanup', ['1', 'acr1', 'prod']],
      ['four to remove', 'cleanup', ['1', 'acr1 acr2 acr3 acr4', 'prod', 'yes']],
      ['everything', 'cleanup', ['3', 'y']],
      ['subscriptions to remove', 'cleanup', ['4', ONE]],
    ])('takes the answers for a confirmation: %s', async (_what, command, answers) => {
      const tenant = new AzureTenant();
      for (let index = 1; index <= 4; index += 1) tenant.addRegistry(`acr${index}`, 'prod');

      const { exitCode, err } = await script(tenant, command, [], answers);

      expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
    });

    it.each<['install' | 'cleanup', readonly string[]]>([
      ['install', ['1', 'a b c d', 'prod', 'n']],
      ['cleanup', ['1', 'a b c d', 'prod', '']],
      ['install', ['2', 'prod', 'n']],
      ['install', ['3', '']],
      ['cleanup', ['2', 'prod', 'Y']],
      ['cleanup', ['3', 'no']],
    ])('ends %s with 0 when it is not confirmed', async (command, answers) => {
      const tenant = new AzureTenant();

      const { exitCode, out } = await script(tenant, command, [], answers);

      expect({ exitCode, last: out.at(-1) }).toEqual({ exitCode: 0, last: 'Cancelled.' });
      expect(tenant.calls).toEqual([]);
    });

    it.each<['install' | 'cleanup', readonly string[], number, string]>([
      ['install', ['7'], 1, 'Invalid choice'],
      ['cleanup', [''], 1, 'Invalid choice'],
      ['install', ['4', 'abc'], 1, 'Invalid GUID format for subscription ID: abc'],
      ['install', ['4', ' '], 1, 'No ACRs, cloud subscriptions, or AKS subscriptions specified'],
      ['install', ['2', ''], 1, '--rg requires a value'],
      ['install', ['2', 'empty', 'y'], 1, "No ACRs found in resource group 'empty'"],
      ['cleanup', ['1', 'nope', 'prod'], 1, "ACR 'nope' not found in resource group 'prod'"],
      ['install', [], 1, 'The input ended before the question was answered'],
      ['cleanup', ['3'], 1, 'The input ended before the question was answered'],
    ])('rejects answers of %s: %j', async (command, answers, exitCode, message) => {
      expect(await script(new AzureTenant(), command, [], answers)).toMatchObject({
        exitCode,
        err: [`[ERROR] ${message}`],
      });
    });

    it.each<['install' | 'cleanup', string]>([
      ['install', "This will add 4 ACRs in 'prod'. Continue? (y/n): "],
      ['cleanup', "This will remove 4 ACRs in 'prod' from integration. Continue? (y/n): "],
    ])('asks before %s is done to more than three registries of a group', async (command, question) => {
      const { out } = await script(new AzureTenant(), command, [], ['1', 'a b c d', 'prod', 'n']);

      expect(out).toContain(question);
    });

    it('says of AKS how it is done', async () => {
      const { exitCode, err } = await script(new AzureTenant(), 'install', [], ['5']);

      expect(exitCode).toBe(2);
      expect(err.join()).toMatch(/^\[ERROR\] AKS is not part of this integration: /);
    });
  });
});
