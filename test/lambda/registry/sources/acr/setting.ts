import { randomBytes } from 'node:crypto';
import { afterEach } from '@jest/globals';
import { type AcrRegistryOptions, acrRegistry, type Registry } from '../../../../../lambda/registry/index.ts';
import type { EntraCredential } from '../../../../../lambda/registry/sources/acr/entra.ts';
import { entraFailure } from '../../../../../lambda/registry/sources/acr/entra-failure.ts';
import type { Gap } from '../../../../../lambda/shared/coverage.ts';
import { type AcrDouble, type AcrDoubleOptions, startAcr } from '../../../../doubles/azure/acr.ts';
import { type ArmDoubleOptions, startArm } from '../../../../doubles/azure/arm-registries.ts';
import { type EntraDouble, entraDouble, entraErrorOf } from '../../../../doubles/azure/entra.ts';
import { type BuiltImage, image, layer, push } from '../../../../support/image-builder.ts';
import { impatient } from '../../oci/setting.ts';

export const TENANT = '409520d4-8100-4d1d-ad47-72432ddcc120';
export const APP = '3fc75f55-e53f-4950-9127-665106cded58';
export const REGISTRIES = 'https://containerregistry.azure.net';
const SECRET = 'a-secret-of-the-application';

export type SettingOptions = {
  readonly acr?: Partial<Omit<AcrDoubleOptions, 'entra' | 'audiences'>>;
  /** Whose tokens the registry takes; both when absent. */
  readonly takes?: 'registries' | 'arm';
  /** Audiences that the tenant knows besides ARM's. */
  readonly resources?: readonly string[];
  /** Applications with a service principal in the tenant. */
  readonly principals?: readonly string[];
  /** The registry as ARM shows it, to those who may read it. */
  readonly arm?: Partial<ArmDoubleOptions['registries'][string][number]>;
  readonly now?: () => number;
};

export type Setting = {
  readonly entra: EntraDouble;
  readonly acr: AcrDouble;
  readonly credential: EntraCredential;
  /** Address of ARM. */
  readonly arm: string;
  readonly image: BuiltImage;
  readonly pauses: readonly number[];
  readonly gaps: Gap[];
  options(more?: Partial<AcrRegistryOptions>): AcrRegistryOptions;
  open(more?: Partial<AcrRegistryOptions>): Registry;
};

const running: (() => Promise<void>)[] = [];

/** A registry whose AcrPull the application has, with `app:1` and `app:latest`, `team/api:1`, `team/web:1`; closed after each test. */
export async function setting(options: SettingOptions = {}): Promise<Setting> {
  const clock = options.now === undefined ? {} : { now: options.now };
  const resources = [...(options.resources ?? [REGISTRIES])];
  const entra = entraDouble({
    applications: [{ id: APP, secret: SECRET }],
    tenants: { [TENANT]: options.principals ?? [APP] },
    resources,
    ...clock,
  });
  // As Azure's own examples have them: no UUID of RFC 9562.
  const subscription = 'aaaa0000-bb11-2222-33cc-444444dddddd';
  const other = 'f6f0c5a2-7b8e-4a55-8c11-4f6a3a0b8d90';
  const shown: ArmDoubleOptions['registries'][string][number][] = [];
  const arm = await startArm({
    entra,
    registries: { [other]: [{ loginServer: 'other.azurecr.io' }], [subscription]: shown },
    readers: options.arm === undefined ? [] : [APP],
  });
  resources.push(arm.origin);
  const acr = await startAcr({
    entra,
    tenantId: TENANT,
    audiences: [
      ...(options.takes === 'arm' ? [] : [REGISTRIES]),
      ...(options.takes === 'registries' ? [] : [arm.origin]),
    ],
    assignments: [{ appId: APP, role: 'AcrPull' }],
    ...clock,
    ...options.acr,
  });
  shown.push({ loginServer: 'third.azurecr.io' }, { loginServer: acr.host, ...options.arm });
  running.push(
    () => acr.close(),
    () => arm.close(),
  );
  const built = image([await layer([{ path: 'noise', content: randomBytes(3000) }])]);
  for (const [name, tag] of [
    ['app', '1'],
    ['app', 'latest'],
    ['team/api', '1'],
    ['team/web', '1'],
  ] as const)
    push(acr, name, tag, built);
  const patience = impatient(options.now === undefined ? {} : { now: options.now });
  const credential = directCredential(entra);
  const gaps: Gap[] = [];
  const all = (more: Partial<AcrRegistryOptions> = {}): AcrRegistryOptions => ({
    loginServers: [acr.host],
    login: { kind: 'entra', credential, arm: arm.origin, logins: new Map() },
    insecure: true,
    http: patience.http,
    ...more,
  });
  return {
    entra,
    acr,
    credential,
    arm: arm.origin,
    image: built,
    pauses: patience.pauses,
    gaps,
    options: all,
    open: (more) => {
      const registry = acrRegistry(all(more));
      running.unshift(() => registry.close());
      return registry;
    },
  };
}

/** Asks the double without a network, and understands its refusals as the real one does. */
function directCredential(entra: EntraDouble): EntraCredential {
  return {
    clientId: APP,
    tenantId: TENANT,
    token: async (audience) => {
      const form = new URLSearchParams({
        client_id: APP,
        client_secret: SECRET,
        scope: `${audience}/.default`,
      });
      const answer = entra.judge(TENANT, form);
      const asked = { clientId: APP, tenantId: TENANT, host: 'https://entra.test', audience };
      if (answer.status !== 200) throw entraFailure(entraErrorOf(answer), asked);
      return (answer.body as { access_token: string }).access_token;
    },
  };
}

/** Everything an asynchronous iterable gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Names of the repositories a registry lists; what it misses goes to the setting's `gaps`. */
export async function names(registry: Registry, { gaps }: Setting): Promise<string[]> {
  return (await all(registry.repositories((gap) => void gaps.push(gap)))).map(({ name }) => name);
}

afterEach(async () => {
  for (const close of running.splice(0)) await close();
});
