import { isDeepStrictEqual } from 'node:util';
import pluginMessages from '@pulumi/pulumi/proto/plugin_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import type { Message } from 'google-protobuf';
import empties from 'google-protobuf/google/protobuf/empty_pb.js';
import structs from 'google-protobuf/google/protobuf/struct_pb.js';

/** Values as they travel between engine and provider: JSON. */
export type Values = Readonly<Record<string, unknown>>;

/** What a provider does for one type of resource. */
export type ResourceType = {
  /** Inputs that are given when the program leaves them out, drawn once. */
  readonly defaults?: () => Values;
  /** Inputs whose change makes a new resource, the old one being deleted before. */
  readonly replaceOn: readonly string[];
  /** Outputs that nobody knows before the resource exists. */
  readonly computed: readonly string[];
  /** Throws when it exists already, unless the real provider adopts it. */
  readonly create: (inputs: Values) => Promise<{ readonly id: string; readonly outputs: Values }>;
  /** What exists under the id, with the inputs that an import takes it to have; undefined when there is nothing. */
  readonly read: (id: string) => { readonly inputs: Values; readonly outputs: Values } | undefined;
  /** Gives the outputs. */
  readonly update: (id: string, inputs: Values) => Promise<Values>;
  readonly remove: (id: string) => Promise<void>;
};

export type ProviderDouble = {
  /** What the engine compares with the version that the program's package wants. */
  readonly version: string;
  /** By type: `azuread:index/servicePrincipal:ServicePrincipal`. */
  readonly resources: Readonly<Record<string, ResourceType>>;
  /** By token: `azuread:index/getServicePrincipals:getServicePrincipals`. */
  readonly functions: Readonly<Record<string, (args: Values) => Values>>;
};

/** Stands for a value that is not known before deployment (`UnknownStringValue` in the engine's plugin protocol). */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

type Request<Name extends keyof typeof messages> = InstanceType<(typeof messages)[Name]>;

/**
 * The methods of the service ResourceProvider, as the azure-native provider behaves: inputs are compared with inputs, and a
 * refresh changes those whose outputs have changed (pulumi/pulumi-azure-native, provider/pkg/provider/provider.go).
 */
export function providerMethods(
  provider: ProviderDouble,
): Readonly<Record<string, (request: never) => Message | Promise<Message>>> {
  const typeOf = (urn: string): ResourceType => {
    const name = urn.split('::')[2]?.split('$').at(-1) ?? urn;
    return found(provider.resources, name);
  };
  return {
    handshake: () => new messages.ProviderHandshakeResponse(),
    attach: () => new empties.Empty(),
    cancel: () => new empties.Empty(),
    getPluginInfo: () => new pluginMessages.PluginInfo().setVersion(provider.version),
    checkConfig: (request: Request<'CheckRequest'>) =>
      new messages.CheckResponse().setInputs(request.getNews()),
    diffConfig: () => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE),
    configure: () => new messages.ConfigureResponse().setSupportspreview(true),
    invoke: (request: Request<'InvokeRequest'>) =>
      new messages.InvokeResponse().setReturn(
        struct(found(provider.functions, request.getTok())(values(request.getArgs()))),
      ),
    check: (request: Request<'CheckRequest'>) => {
      const defaults = typeOf(request.getUrn()).defaults?.() ?? {};
      const kept = pick(values(request.getOlds()), Object.keys(defaults));
      return new messages.CheckResponse().setInputs(
        struct({ ...defaults, ...kept, ...values(request.getNews()) }),
      );
    },
    diff: (request: Request<'DiffRequest'>) =>
      difference(
        values(request.getOldInputs()),
        values(request.getNews()),
        typeOf(request.getUrn()).replaceOn,
      ),
    create: (request: Request<'CreateRequest'>) => create(request, typeOf(request.getUrn())),
    read: (request: Request<'ReadRequest'>) => read(request, typeOf(request.getUrn())),
    update: async (request: Request<'UpdateRequest'>) => {
      const inputs = values(request.getNews());
      const outputs = request.getPreview()
        ? values(request.getOlds())
        : await typeOf(request.getUrn()).update(request.getId(), inputs);
      return new messages.UpdateResponse().setProperties(struct({ ...outputs, ...inputs }));
    },
    delete: async (request: Request<'DeleteRequest'>) => {
      await typeOf(request.getUrn()).remove(request.getId());
      return new empties.Empty();
    },
  };
}

async function create(request: Request<'CreateRequest'>, type: ResourceType): Promise<Message> {
  const inputs = values(request.getProperties());
  if (request.getPreview()) {
    const computed = Object.fromEntries(type.computed.map((name) => [name, UNKNOWN]));
    return new messages.CreateResponse().setProperties(struct({ ...computed, ...inputs }));
  }
  const { id, outputs } = await type.create(inputs);
  return new messages.CreateResponse().setId(id).setProperties(struct({ ...inputs, ...outputs }));
}

function read(request: Request<'ReadRequest'>, type: ResourceType): Message {
  const state = type.read(request.getId());
  if (state === undefined) return new messages.ReadResponse();
  const inputs = request.hasInputs()
    ? refreshed(values(request.getInputs()), values(request.getProperties()), state.outputs)
    : state.inputs;
  return new messages.ReadResponse()
    .setId(request.getId())
    .setInputs(struct(inputs))
    .setProperties(struct({ ...inputs, ...state.outputs }));
}

/** Inputs stay as the program gave them, but for those whose value was changed by somebody else. */
function refreshed(inputs: Values, before: Values, now: Values): Values {
  const changed = Object.keys(inputs).filter(
    (name) => name in now && !isDeepStrictEqual(before[name], now[name]),
  );
  return { ...inputs, ...pick(now, changed) };
}

function difference(old: Values, wanted: Values, replaceOn: readonly string[]): Message {
  const names = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(old[name], wanted[name]));
  const replaced = changed.filter((name) => replaceOn.includes(name));
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDeletebeforereplace(replaced.length > 0);
  response.setDiffsList(changed);
  response.setReplacesList(replaced);
  return response;
}

function found<Value>(table: Readonly<Record<string, Value>>, name: string): Value {
  const value = Object.hasOwn(table, name) ? table[name] : undefined;
  if (value === undefined) throw new Error(`the stand-in provider has no ${name}`);
  return value;
}

/** Those of the named values that there are. */
function pick(all: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

function values(from: structs.Struct | undefined): Values {
  const all: Values = from?.toJavaScript() ?? {};
  // Inputs that the program left undefined travel as null.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

function struct(from: Values): structs.Struct {
  // What is undefined, at any depth, has no form in a Struct.
  const json = JSON.parse(JSON.stringify(from)) as Record<string, structs.JavaScriptValue>;
  return structs.Struct.fromJavaScript(json);
}
