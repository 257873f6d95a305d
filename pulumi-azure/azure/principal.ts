import { getServicePrincipals } from '@pulumi/azuread/getServicePrincipals.js';
import type { ProviderResource } from '@pulumi/pulumi';

/** Microsoft Graph has a principal in every tenant, under the same app id in all clouds. */
const MICROSOFT_GRAPH = '00000003-0000-0000-c000-000000000000';

/**
 * Object id of the app's service principal, if the tenant has one. Asked for together with one that is always there, as
 * the provider fails when it finds none at all: "not there" and "could not be asked" stay different.
 */
export async function principalOf(appId: string, provider: ProviderResource): Promise<string | undefined> {
  const { servicePrincipals } = await getServicePrincipals(
    { clientIds: [appId, MICROSOFT_GRAPH], ignoreMissing: true },
    { provider },
  );
  return servicePrincipals.find(({ clientId }) => clientId.toLowerCase() === appId.toLowerCase())?.objectId;
}
