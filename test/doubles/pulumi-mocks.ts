import { runtime } from '@pulumi/pulumi';

export type DeclaredResource = {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Id it is imported by, empty when it is made. */
  readonly importId: string;
  /** Reference of the provider, with its URN. */
  readonly provider: string;
};

export type PulumiDouble = {
  readonly resources: DeclaredResource[];
  /** Assignments of roles, by name. */
  assignments(): ReadonlyMap<string, DeclaredResource>;
};

export const NEW_PRINCIPAL = 'aaaaaaaa-0000-0000-0000-000000000001';
export const NEW_APP = 'cccccccc-0000-0000-0000-000000000003';
export const TENANT = 'bbbbbbbb-0000-0000-0000-000000000002';

/**
 * Stands in for engine and providers: notes what a program declares. `principals` are those that the tenant has, by app id.
 * With `preview` nothing is known of what does not exist yet, as in `pulumi preview`; with `refuses` Entra says so to every question.
 */
export async function pulumiDouble(
  principals: Readonly<Record<string, string>> = {},
  { preview = false, refuses }: { readonly preview?: boolean; readonly refuses?: string } = {},
): Promise<PulumiDouble> {
  const resources: DeclaredResource[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id, provider }) => {
        resources.push({
          type,
          name,
          inputs: inputs as Record<string, unknown>,
          importId: id ?? '',
          provider: provider ?? '',
        });
        return {
          id: preview ? undefined : `${name}-id`,
          state: { ...inputs, ...computed(type, inputs, principals, preview) },
        };
      },
      call: ({ token, inputs }) => {
        // As gRPC does, the words are in `details`.
        if (refuses !== undefined) throw Object.assign(new Error(), { details: refuses });
        if (token === 'azuread:index/getClientConfig:getClientConfig') return { tenantId: TENANT };
        if (token === 'azuread:index/getServicePrincipals:getServicePrincipals')
          return found(inputs, principals);
        throw new Error(`the double knows no ${token}`);
      },
    },
    'backline-azure',
    'test',
    preview,
  );
  const isAssignment = ({ type }: DeclaredResource) => type === 'azure-native:authorization:RoleAssignment';
  return {
    resources,
    assignments: () => new Map(resources.filter(isAssignment).map((one) => [one.name, one])),
  };
}

function computed(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  principals: Readonly<Record<string, string>>,
  preview: boolean,
): Record<string, unknown> {
  if (type === 'azuread:index/servicePrincipal:ServicePrincipal')
    return preview ? {} : { objectId: principals[String(inputs['clientId'])] ?? NEW_PRINCIPAL };
  if (type === 'azuread:index/application:Application')
    return {
      clientId: NEW_APP,
      objectId: 'dddddddd-0000-0000-0000-000000000004',
    };
  return {};
}

/** Like the provider: fails when it finds none at all. */
function found(inputs: unknown, principals: Readonly<Record<string, string>>): Record<string, unknown> {
  const { clientIds, ignoreMissing } = inputs as { clientIds: string[]; ignoreMissing?: boolean };
  const all: Readonly<Record<string, string>> = {
    '00000003-0000-0000-c000-000000000000': 'eeeeeeee-0000-0000-0000-000000000005',
    ...principals,
  };
  const servicePrincipals = clientIds.flatMap((clientId) =>
    all[clientId] === undefined ? [] : [{ clientId, objectId: all[clientId] }],
  );
  if (
    servicePrincipals.length === 0 ||
    (ignoreMissing !== true && servicePrincipals.length < clientIds.length)
  )
    throw new Error('No service principals found');
  return { servicePrincipals };
}
