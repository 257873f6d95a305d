import type { AzureDirectory } from './control-plane-directory.ts';
import { AzureError } from './control-plane-errors.ts';
import { isSame, type RegistryResource } from './control-plane-registries.ts';
import type { ServicePrincipal } from './control-plane-service-principals.ts';

/** What a run of `az` printed, and its exit code. */
export type AzResult = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

/** Values of each option, by its long name. */
type Options = Readonly<Record<string, readonly string[]>>;
type Az = {
  readonly directory: AzureDirectory;
  /** What `az account get-access-token` gives; undefined when nobody is logged in. */
  readonly token: string | undefined;
};

/** The commands that are used here, with `--output json` alone. */
const COMMANDS: Readonly<Record<string, (options: Options, az: Az) => unknown>> = {
  'account show': (_, { directory }) => ({
    environmentName: 'AzureCloud',
    id: directory.subscriptionId,
    isDefault: true,
    name: 'Stand-in subscription',
    state: 'Enabled',
    tenantId: directory.tenantId,
    user: { name: 'operator@example.test', type: 'user' },
  }),
  'account get-access-token': (_, { directory, token }) => ({
    accessToken: token,
    expires_on: Math.floor(Date.now() / 1000) + 3600,
    subscription: directory.subscriptionId,
    tenant: directory.tenantId,
    tokenType: 'Bearer',
  }),
  'acr list': (options, { directory }) => registriesOf(options, directory).map(registryOutput),
  'acr show': (options, { directory }) => {
    const name = only(options, '--name');
    const found = registriesOf(options, directory).find((registry) => isSame(registry.name, name));
    if (found === undefined)
      throw new AzureError(404, 'ResourceNotFound', `The resource '${name}' was not found.`);
    return registryOutput(found);
  },
  'ad sp show': (options, { directory }) => {
    const { objectId, ...principal } = principalOf(only(options, '--id'), directory);
    return { id: objectId, ...principal };
  },
  'ad sp delete': async (options, { directory }) => {
    await directory.principals.remove(principalOf(only(options, '--id'), directory).objectId);
  },
  'role assignment list': (options, { directory }) => {
    const { objectId } = principalOf(only(options, '--assignee'), directory);
    const scope = options['--all'] === undefined ? only(options, '--scope') : undefined;
    return directory.assignments
      .list()
      .filter(({ principalId }) => principalId === objectId)
      .filter((held) => scope === undefined || isSame(held.scope, scope));
  },
  'role assignment delete': async (options, { directory }) => {
    for (const id of options['--ids'] ?? []) await directory.assignments.remove(id);
  },
};

/** Answers one run of the stand-in `az`. */
export async function answerAz(az: Az, argv: readonly string[]): Promise<AzResult> {
  const firstOption = argv.findIndex((word) => word.startsWith('-'));
  const words = argv.slice(0, firstOption === -1 ? argv.length : firstOption).join(' ');
  const options = optionsOf(argv.slice(words.split(' ').length));
  const command = COMMANDS[words];
  if (command === undefined || only(options, '--output') !== 'json')
    return { stdout: '', stderr: `ERROR: the stand-in az has no '${argv.join(' ')}'\n`, exitCode: 2 };
  if (az.token === undefined)
    return { stdout: '', stderr: "ERROR: Please run 'az login' to setup account.\n", exitCode: 1 };
  try {
    const value = await command(options, az);
    return { stdout: value === undefined ? '' : JSON.stringify(value, null, 2), stderr: '', exitCode: 0 };
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
    if (!word.startsWith('--')) values.push(word);
    else {
      values = [];
      options[word] = values;
    }
  }
  return options;
}

function only(options: Options, name: string): string {
  return options[name]?.[0] ?? '';
}

function registriesOf(options: Options, directory: AzureDirectory): readonly RegistryResource[] {
  const group = options['--resource-group']?.[0];
  const registries = directory.resources.registries(group);
  if (registries === undefined)
    throw new AzureError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  return registries;
}

function principalOf(id: string, { principals }: AzureDirectory): ServicePrincipal {
  const principal = principals.byAppId(id) ?? principals.byObjectId(id);
  if (principal === undefined)
    throw new AzureError(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist`);
  return principal;
}

function registryOutput({ id, name, resourceGroup, loginServer, mode }: RegistryResource): unknown {
  return { id, name, resourceGroup, loginServer, roleAssignmentMode: mode };
}
