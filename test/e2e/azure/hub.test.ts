import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Tenant, tenantWith } from './tenant.ts';

jest.setTimeout(600_000);

let tenant: Tenant | undefined;
afterEach(async () => {
  const ending = tenant;
  tenant = undefined;
  await ending?.end();
});

const HUB = ['--cwd', 'pulumi-azure/hub'] as const;
const ISSUER = 'https://0f6a3c1e-7e57-4b6c-8f5e-2f8f1f0a9d11.tokens.sts.global.api.aws';
const ROLE = 'arn:aws:iam::111122223333:role/scanner';

describe('e2e/azure/hub', () => {
  it('registers an app that the scanner alone can log in as, once, and takes it back', async () => {
    tenant = await tenantWith({});
    const { checkout, azure } = tenant;
    const found = azure.directory.snapshot();
    await checkout.pulumi('stack', 'init', 'hub', ...HUB);
    await checkout.pulumi('config', 'set', 'issuer', ISSUER, ...HUB);
    await checkout.pulumi('config', 'set', 'scannerRoleArns', ROLE, ...HUB);

    await checkout.pulumi('up', '--yes', '--skip-preview', ...HUB);
    const { stdout } = await checkout.pulumi('stack', 'output', '--json', ...HUB);
    const [app] = azure.directory.applications.list();
    expect(JSON.parse(stdout)).toMatchObject({ appId: app?.appId });
    expect(app).toMatchObject({
      signInAudience: 'AzureADMultipleOrgs',
      federatedCredentials: [{ issuer: ISSUER, subject: ROLE, audiences: ['api://AzureADTokenExchange'] }],
    });

    await checkout.pulumi('preview', '--expect-no-changes', ...HUB);
    await checkout.pulumi('config', 'set', 'displayName', 'Images', ...HUB);
    await checkout.pulumi('up', '--yes', '--skip-preview', ...HUB);
    expect(azure.directory.applications.list()).toEqual([{ ...app, displayName: 'Images' }]);

    await checkout.pulumi('destroy', '--yes', '--skip-preview', ...HUB);
    expect(azure.directory.snapshot()).toEqual(found);
  });
});
