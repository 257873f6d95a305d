import { randomUUID } from 'node:crypto';
import type { Changes } from './control-plane-changes.ts';
import { AzureError } from './control-plane-errors.ts';

export type ServicePrincipal = {
  readonly objectId: string;
  /** Of the app it stands for; one principal at most in a tenant. */
  readonly appId: string;
  readonly displayName: string;
  readonly tags: readonly string[];
  readonly description?: string;
};

export interface ServicePrincipals {
  list(): readonly ServicePrincipal[];
  byAppId(appId: string): ServicePrincipal | undefined;
  byObjectId(objectId: string): ServicePrincipal | undefined;
  create(appId: string, properties?: Partial<ServicePrincipal>): Promise<ServicePrincipal>;
  update(objectId: string, properties: Partial<ServicePrincipal>): Promise<ServicePrincipal>;
  /** Its role assignments stay and point nowhere, as in Azure. */
  remove(objectId: string): Promise<void>;
}

/** Every tenant has a service principal of Microsoft Graph. */
const GRAPH: ServicePrincipal = {
  objectId: 'b8a1a4f3-5b0e-4f5e-9a55-7d2f1d1f3c10',
  appId: '00000003-0000-0000-c000-000000000000',
  displayName: 'Microsoft Graph',
  tags: [],
};

/** The service principals of a tenant. */
export function servicePrincipals(context: Changes): ServicePrincipals {
  const principals = new Map([[GRAPH.objectId, GRAPH]]);
  const byAppId = (appId: string): ServicePrincipal | undefined =>
    [...principals.values()].find((principal) => principal.appId === appId);
  const assertFree = (appId: string): void => {
    if (byAppId(appId) === undefined) return;
    throw new AzureError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  };
  const known = (objectId: string): ServicePrincipal => {
    const principal = principals.get(objectId);
    if (principal === undefined)
      throw new AzureError(404, 'Request_ResourceNotFound', `Resource '${objectId}' does not exist`);
    return principal;
  };
  return {
    list: () => [...principals.values()],
    byAppId,
    byObjectId: (objectId) => principals.get(objectId),
    create: async (appId, properties = {}) => {
      assertFree(appId);
      await context.changing('create', 'servicePrincipal', appId);
      assertFree(appId);
      const objectId = randomUUID();
      const principal = { displayName: `app ${appId}`, tags: [], ...properties, objectId, appId };
      principals.set(objectId, principal);
      await context.changed('create', 'servicePrincipal', objectId);
      return principal;
    },
    update: async (objectId, properties) => {
      const principal = { ...known(objectId), ...properties, objectId };
      await context.changing('update', 'servicePrincipal', objectId);
      principals.set(objectId, principal);
      await context.changed('update', 'servicePrincipal', objectId);
      return principal;
    },
    remove: async (objectId) => {
      known(objectId);
      await context.changing('delete', 'servicePrincipal', objectId);
      principals.delete(objectId);
      await context.changed('delete', 'servicePrincipal', objectId);
    },
  };
}
