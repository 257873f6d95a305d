import type { AzureDirectory } from './control-plane-directory.ts';
import { AzureError } from './control-plane-errors.ts';
import { isSame, type RegistryResource } from './control-plane-registries.ts';
import type { RoleAssignment } from './control-plane-role-assignments.ts';
import type { ServicePrincipal } from './control-plane-service-principals.ts';

/** What a run of `az` printed, and its exit code. */
export type AzResult = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

type Options = Readonly<Record<string, readonly string[]>>;
type Command = (options: Options, az: Az) => unknown;
type Az = { readonly directory: AzureDirectory; readonly token: string };

/** Names of roles that `--role` takes instead of their ids. */
const ROLES: Readonly<Record<string, string>> = {
  acrpull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'container registry repository reader': 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
  'container registry repository catalog lister': 'bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7',
};
const SHORT_OPTIONS: Readonly<Record<string, string>> = {
  '-g': '--resource-group',
  '-n': '--name',
  '-o': '--output',
  '-s': '--subscription',
};

const COMMANDS: Readonly<Record<string, Command>> = {
  'account show': (_, { directory }) => account(directory),
  'account list': (_, { directory }) => [account(directory)],
  'account get-access-token': (_, { directory, token }) => ({
    accessToken: token,
    expires_on: Math.floor(Date.now() / 1000) + 3600,
    subscription: directory.subscriptionId,
    tenant: directory.tenantId,
    tokenType: 'Bearer',
  }),
  'acr list': (options, { directory }) => registriesOf(options, directory).map(registryOutput),
  'acr show': (options, { directory }) => {
    const name = one(options, '--name');
    const found = registriesOf(options, directory).find((registry) => isSame(registry.name, name ?? ''));
    if (found === undefined)
      throw new AzureError(404, 'ResourceNotFound', `The resource '${name}' was not found.`);
    return registryOutput(found);
  },
  'ad sp show': (options, { directory }) => principalOutput(principalOf(options, directory)),
  'ad sp list': (options, { directory }) => {
    const appId =
      one(options, '--spid') ??
      /appId eq '(?<id>[^']+)'/.exec(one(options, '--filter') ?? '')?.groups?.['id'];
    return directory.principals
      .list()
      .filter((principal) => appId === undefined || principal.appId === appId)
      .map(principalOutput);
  },
  'ad sp create': async (options, { directory }) =>
    principalOutput(await directory.principals.create(one(options, '--id') ?? '')),
  'ad sp delete': async (options, { directory }) => {
    await directory.principals.remove(principalOf(options, directory).objectId);
  },
  'role assignment list': (options, { directory }) => listed(options, directory).map(assignmentOutput),
  'role assignment create': async (options, { directory }) => {
    const principalId = one(options, '--assignee-object-id') ?? assigneeOf(options, directory);
    const made = await directory.assignments.put(one(options, '--scope') ?? '', crypto.randomUUID(), {
      principalId: principalId ?? '',
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleOf(options)}`,
    });
    return assignmentOutput(made);
  },
  'role assignment delete': async (options, { directory }) => {
    const ids = options['--ids'] ?? listed(options, directory).map(({ id }) => id);
    for (const id of ids) await directory.assignments.remove(id);
  },
};

/** Answers one run of the stand-in `az`; `token` is what `az account get-access-token` gives. */
export async function answerAz(az: Az, argv: readonly string[]): Promise<AzResult> {
  const firstOption = argv.findIndex((word) => word.startsWith('-'));
  const words = firstOption === -1 ? argv : argv.slice(0, firstOption);
  const options = optionsOf(firstOption === -1 ? [] : argv.slice(firstOption));
  const command = COMMANDS[words.join(' ')];
  if (command === undefined)
    return { stdout: '', stderr: `ERROR: the stand-in az has no '${words.join(' ')}'\n`, exitCode: 2 };
  try {
    const value = query(one(options, '--query'), await command(options, az));
    return { stdout: printed(value, one(options, '--output')), stderr: '', exitCode: 0 };
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    // 3 says "not found".
    const exitCode = error.status === 404 ? 3 : 1;
    return { stdout: '', stderr: `ERROR: (${error.code}) ${error.message}\n`, exitCode };
  }
}

function optionsOf(words: readonly string[]): Options {
  const options: Record<string, string[]> = {};
  let values: string[] = [];
  for (const word of words) {
    if (!word.startsWith('-')) values.push(word);
    else {
      const [name = '', ...inline] = word.split('=');
      values = inline.length === 0 ? [] : [inline.join('=')];
      options[SHORT_OPTIONS[name] ?? name] = values;
    }
  }
  return options;
}

function one(options: Options, name: string): string | undefined {
  return options[name]?.[0];
}

/** The part of JMESPath that is asked for here: `name`, `a.b`, `[].name`, `[0].name`, `length(@)`. */
function query(path: string | undefined, value: unknown): unknown {
  if (path === undefined || value === undefined) return value;
  if (path === 'length(@)') return Array.isArray(value) ? value.length : 0;
  return path
    .replaceAll(/\[(?<index>\d*)\]/g, '.[$<index>]')
    .split('.')
    .filter((step) => step !== '')
    .reduce<unknown>((at, step) => stepInto(at, step), value);
}

function stepInto(at: unknown, step: string): unknown {
  if (step === '[]') return at;
  const index = /^\[(?<index>\d+)\]$/.exec(step)?.groups?.['index'];
  if (index !== undefined) return Array.isArray(at) ? at[Number(index)] : undefined;
  if (Array.isArray(at)) return at.map((item) => stepInto(item, step));
  return typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined;
}

function printed(value: unknown, output: string | undefined): string {
  if (value === undefined || output === 'none') return '';
  if (output !== 'tsv') return `${JSON.stringify(value, null, 2)}\n`;
  const lines = Array.isArray(value) ? (value as unknown[]) : [value];
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line ?? '')}\n`).join('');
}

