import { AWS_REGION } from '../lambda/shared/environment.ts';
import { type EcrIntegrationOptions, INTEGRATION_FIELDS } from './config.ts';
import { ConfigError, checked, flag, list, ownContext, strict, text } from './options.ts';

/** What is set up in a connected account region by region, beside the role. */
export interface EcrRegionOptions {
  /**
   * Keeps the scanner's pulls out of "last pulled": lifecycle rules would otherwise keep images that only the scanner reads.
   * @default false
   */
  readonly pullTimeExclusion?: boolean;
  /**
   * ARN of the hub's event bus, to which pushes are forwarded, so that images are scanned at once.
   * @default none: the hub finds new images by its schedule
   */
  readonly pushBus?: string;
  /**
   * Names of the repositories of which pushes are forwarded; `*` stands for any characters.
   * @default all
   */
  readonly repositories?: readonly string[];
}

/** The options of a connection: of the role, and of the regions it is set up in. */
export interface ConnectionOptions {
  readonly integration: EcrIntegrationOptions;
  readonly region: EcrRegionOptions;
  /** Empty when nothing is set up by region. */
  readonly regions: readonly string[];
}

const BUS_ARN = /^arn:aws(?:-[a-z]+)*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w.-]{1,256}$/;

const OWN_FIELDS = {
  pullTimeExclusion: flag(),
  pushBus: text(
    (value) => BUS_ARN.test(value),
    'must be the ARN of an event bus, like arn:aws:events:eu-central-1:111122223333:event-bus/backline',
  ),
};
export const REGION_FIELDS = {
  ...OWN_FIELDS,
  regions: list(
    text((value) => AWS_REGION.test(value), 'must hold regions like eu-central-1'),
    'must not be empty: leave it out when nothing is set up by region',
  ),
};

/** Of the stack of one region. */
export const REGION_STACK_FIELDS = { ...OWN_FIELDS, repositories: INTEGRATION_FIELDS.repositories };
const schema = strict(REGION_STACK_FIELDS);
const connectionSchema = strict({ ...INTEGRATION_FIELDS, ...REGION_FIELDS });

/** Throws `ConfigError` when an option has a value that AWS would refuse, or when there is nothing to set up. */
export function checkRegionOptions(options: EcrRegionOptions): void {
  checked(schema, options);
  if (options.pullTimeExclusion !== true && options.pushBus === undefined) {
    throw new ConfigError('nothing to set up in a region: give pullTimeExclusion=true or pushBus');
  }
}

/** The options of one region from context, checked. A name that is no option is an error. */
export function regionOptionsFromContext(context: Readonly<Record<string, unknown>>): EcrRegionOptions {
  return checked(schema, ownContext(context)) as EcrRegionOptions;
}

/** Options of `--context name=value` or the context of cdk.json, checked. A name that is no option is an error. */
export function connectionFromContext(context: Readonly<Record<string, unknown>>): ConnectionOptions {
  return connectionOf(checked(connectionSchema, ownContext(context)));
}

/** Sorts options by what they are for. Throws `ConfigError` for options that would have no effect. */
export function connectionOf(options: Readonly<Record<string, unknown>>): ConnectionOptions {
  const { regions, pullTimeExclusion, pushBus, ...integration } = options as EcrIntegrationOptions &
    EcrRegionOptions & { readonly regions?: readonly string[] };
  const region: EcrRegionOptions = {
    ...(pullTimeExclusion === undefined ? {} : { pullTimeExclusion }),
    ...(pushBus === undefined ? {} : { pushBus }),
    ...(integration.repositories === undefined ? {} : { repositories: integration.repositories }),
  };
  if (regions !== undefined) checkRegionOptions(region);
  else if (pullTimeExclusion === true || pushBus !== undefined) {
    throw new ConfigError('pullTimeExclusion and pushBus are set up by region: name those with regions=…');
  }
  return { integration, region, regions: regions ?? [] };
}
