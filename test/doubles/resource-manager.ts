import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry as it is put into the double. */
export type RegistryInArm = {
  readonly name: string;
  readonly resourceGroup: string;
  readonly subscriptionId?: string;
  readonly loginServer?: string;
  /** `null` for registries from before there was a choice. */
  readonly mode?: 'LegacyRegistryPermissions' | 'AbacRepositoryPermissions' | null;
};

export type AssignmentInArm = {
  readonly scope: string;
  readonly name: string;
  readonly roleGuid: string;
  readonly principalId: string;
  /** As Azure writes it, when that differs from scope and name. */
  readonly id?: string;
};

export type ArmDouble = {
  readonly url: string;
  readonly registries: RegistryInArm[];
  readonly assignments: AssignmentInArm[];
  /** Paths with their queries, in order. */
  readonly requests: string[];
  /** Answers the next request in its stead when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): Promise<void>;
};

export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
export const TOKEN = 'token-of-the-test';
const PAGE = 2;

/** The part of Azure Resource Manager that onboarding reads, on loopback: lists come in pages of two. */
export async function armDouble(): Promise<ArmDouble> {
  const server = createServer((request, response) => answer(double, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const double: ArmDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    registries: [],
    assignments: [],
    requests: [],
    intercept: () => false,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return double;
}

/** The id of a registry, as Azure writes it. */
export function registryId({ name, resourceGroup, subscriptionId = SUBSCRIPTION }: RegistryInArm): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${name}`;
}

function answer(double: ArmDouble, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', double.url);
  double.requests.push(`${url.pathname}${url.search}`);
  if (double.intercept(request, response)) return;
  if (request.headers.authorization !== `Bearer ${TOKEN}`)
    return send(response, 401, refusal('AuthenticationFailed'));
  const path = decodeURIComponent(url.pathname).toLowerCase();
  const [, scope = ''] = /^(.*)\/providers\/microsoft\.authorization\/roleassignments$/.exec(path) ?? [];
  if (scope !== '') return sendPage(double, url, response, assignmentsAt(double, url, scope));
  const registry = double.registries.find((one) => registryId(one).toLowerCase() === path);
  if (registry !== undefined) return send(response, 200, described(registry));
  const [, parent = ''] = /^(.*)\/providers\/microsoft\.containerregistry\/registries$/.exec(path) ?? [];
  const within = double.registries.filter((one) => registryId(one).toLowerCase().startsWith(`${parent}/`));
  if (parent !== '' && (within.length > 0 || !parent.includes('/resourcegroups/')))
    return sendPage(double, url, response, within.map(described));
  return send(response, 404, refusal(parent === '' ? 'ResourceNotFound' : 'ResourceGroupNotFound'));
}

/** At, above and below the scope, as the filter by principal has it. */
function assignmentsAt(double: ArmDouble, url: URL, scope: string): unknown[] {
  const principalId = /^principalId eq '(.+)'$/.exec(url.searchParams.get('$filter') ?? '')?.[1];
  return double.assignments
    .filter((one) => one.principalId === principalId)
    .filter((one) => {
      const own = one.scope.toLowerCase();
      return own.startsWith(scope) || scope.startsWith(own);
    })
    .map((one) => ({
      id: one.id ?? `${one.scope}/providers/Microsoft.Authorization/roleAssignments/${one.name}`,
      name: one.name,
      type: 'Microsoft.Authorization/roleAssignments',
      properties: {
        scope: one.scope,
        principalId: one.principalId,
        roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${one.roleGuid.toUpperCase()}`,
      },
    }));
}

function described(registry: RegistryInArm): unknown {
  const { name, loginServer, mode } = registry;
  return {
    id: registryId(registry),
    name,
    type: 'Microsoft.ContainerRegistry/registries',
    properties: {
      loginServer: loginServer ?? `${name.toLowerCase()}.azurecr.io`,
      ...(mode === null ? {} : { roleAssignmentMode: mode ?? 'LegacyRegistryPermissions' }),
    },
  };
}

function sendPage(double: ArmDouble, url: URL, response: ServerResponse, values: readonly unknown[]): void {
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(from + PAGE));
  send(response, 200, {
    value: values.slice(from, from + PAGE),
    ...(from + PAGE < values.length
      ? { nextLink: new URL(next.pathname + next.search, double.url).href }
      : {}),
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The body of a refusal. */
export function refusal(code: string): unknown {
  return { error: { code, message: `the double says ${code}` } };
}
