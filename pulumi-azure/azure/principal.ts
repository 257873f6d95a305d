import {
  type GetServicePrincipalsResult,
  getServicePrincipals,
} from '@pulumi/azuread/getServicePrincipals.js';
import type { ProviderResource } from '@pulumi/pulumi';

/** The directory of the tenant could not be asked, or refused to answer. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
}

/** Microsoft Graph has a principal in every tenant, under the same app id in all clouds. */
const MICROSOFT_GRAPH = '00000003-0000-0000-c000-000000000000';

/**
 * Object id of the app's service principal, if the tenant has one. Asked for together with one that is always there, as
 * the provider fails when it finds none at all: "not there" and "could not be asked" stay different.
 */
export async function principalOf(appId: string, provider: ProviderResource): Promise<string | undefined> {
  const { servicePrincipals } = await asked(provider, [appId, MICROSOFT_GRAPH]);
  return servicePrincipals.find(({ clientId }) => clientId.toLowerCase() === appId)?.objectId;
}

async function asked(provider: ProviderResource, clientIds: string[]): Promise<GetServicePrincipalsResult> {
  try {
    return await getServicePrincipals({ clientIds, ignoreMissing: true }, { provider });
  } catch (cause) {
    const { message } = cause as Error;
    throw new DirectoryError(`the service principals of the tenant cannot be read: ${message}`, { cause });
  }
}
