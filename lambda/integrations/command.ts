import { z } from 'zod';
import { AppError, messageOf } from '../shared/errors.ts';
import { checkSchema } from './check.ts';
import { type Discovery, discoverySchema, lastDiscovery } from './discovery.ts';
import { IntegrationError } from './errors.ts';
import { integrationChangeSchema, integrationInputSchema, invalid } from './input.ts';
import { type Integration, integrationSchema } from './integration.ts';
import {
  connectIntegration,
  disconnectIntegration,
  type ManageOptions,
  showIntegration,
  type Tested,
  testIntegration,
  updateIntegration,
} from './manage.ts';
import { listIntegrations } from './stored.ts';

const id = z.string();
/** Saves although a check failed. */
const force = z.boolean().optional();

/** What can be asked of the hub's function `integrations`, and of the command line's own state. */
export const integrationCommandSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('connect'), integration: integrationInputSchema, force }),
  z.strictObject({ action: z.literal('test'), id }),
  z.strictObject({ action: z.literal('list') }),
  z.strictObject({ action: z.literal('show'), id }),
  z.strictObject({ action: z.literal('update'), id, change: integrationChangeSchema, force }),
  z.strictObject({ action: z.literal('disconnect'), id }),
]);
export type IntegrationCommand = z.infer<typeof integrationCommandSchema>;

const lastLookSchema = z.object({
  /** The id of the integration. */
  integration: z.string(),
  ...discoverySchema.shape,
  /** Absent in a list, where `moreGaps` counts all of them: the answer of a function is at most 6 MB. */
  gaps: discoverySchema.shape.gaps.optional(),
});
type LastLook = z.infer<typeof lastLookSchema>;

/** What comes back, also when something went wrong: an error of a function would lose its code on the way. */
export const integrationAnswerSchema = z.object({
  /** Those it was about, as they are stored now; with `connection-failed`, as they would have been. */
  integrations: z.array(integrationSchema),
  /** What was tested, in order. */
  checks: z.array(checkSchema),
  /** Of `list` and `show`: the last look at each that was looked through, in the same order. */
  lastLooks: z.array(lastLookSchema).optional(),
  /** Absent when the command was carried out. `code` as in docs/error-codes.md. */
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).optional(),
});
export type IntegrationAnswer = z.infer<typeof integrationAnswerSchema>;

/** Carries out a command, whatever its form. Throws only what is a defect. */
export async function runIntegrationCommand(
  command: unknown,
  options: ManageOptions,
): Promise<IntegrationAnswer> {
  const parsed = integrationCommandSchema.safeParse(command);
  if (!parsed.success) return failed(invalid(parsed.error));
  try {
    return await carriedOut(parsed.data, options);
  } catch (error) {
    if (error instanceof AppError) return failed(error);
    throw error;
  }
}

async function carriedOut(command: IntegrationCommand, options: ManageOptions): Promise<IntegrationAnswer> {
  switch (command.action) {
    case 'connect':
      return tested(await connectIntegration(command.integration, command.force === true, options));
    case 'test':
      return tested(await testIntegration(command.id, options));
    case 'list':
      return await known(await listIntegrations(options.state), counted, options.state);
    case 'show':
      return await known([await showIntegration(command.id, options.state)], (look) => look, options.state);
    case 'update':
      return tested(await updateIntegration(command.id, command.change, command.force === true, options));
    case 'disconnect':
      return { integrations: [await disconnectIntegration(command.id, options)], checks: [] };
  }
}

async function known(
  integrations: readonly Integration[],
  form: (discovery: Discovery) => Omit<LastLook, 'integration'>,
  state: ManageOptions['state'],
): Promise<IntegrationAnswer> {
  const lastLooks = await Promise.all(
    integrations.map(async ({ id }): Promise<LastLook[]> => {
      const discovery = await lastDiscovery(state, id);
      return discovery === undefined ? [] : [{ integration: id, ...form(discovery) }];
    }),
  );
  return { integrations: [...integrations], checks: [], lastLooks: lastLooks.flat() };
}

function counted({ gaps, moreGaps, ...rest }: Discovery): Omit<Discovery, 'gaps'> {
  return { ...rest, moreGaps: moreGaps + gaps.length };
}

function tested({ integration, checks, isSaved }: Tested): IntegrationAnswer {
  const answer = { integrations: [integration], checks: [...checks] };
  if (isSaved) return answer;
  const failures = checks.filter(({ outcome }) => outcome === 'failed').length;
  const error = new IntegrationError(
    'connection-failed',
    `nothing was saved of ${integration.id}: ${failures} of ${checks.length} checks failed`,
  );
  return { ...answer, ...failed(error), integrations: answer.integrations, checks: answer.checks };
}

function failed(error: AppError): IntegrationAnswer {
  const { code, retryable } = error;
  // Its causes are what a schema says, at length.
  const message = error instanceof IntegrationError ? error.message : messageOf(error);
  return { integrations: [], checks: [], error: { code, message, retryable } };
}
