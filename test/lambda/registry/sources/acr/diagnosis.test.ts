import { describe, expect, it } from '@jest/globals';
import { type AcrLoginOptions, RegistryError } from '../../../../../lambda/registry/index.ts';
import { diagnosed } from '../../../../../lambda/registry/sources/acr/diagnosis.ts';
import { messageOf } from '../../../../../lambda/shared/errors.ts';
import {
  APP,
  all,
  names,
  REGISTRIES,
  type Setting,
  type SettingOptions,
  setting,
  TENANT,
} from './setting.ts';

const ABAC = { mode: 'abac' } as const;
const READER = { appId: APP, role: 'Repository Reader' } as const;

type Refusal = { readonly code: string; readonly sentence: unknown; readonly remedy: unknown };

async function refusalOf(act: () => Promise<unknown>, { acr }: Setting): Promise<Refusal> {
  const error: unknown = await act().catch((error: unknown) => error);
  if (!(error instanceof RegistryError)) throw new Error('expected a RegistryError', { cause: error });
  const { sentence = '', remedy } = error.data;
  expect(error.message).toBe(`${sentence}: ${remedy}`);
  return {
    code: error.code,
    sentence: String(sentence).replaceAll(acr.host, 'HOST'),
    remedy: String(remedy).replaceAll(acr.host, 'HOST'),
  };
}

const catalogue: readonly [string, SettingOptions, Refusal][] = [
  [
    'no service principal in the tenant',
    { principals: [] },
    {
      code: 'principal-missing',
      sentence:
        `tenant ${TENANT} has no service principal of the application ${APP} (AADSTS7000229: The client application ` +
        `${APP} is missing service principal in the tenant ${TENANT})`,
      remedy: `onboard the tenant with the Azure integration, or: az ad sp create --id ${APP}`,
    },
  ],
  [
    'an address that is not let in',
    { acr: { closed: true } },
    {
      code: 'network-forbidden',
      sentence:
        'HOST takes no requests from 203.0.113.7: its network rules leave the address out, or its public network access is disabled',
      remedy:
        'az acr network-rule add --name 127 --ip-address 203.0.113.7; that opens nothing while public access is ' +
        'disabled: then enable public access for selected networks with this address, or scan from where its private endpoint is reached',
    },
  ],
  [
    'network rules, when ARM says that public access is enabled',
    { acr: { closed: true }, arm: { publicNetworkAccess: 'Enabled' } },
    {
      code: 'network-forbidden',
      sentence: 'HOST takes no requests from 203.0.113.7: its network rules leave the address out',
      remedy: 'az acr network-rule add --name 127 --ip-address 203.0.113.7',
    },
  ],
  [
    'a disabled public network, when ARM says so',
    { acr: { closed: true }, arm: { publicNetworkAccess: 'Disabled' } },
    {
      code: 'network-forbidden',
      sentence: 'HOST takes no requests from 203.0.113.7: its public network access is disabled',
      remedy:
        'enable public access for selected networks with this address, or scan from where its private endpoint is reached',
    },
  ],
  [
    'no role',
    { acr: { assignments: [] } },
    {
      code: 'role-missing',
      sentence: 'HOST gives the application no login: it has no role there',
      remedy:
        'assign AcrPull on the registry; in ABAC mode "Container Registry Repository Reader" and "Container Registry ' +
        'Repository Catalog Lister"; a new assignment takes some minutes to count',
    },
  ],
  [
    'no role where registry-wide roles count',
    { acr: { assignments: [] }, arm: { roleAssignmentMode: 'LegacyRegistryPermissions' } },
    {
      code: 'role-missing',
      sentence: 'HOST gives the application no login: it has no role there',
      remedy: 'assign AcrPull on the registry; a new assignment takes some minutes to count',
    },
  ],
  [
    'AcrPull in an ABAC registry',
    { acr: ABAC, arm: { roleAssignmentMode: 'AbacRepositoryPermissions' } },
    {
      code: 'abac-role-missing',
      sentence:
        'HOST gives the application no login: permissions there are those of repositories (ABAC), for which AcrPull does not count',
      remedy:
        'assign "Container Registry Repository Reader" and "Container Registry Repository Catalog Lister" on the ' +
        'registry, and check the conditions of such assignments',
    },
  ],
  [
    'no right to list',
    { acr: { ...ABAC, assignments: [READER] } },
    {
      code: 'catalog-forbidden',
      sentence: 'HOST logs the application in, but does not let it list repositories',
      remedy:
        'assign "Container Registry Repository Catalog Lister" on the registry, or name the repositories in the integration',
    },
  ],
  [
    'a disabled ARM audience where the tenant gives no other',
    { resources: [], takes: 'registries' },
    {
      code: 'audience-refused',
      sentence:
        'HOST refuses a token for ARM, the only one the tenant gives: most likely its ARM audience is disabled',
      remedy:
        `register Microsoft.ContainerRegistry in the tenant so that it gives tokens for ${REGISTRIES}, or: ` +
        'az acr config authentication-as-arm update --registry 127 --status enabled',
    },
  ],
  [
    'a disabled ARM audience, when ARM says so',
    { resources: [], takes: 'registries', arm: { armAudience: 'disabled' } },
    {
      code: 'audience-refused',
      sentence: 'HOST refuses a token for ARM, the only one the tenant gives: its ARM audience is disabled',
      remedy:
        `register Microsoft.ContainerRegistry in the tenant so that it gives tokens for ${REGISTRIES}, or: ` +
        'az acr config authentication-as-arm update --registry 127 --status enabled',
    },
  ],
];

