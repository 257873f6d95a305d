import { z } from 'zod';
import { messageOf } from '../../../shared/errors.ts';
import { MiB } from '../../../shared/units.ts';
import { RegistryError } from '../../errors.ts';
import { exchange, readBody } from '../../oci/exchange.ts';
import { failureOf } from '../../oci/failure.ts';
import type { Http } from '../../oci/http.ts';
import { retrying } from '../../oci/retry.ts';
import type { EntraCredential } from './entra.ts';

const MAX_ANSWER_BYTES = 16 * MiB;
/** Pages of subscriptions or registries; more belong to nobody who reads them to explain an error. */
const MAX_PAGES = 100;

/** What its owner set on a registry. Absent: ARM does not say. */
export type AcrSettings = {
  /** Whose assignments count: registry-wide roles, or those of repositories, for which AcrPull is none. */
  readonly roleMode?: 'rbac' | 'abac';
  readonly publicAccess?: boolean;
  /** Tokens for ARM are taken as well as those for registries. */
  readonly armAudience?: boolean;
};

const pageSchema = z.object({
  value: z.array(z.unknown()),
  nextLink: z.string().nullish(),
});
const subscriptionSchema = z.object({ subscriptionId: z.guid() });
// https://learn.microsoft.com/en-us/rest/api/container-registry/registries/list (2025-11-01)
const registrySchema = z.object({
  properties: z.object({
    loginServer: z.string(),
    roleAssignmentMode: z.string().optional(),
    publicNetworkAccess: z.string().optional(),
    policies: z
      .object({ azureADAuthenticationAsArmPolicy: z.object({ status: z.string().optional() }).optional() })
      .optional(),
  }),
});

/**
 * Looks a registry's settings up over ARM, in the subscriptions the application may read. AcrPull alone opens none:
 * `undefined` is the common case. Throws `RegistryError` when ARM does not answer.
 */
export async function acrSettings(
  loginServer: string,
  entra: EntraCredential,
  arm: string,
  http: Http,
): Promise<AcrSettings | undefined> {
  const ask = armPages(arm, await entra.token(arm), http);
  for await (const item of ask('/subscriptions?api-version=2022-12-01')) {
    const subscription = subscriptionSchema.safeParse(item).data?.subscriptionId;
    if (subscription === undefined) continue;
    const provider = 'providers/Microsoft.ContainerRegistry/registries?api-version=2025-11-01';
    for await (const one of ask(`/subscriptions/${subscription}/${provider}`)) {
      const properties = registrySchema.safeParse(one).data?.properties;
      if (properties?.loginServer === loginServer) return settingsOf(properties);
    }
  }
  return undefined;
}

function settingsOf(properties: z.infer<typeof registrySchema>['properties']): AcrSettings {
  const { roleAssignmentMode, publicNetworkAccess, policies } = properties;
  const armStatus = policies?.azureADAuthenticationAsArmPolicy?.status;
  return {
    ...(roleAssignmentMode === 'AbacRepositoryPermissions' ? { roleMode: 'abac' } : {}),
    ...(roleAssignmentMode === 'LegacyRegistryPermissions' ? { roleMode: 'rbac' } : {}),
    ...(publicNetworkAccess === undefined ? {} : { publicAccess: publicNetworkAccess !== 'Disabled' }),
    ...(armStatus === undefined ? {} : { armAudience: armStatus !== 'disabled' }),
  };
}

/** Lists what is below a path of ARM, page by page; nothing where the application may not look. */
function armPages(arm: string, token: string, http: Http): (path: string) => AsyncGenerator {
  return async function* pages(path) {
    let url = URL.parse(path, arm);
    for (let page = 0; url !== null && page < MAX_PAGES; page++) {
      const current = url;
      const body = await retrying(() => armPage(current, token, http), http);
      if (body === undefined) return;
      yield* body.value;
      const next = body.nextLink ? URL.parse(body.nextLink) : null;
      // The token is for this address alone.
      url = next?.origin === current.origin ? next : null;
    }
  };
}

async function armPage(url: URL, token: string, http: Http): Promise<z.infer<typeof pageSchema> | undefined> {
  const answer = await exchange(url, { headers: { authorization: `Bearer ${token}` } }, http);
  if (answer.status !== 200) {
    const wanted = { kind: 'list', name: 'the registries' } as const;
    const failure = await failureOf(answer, wanted, http.now(), (text) => text.replaceAll(token, '(secret)'));
    if (failure.code === 'forbidden' || failure.code === 'unauthorized') return undefined;
    throw failure;
  }
  try {
    const bytes = await readBody(answer, MAX_ANSWER_BYTES);
    return pageSchema.parse(JSON.parse(bytes?.toString('utf8') ?? ''));
  } catch (error) {
    throw new RegistryError(
      'registry-error',
      `${url.host} answers with something else than a list: ${messageOf(error).slice(0, 200)}`,
    );
  }
}
