import { EXIT, Refusal } from './refusal.ts';

export type CommandName = 'install' | 'cleanup';

/** Registries as they were typed: one by its name or, without `name`, all of a resource group. */
export interface Wanted {
  readonly name?: string;
  readonly resourceGroup: string;
}

/** What a command line asks for. */
export interface Request {
  readonly command: CommandName;
  /** In the order typed. */
  readonly wanted: readonly Wanted[];
  /** GUIDs in lower case, each once. */
  readonly cloudSubscriptions: readonly string[];
  /** Install: all registries of the login's subscription, whatever else is wanted of registries. */
  readonly wholeSubscription: boolean;
  /** Cleanup: the service principal and all it may do, whatever else is wanted. */
  readonly all: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

type Draft = { -readonly [Key in keyof Request]: Request[Key] } & { pending: readonly string[] };

/** Takes the option's value off the rest of the command line when it has one. */
type Option = (draft: Draft, value: () => string | undefined, appId: string) => void;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const COMMON: Readonly<Record<string, Option>> = {
  '--acr': (draft, value) => {
    draft.pending = [...draft.pending, ...words(needed(value(), '--acr requires a value'))];
  },
  '--rg': addGroup,
  '--resource-group': addGroup,
  '--cloud-sub': (draft, value) => {
    draft.cloudSubscriptions = [
      ...new Set([...draft.cloudSubscriptions, subscriptionOf(value(), '--cloud-sub')]),
    ];
  },
  '--aks-sub': ({ command }, value, appId) => {
    subscriptionOf(value(), '--aks-sub');
    refuseAks(command, appId);
  },
  '--yes': (draft) => {
    draft.yes = true;
  },
  '--dry-run': (draft) => {
    draft.dryRun = true;
  },
};

const OPTIONS: Readonly<Record<CommandName, Readonly<Record<string, Option>>>> = {
  install: {
    ...COMMON,
    '--subscription': (draft) => {
      draft.wholeSubscription = true;
    },
    '--aks-all': ({ command }, _value, appId) => refuseAks(command, appId),
  },
  cleanup: {
    ...COMMON,
    '--all': (draft) => {
      draft.all = true;
    },
  },
};

/**
 * Reads a command line from left to right; throws `Refusal` at the first thing that is wrong with it. `appId` is the app that sentences
 * name.
 */
export function parseArguments(
  command: CommandName,
  args: readonly string[],
  appId: string,
): Request | 'help' {
  const draft: Draft = { ...emptyRequest(command), pending: [] };
  const rest = [...args];
  const value = () => rest.shift();
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '-h' || name === '--help') return 'help';
    const option = Object.hasOwn(OPTIONS[command], name) ? OPTIONS[command][name] : undefined;
    if (option === undefined) throw new Refusal(`Unknown option: ${name}`, { exitCode: EXIT.usage });
    option(draft, value, appId);
  }
  const { pending, ...request } = draft;
  if (pending.length > 0) throw new Refusal('--acr requires a following --rg');
  return request;
}

/** A request for nothing. */
export function emptyRequest(command: CommandName): Request {
  return {
    command,
    wanted: [],
    cloudSubscriptions: [],
    wholeSubscription: false,
    all: false,
    yes: false,
    dryRun: false,
  };
}

/** The names in a text with blanks between them. */
export function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** A subscription's id in lower case; throws `Refusal` when it is none. */
export function checkedSubscription(text: string): string {
  if (!GUID.test(text)) throw new Refusal(`Invalid GUID format for subscription ID: ${text}`);
  return text.toLowerCase();
}

/** Says how AKS is done, of which this integration has no part. */
export function refuseAks(command: CommandName, appId: string): never {
  const verb = command === 'install' ? 'create' : 'delete';
  throw new Refusal(
    `AKS is not part of this integration: use az role assignment ${verb} --assignee ${appId} ` +
      '--role "Azure Kubernetes Service RBAC Reader" --scope CLUSTER_ID',
    { exitCode: EXIT.usage },
  );
}

function addGroup(draft: Draft, value: () => string | undefined): void {
  const resourceGroup = needed(value(), '--rg requires a value');
  const added = draft.pending.length === 0 ? [{}] : draft.pending.map((name) => ({ name }));
  draft.wanted = [...draft.wanted, ...added.map((one) => ({ ...one, resourceGroup }))];
  draft.pending = [];
}

function subscriptionOf(value: string | undefined, option: string): string {
  return checkedSubscription(needed(value, `${option} requires a subscription ID`));
}

// Blank values come from variables that are not set, and would widen what is asked for: `--acr "" --rg g` is not all of g.
function needed(value: string | undefined, sentence: string): string {
  if (value === undefined || words(value).length === 0 || words(value).some((word) => word.startsWith('-'))) {
    throw new Refusal(sentence);
  }
  return value;
}