const repository: readonly [string, SettingOptions, Refusal][] = [
  [
    'AcrPull in an ABAC registry that logs it in all the same',
    { acr: { ...ABAC, lenientExchange: true } },
    {
      code: 'abac-role-missing',
      sentence:
        'HOST logs the application in, but does not let it read app: permissions there are those of repositories (ABAC), for which AcrPull does not count',
      remedy:
        'assign "Container Registry Repository Reader" and "Container Registry Repository Catalog Lister" on the ' +
        'registry, and check the conditions of such assignments',
    },
  ],
  [
    'a condition that leaves a repository out',
    { acr: { ...ABAC, assignments: [{ ...READER, prefix: 'team/' }] } },
    {
      code: 'abac-role-missing',
      sentence:
        'HOST logs the application in, but does not let it read app: permissions there are those of repositories (ABAC), for which AcrPull does not count',
      remedy:
        'assign "Container Registry Repository Reader" and "Container Registry Repository Catalog Lister" on the ' +
        'registry, and check the conditions of such assignments',
    },
  ],
  [
    'a role without pull where registry-wide roles count',
    {
      acr: { assignments: [], lenientExchange: true },
      arm: { roleAssignmentMode: 'LegacyRegistryPermissions' },
    },
    {
      code: 'role-missing',
      sentence: 'HOST logs the application in, but does not let it read app',
      remedy: 'assign AcrPull on the registry',
    },
  ],
];

