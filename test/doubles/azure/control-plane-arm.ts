import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../../../scripts/demo/registry.ts';
import type { AzureDirectory } from './control-plane-directory.ts';
import { AzureError } from './control-plane-errors.ts';
import { isSame, type RegistryResource } from './control-plane-registries.ts';
import type { RoleAssignment } from './control-plane-role-assignments.ts';

/** Few, so that a handful of resources takes more than one page. */
const PAGE_SIZE = 2;

const REGISTRIES =
  /^\/subscriptions\/(?<subscription>[^/]+)(?:\/resourceGroups\/(?<group>[^/]+))?\/providers\/Microsoft\.ContainerRegistry\/registries(?:\/(?<name>[^/]+))?$/i;
const ASSIGNMENTS =
  /^(?<scope>\/subscriptions\/.+?)\/providers\/Microsoft\.Authorization\/roleAssignments(?:\/(?<name>[^/]+))?$/i;
const PRINCIPAL_FILTER = /^principalId eq '(?<principalId>[^']*)'$/;

/**
 * Azure Resource Manager for those who hold the token: registries and role assignments, in pages. Without a token, or an api-version,
 * it refuses.
 */
export async function answerArm(
  directory: AzureDirectory,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    if (request.headers.authorization !== `Bearer ${token}`)
      throw new AzureError(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
    if (!url.searchParams.has('api-version'))
      throw new AzureError(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
    const answer = await answerOf(directory, request.method ?? 'GET', url);
    if (answer === undefined) return void response.writeHead(204).end();
    sendJson(response, 200, answer);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    sendJson(response, error.status, { error: { code: error.code, message: error.message } });
  }
}

async function answerOf(directory: AzureDirectory, method: string, url: URL): Promise<unknown> {
  const path = decodeURIComponent(url.pathname);
  const assignments = ASSIGNMENTS.exec(path)?.groups;
  if (assignments?.['scope'] !== undefined) {
    const { scope, name } = assignments;
    if (name === undefined) return page(listAssignments(directory, scope, url).map(assignmentBody), url);
    const there = directory.assignments.get(path);
    if (method === 'DELETE') await directory.assignments.remove(path);
    else if (there === undefined)
      throw new AzureError(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
    return there === undefined ? undefined : assignmentBody(there);
  }
  const registries = REGISTRIES.exec(path)?.groups;
  if (registries === undefined || method !== 'GET')
    throw new AzureError(404, 'InvalidResourceType', `the stand-in has no ${method} ${path}`);
  return registryAnswer(directory, registries, url);
}

function registryAnswer(
  directory: AzureDirectory,
  { subscription = '', group, name }: Readonly<Record<string, string | undefined>>,
  url: URL,
): unknown {
  if (!isSame(subscription, directory.subscriptionId))
    throw new AzureError(
      404,
      'SubscriptionNotFound',
      `The subscription '${subscription}' could not be found.`,
    );
  const registries = directory.resources.registries(group);
  if (registries === undefined)
    throw new AzureError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  if (name === undefined) return page(registries.map(registryBody), url);
  const registry = registries.find((one) => isSame(one.name, name));
  if (registry === undefined)
    throw new AzureError(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.ContainerRegistry/registries/${name}' under resource group '${group}' was not found.`,
    );
  return registryBody(registry);
}

/** At, above and below the scope, as the filter by principal has it. */
function listAssignments(directory: AzureDirectory, scope: string, url: URL): readonly RoleAssignment[] {
  const filter = url.searchParams.get('$filter');
  const principalId = filter === null ? undefined : PRINCIPAL_FILTER.exec(filter)?.groups?.['principalId'];
  if (filter !== null && principalId === undefined)
    throw new AzureError(400, 'BadRequestFormat', `The filter '${filter}' is not supported.`);
  const isWithin = (inner: string, outer: string): boolean =>
    isSame(inner, outer) || inner.toLowerCase().startsWith(`${outer.toLowerCase()}/`);
  return directory.assignments
    .list()
    .filter((one) => isWithin(one.scope, scope) || isWithin(scope, one.scope))
    .filter((one) => principalId === undefined || isSame(one.principalId, principalId));
}

function page(all: readonly unknown[], url: URL): unknown {
  const start = Number(url.searchParams.get('$skiptoken') ?? 0);
  const end = start + PAGE_SIZE;
  if (end >= all.length) return { value: all.slice(start) };
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(end));
  return { value: all.slice(start, end), nextLink: next.href };
}

function registryBody({ id, name, loginServer, mode }: RegistryResource): unknown {
  return {
    id,
    name,
    type: 'Microsoft.ContainerRegistry/registries',
    location: 'westeurope',
    sku: { name: 'Premium', tier: 'Premium' },
    properties: { loginServer, roleAssignmentMode: mode, provisioningState: 'Succeeded' },
  };
}

function assignmentBody({ id, name, ...properties }: RoleAssignment): unknown {
  return { id, name, type: 'Microsoft.Authorization/roleAssignments', properties };
}
