import { randomUUID } from 'node:crypto';
import type { Changes } from './control-plane-changes.ts';
import { AzureError } from './control-plane-errors.ts';

export type FederatedCredential = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly description?: string;
};

export type Application = {
  readonly objectId: string;
  readonly appId: string;
  readonly displayName: string;
  readonly signInAudience: string;
  readonly federatedCredentials: readonly FederatedCredential[];
};

type Changeable = Partial<Pick<Application, 'displayName' | 'signInAudience'>>;

export interface Applications {
  list(): readonly Application[];
  get(objectId: string): Application | undefined;
  create(properties: Changeable & { readonly displayName: string }): Promise<Application>;
  update(objectId: string, properties: Changeable): Promise<Application>;
  remove(objectId: string): Promise<void>;
  addCredential(objectId: string, credential: Omit<FederatedCredential, 'id'>): Promise<FederatedCredential>;
  updateCredential(
    objectId: string,
    id: string,
    credential: Partial<FederatedCredential>,
  ): Promise<FederatedCredential>;
  removeCredential(objectId: string, id: string): Promise<void>;
}

/** The app registrations of a tenant, with their federated credentials. */
export function applications(context: Changes): Applications {
  const apps = new Map<string, Application>();
  const known = (objectId: string): Application => {
    const app = apps.get(objectId);
    if (app === undefined)
      throw new AzureError(404, 'Request_ResourceNotFound', `Resource '${objectId}' does not exist`);
    return app;
  };
  const change = async (
    verb: 'create' | 'update' | 'delete',
    kind: string,
    id: string,
    make: () => Application | { readonly gone: string },
  ): Promise<void> => {
    await context.changing(verb, kind, id);
    const made = make();
    if ('gone' in made) apps.delete(made.gone);
    else apps.set(made.objectId, made);
    await context.changed(verb, kind, id);
  };
  const withCredential = (app: Application, credential: FederatedCredential): Application => {
    const others = app.federatedCredentials.filter(({ id }) => id !== credential.id);
    // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations: 20, and pairs only once.
    if (others.some(({ issuer, subject }) => issuer === credential.issuer && subject === credential.subject))
      throw new AzureError(
        409,
        'Request_MultipleObjectsWithSameKeyValue',
        'issuer and subject exist already',
      );
    if (others.length >= 20) throw new AzureError(400, 'Request_BadRequest', 'more than 20 credentials');
    return { ...app, federatedCredentials: [...others, credential] };
  };
  return {
    list: () => [...apps.values()],
    get: (objectId) => apps.get(objectId),
    create: async (properties) => {
      const app = {
        signInAudience: 'AzureADMyOrg',
        ...properties,
        objectId: randomUUID(),
        appId: randomUUID(),
        federatedCredentials: [],
      };
      await change('create', 'application', app.objectId, () => app);
      return app;
    },
    update: async (objectId, properties) => {
      await change('update', 'application', objectId, () => ({ ...known(objectId), ...properties }));
      return known(objectId);
    },
    remove: async (objectId) => {
      known(objectId);
      await change('delete', 'application', objectId, () => ({ gone: objectId }));
    },
    addCredential: async (objectId, properties) => {
      const credential = { ...properties, id: randomUUID() };
      await change('create', 'federatedCredential', credential.id, () =>
        withCredential(known(objectId), credential),
      );
      return credential;
    },
    updateCredential: async (objectId, id, properties) => {
      const old = known(objectId).federatedCredentials.find((credential) => credential.id === id);
      if (old === undefined) throw new AzureError(404, 'Request_ResourceNotFound', `no credential ${id}`);
      const credential = { ...old, ...properties };
      await change('update', 'federatedCredential', id, () => withCredential(known(objectId), credential));
      return credential;
    },
    removeCredential: async (objectId, id) => {
      await change('delete', 'federatedCredential', id, () => {
        const app = known(objectId);
        return { ...app, federatedCredentials: app.federatedCredentials.filter((held) => held.id !== id) };
      });
    },
  };
}