describe('registry/sources/acr/diagnosis', () => {
  it.each(catalogue)(
    'reports %s, with its remedy, when repositories are listed',
    async (_, options, expected) => {
      const there = await setting(options);

      expect(await refusalOf(() => names(there.open(), there), there)).toEqual(expected);
    },
  );

  it.each(repository)(
    'reports %s, with its remedy, when a repository is read',
    async (_, options, expected) => {
      const there = await setting(options);
      const app = { host: there.acr.host, name: 'app' };
      const registry = there.open();
      const source = await registry.open(app, there.image.descriptor.digest);
      const [only] = there.image.layers;
      if (only === undefined) throw new Error('no layer');

      expect(await refusalOf(() => all(registry.images(app, () => {})), there)).toEqual(expected);
      expect(await refusalOf(() => source.manifest(), there)).toEqual(expected);
      expect(await refusalOf(() => source.blob(only.descriptor), there)).toEqual(expected);
    },
  );

  it.each([
    [
      'list repositories',
      { code: 'catalog-forbidden', sentence: 'HOST does not let this login list its repositories' },
    ],
    ['read a repository', { code: 'role-missing', sentence: 'HOST does not let this login read team/api' }],
  ])("reports that the registry's own login may not %s", async (_, expected) => {
    const there = await setting({
      acr: { users: [{ user: 'scoped', password: 'p', repositories: ['app'] }] },
    });
    const credentials = async () => ({ kind: 'password', username: 'scoped', password: 'p' }) as const;
    const registry = there.open({ login: { kind: 'docker', credentials } });
    const act = () =>
      expected.code === 'role-missing'
        ? all(registry.images({ host: there.acr.host, name: 'team/api' }, () => {}))
        : names(registry, there);

    expect(await refusalOf(act, there)).toMatchObject(expected);
  });

  it.each<[string, AcrLoginOptions['kind']]>([
    ['an application', 'entra'],
    ["the registry's own login", 'docker'],
  ])('reports a storage host that refuses layers, and no missing role, to %s', async (_, kind) => {
    const there = await setting({ acr: { storageClosed: true, users: [{ user: 'admin', password: 'p' }] } });
    const credentials = async () => ({ kind: 'password', username: 'admin', password: 'p' }) as const;
    const registry = there.open(kind === 'docker' ? { login: { kind, credentials } } : {});
    const app = { host: there.acr.host, name: 'app' };
    const source = await registry.open(app, there.image.descriptor.digest);
    const [only] = there.image.layers;
    if (only === undefined) throw new Error('no layer');

    const { code, sentence, remedy } = await refusalOf(() => source.blob(only.descriptor), there);

    expect(code).toBe('network-forbidden');
    expect(String(sentence).replaceAll(there.acr.storageHost, 'STORAGE')).toBe(
      'HOST grants the read, but STORAGE, where it keeps the bytes, refuses it: something on the way blocks that host, or the signed address had expired',
    );
    expect(String(remedy).replaceAll(there.acr.storageHost, 'STORAGE')).toBe(
      'open STORAGE in firewall and proxy (*.blob.core.windows.net, or with dedicated data endpoints ' +
        'REGISTRY.REGION.data.azurecr.io), and check the clock of this machine',
    );
  });

  it.each([
    ['team.azurecr.io', 'team'],
    ['team-a1b2c3.azurecr.io', 'team'],
  ])('names the registry of %s in commands as %s', async (host, name) => {
    const refused = new RegistryError('forbidden', "client with IP '203.0.113.7' is not allowed access", {
      data: { status: 403, host },
    });
    const asked = { host, what: 'login', login: 'entra', settings: async () => undefined } as const;

    expect(await diagnosed(refused, asked)).toMatchObject({
      data: { remedy: expect.stringMatching(`^az acr network-rule add --name ${name} `) },
    });
  });

  it('looks the settings up once, over all pages of ARM, and only when something is refused', async () => {
    const there = await setting({ acr: ABAC, arm: { roleAssignmentMode: 'AbacRepositoryPermissions' } });
    const registry = there.open();
    const askedOfArm = () => there.entra.asked.filter(({ scope }) => scope === there.arm).length;

    await refusalOf(() => names(registry, there), there);
    const once = askedOfArm();
    await refusalOf(() => names(registry, there), there);

    // The second exchange tries ARM's audience again; its settings are known.
    expect([once, askedOfArm()]).toEqual([2, 3]);
  });

  it('keeps tokens out of what it reports, also when a registry repeats them', async () => {
    const there = await setting({ acr: { assignments: [] } });

    const error: unknown = await names(there.open(), there).catch((error: unknown) => error);

    expect(messageOf(error)).toContain('(secret)');
    expect(there.entra.given.length).toBeGreaterThan(1);
    for (const token of there.entra.given) {
      expect(messageOf(error)).not.toContain(token);
      expect(JSON.stringify(error)).not.toContain(token);
    }
  });
});