function account({ subscriptionId, tenantId }: AzureDirectory): unknown {
  return {
    environmentName: 'AzureCloud',
    id: subscriptionId,
    isDefault: true,
    name: 'Stand-in subscription',
    state: 'Enabled',
    tenantId,
    user: { name: 'operator@example.test', type: 'user' },
  };
}

function registriesOf(options: Options, directory: AzureDirectory): readonly RegistryResource[] {
  const group = one(options, '--resource-group');
  const registries = directory.resources.registries(group);
  if (registries === undefined)
    throw new AzureError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  return registries;
}

function principalOf(options: Options, { principals }: AzureDirectory): ServicePrincipal {
  const id = one(options, '--id') ?? '';
  const principal = principals.byAppId(id) ?? principals.byObjectId(id);
  if (principal === undefined)
    throw new AzureError(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist`);
  return principal;
}

function assigneeOf(options: Options, { principals }: AzureDirectory): string | undefined {
  const assignee = one(options, '--assignee') ?? one(options, '--assignee-object-id');
  return assignee === undefined ? undefined : (principals.byAppId(assignee)?.objectId ?? assignee);
}

function roleOf(options: Options): string | undefined {
  const role = one(options, '--role');
  return role === undefined ? undefined : (ROLES[role.toLowerCase()] ?? role.split('/').at(-1));
}

function listed(options: Options, directory: AzureDirectory): readonly RoleAssignment[] {
  const [assignee, role, scope] = [assigneeOf(options, directory), roleOf(options), one(options, '--scope')];
  return directory.assignments
    .list()
    .filter((held) => assignee === undefined || held.principalId === assignee)
    .filter((held) => role === undefined || held.roleDefinitionId.endsWith(role))
    .filter((held) => scope === undefined || isSame(held.scope, scope));
}

function registryOutput({ id, name, resourceGroup, loginServer, mode }: RegistryResource): unknown {
  return { id, name, resourceGroup, loginServer, roleAssignmentMode: mode };
}

function principalOutput({ objectId, ...principal }: ServicePrincipal): unknown {
  return { id: objectId, ...principal };
}

function assignmentOutput(assignment: RoleAssignment): unknown {
  const guid = assignment.roleDefinitionId.split('/').at(-1);
  const roleDefinitionName = Object.keys(ROLES).find((name) => ROLES[name] === guid);
  return { ...assignment, roleDefinitionName };
}
