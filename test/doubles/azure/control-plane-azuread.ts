import sdk from '@pulumi/azuread/package.json' with { type: 'json' };
import type { Application, FederatedCredential } from './control-plane-applications.ts';
import type { AzureDirectory } from './control-plane-directory.ts';
import type { ProviderDouble, ResourceType, Values } from './control-plane-provider-methods.ts';
import type { ServicePrincipal } from './control-plane-service-principals.ts';

/** The provider azuread, as far as the onboarding uses it, over one directory. */
export function azuread(directory: AzureDirectory): ProviderDouble {
  return {
    version: sdk.version,
    resources: {
      'azuread:index/servicePrincipal:ServicePrincipal': servicePrincipal(directory),
      'azuread:index/application:Application': application(directory),
      'azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential':
        federatedCredential(directory),
    },
    functions: {
      'azuread:index/getClientConfig:getClientConfig': () => ({
        clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        objectId: '5ad0e2a5-54c3-44cd-b7a6-4f0c9e5a0f11',
        tenantId: directory.tenantId,
        id: directory.tenantId,
      }),
      'azuread:index/getServicePrincipals:getServicePrincipals': ({ clientIds, ignoreMissing }) => {
        const wanted = Array.isArray(clientIds) ? (clientIds as string[]) : [];
        const missing = wanted.filter((appId) => directory.principals.byAppId(appId) === undefined);
        // The provider fails when it finds none, whatever it was told to ignore.
        if (missing.length === wanted.length || (missing.length > 0 && ignoreMissing !== true))
          throw new Error(`Service principal not found: no service principal for ${missing.join(', ')}`);
        const principals = directory.principals.list().filter(({ appId }) => wanted.includes(appId));
        return {
          id: `servicePrincipals#${wanted.join('-')}`,
          clientIds: principals.map(({ appId }) => appId),
          objectIds: principals.map(({ objectId }) => objectId),
          displayNames: principals.map(({ displayName }) => displayName),
          servicePrincipals: principals.map(principalOutputs),
        };
      },
    },
  };
}

function servicePrincipal({ principals }: AzureDirectory): ResourceType {
  return {
    replaceOn: ['clientId'],
    computed: ['objectId', 'displayName', 'applicationTenantId'],
    create: async (inputs) => {
      const appId = String(inputs['clientId']);
      const existing = principals.byAppId(appId);
      if (existing !== undefined && inputs['useExisting'] !== true)
        throw new Error(
          `A resource with the ID "${principalId(existing)}" already exists - to be managed via this provider it needs to be imported`,
        );
      const principal =
        existing === undefined
          ? await principals.create(appId, principalChanges(inputs))
          : await updated(existing, inputs);
      return { id: principalId(principal), outputs: principalOutputs(principal) };
    },
    read: (id) => {
      const principal = principals.byObjectId(lastPart(id));
      if (principal === undefined) return undefined;
      const { clientId, tags, description } = principalOutputs(principal);
      return { inputs: { clientId, tags, description }, outputs: principalOutputs(principal) };
    },
    update: async (id, inputs) =>
      principalOutputs(await principals.update(lastPart(id), principalChanges(inputs))),
    remove: (id) => principals.remove(lastPart(id)),
  };

  async function updated(existing: ServicePrincipal, inputs: Values): Promise<ServicePrincipal> {
    const changes = principalChanges(inputs);
    if (Object.keys(changes).length === 0) return existing;
    return await principals.update(existing.objectId, changes);
  }
}

function application({ applications }: AzureDirectory): ResourceType {
  const outputs = ({ objectId, appId, displayName, signInAudience }: Application): Values => ({
    objectId,
    clientId: appId,
    displayName,
    signInAudience,
  });
  return {
    replaceOn: [],
    computed: ['objectId', 'clientId'],
    create: async (inputs) => {
      const made = await applications.create({ displayName: '', ...named(inputs) });
      return { id: `/applications/${made.objectId}`, outputs: outputs(made) };
    },
    read: (id) => {
      const app = applications.get(lastPart(id));
      if (app === undefined) return undefined;
      const { displayName, signInAudience } = app;
      return { inputs: { displayName, signInAudience }, outputs: outputs(app) };
    },
    update: async (id, inputs) => outputs(await applications.update(lastPart(id), named(inputs))),
    remove: (id) => applications.remove(lastPart(id)),
  };
}

function named({ displayName, signInAudience }: Values): { displayName?: string; signInAudience?: string } {
  return {
    ...(typeof displayName === 'string' ? { displayName } : {}),
    ...(typeof signInAudience === 'string' ? { signInAudience } : {}),
  };
}

function federatedCredential({ applications }: AzureDirectory): ResourceType {
  const fields = ({ displayName, issuer, subject, audiences, description }: Values) =>
    ({
      name: displayName,
      issuer,
      subject,
      audiences,
      ...(description === undefined ? {} : { description }),
    }) as Omit<FederatedCredential, 'id'>;
  const outputs = (applicationId: string, { id, name, ...rest }: FederatedCredential): Values => ({
    ...rest,
    applicationId,
    credentialId: id,
    displayName: name,
  });
  const placeOf = (id: string): { readonly objectId: string; readonly credentialId: string } => {
    const [objectId = '', , credentialId = ''] = id.split('/');
    return { objectId, credentialId };
  };
  return {
    replaceOn: ['applicationId', 'displayName'],
    computed: ['credentialId'],
    create: async (inputs) => {
      const objectId = lastPart(String(inputs['applicationId']));
      const made = await applications.addCredential(objectId, fields(inputs));
      return {
        id: `${objectId}/federatedIdentityCredential/${made.id}`,
        outputs: outputs(`/applications/${objectId}`, made),
      };
    },
    read: (id) => {
      const { objectId, credentialId } = placeOf(id);
      const held = applications.get(objectId)?.federatedCredentials.find((one) => one.id === credentialId);
      if (held === undefined) return undefined;
      const { credentialId: _, ...inputs } = outputs(`/applications/${objectId}`, held);
      return { inputs, outputs: outputs(`/applications/${objectId}`, held) };
    },
    update: async (id, inputs) => {
      const { objectId, credentialId } = placeOf(id);
      const made = await applications.updateCredential(objectId, credentialId, fields(inputs));
      return outputs(`/applications/${objectId}`, made);
    },
    remove: async (id) => {
      const { objectId, credentialId } = placeOf(id);
      await applications.removeCredential(objectId, credentialId);
    },
  };
}

function principalId({ objectId }: ServicePrincipal): string {
  return `/servicePrincipals/${objectId}`;
}

function principalOutputs({ objectId, appId, displayName, tags, description }: ServicePrincipal): Values {
  return { objectId, clientId: appId, displayName, tags, description };
}

function principalChanges({ tags, description }: Values): Partial<ServicePrincipal> {
  return {
    ...(Array.isArray(tags) ? { tags: tags as string[] } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

function lastPart(id: string): string {
  return id.split('/').at(-1) ?? id;
}
