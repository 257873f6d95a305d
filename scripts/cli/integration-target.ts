import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import {
  connectionTester,
  type IntegrationAnswer,
  type IntegrationCommand,
  integrationAnswerSchema,
  integrationCommandSchema,
  runIntegrationCommand,
} from '../../lambda/integrations/index.ts';
import { isLoginMissing, LOGIN_REMEDY } from '../../lambda/registry/index.ts';
import { ENVIRONMENT } from '../../lambda/shared/environment.ts';
import { messageOf } from '../../lambda/shared/errors.ts';
import { openStateFile } from '../../lambda/store/index.ts';
import { UsageError } from './failure.ts';

/** Options that say where integrations are kept: with a hub, or on this machine. */
export type TargetFlags = { readonly hub?: string; readonly state?: string; readonly json?: true };

/** `BACKLINE_STATE`, else a file in the user's data (https://specifications.freedesktop.org/basedir-spec/latest/). */
export function defaultState(env: NodeJS.ProcessEnv): string {
  const folder = env['XDG_DATA_HOME'] || join(homedir(), '.local/share');
  return env['BACKLINE_STATE'] || join(folder, 'backline', 'state.sqlite');
}

/** `--hub`, `--state` and `--json`. */
export function withTargetOptions(command: Command): Command {
  return command
    .option('--hub <function>', "name or ARN of the hub's function integrations, called with your AWS login")
    .option(
      '--state <file>',
      `without a hub: file of the integrations of this machine (BACKLINE_STATE; default: ${JSON.stringify(defaultState(process.env))})`,
    )
    .option('--json', 'the answer as JSON');
}

/** Has a command carried out. Throws `UsageError` for one that cannot be meant, an error when nobody could be asked. */
export async function carryOut(command: IntegrationCommand, flags: TargetFlags): Promise<IntegrationAnswer> {
  if (flags.hub !== undefined && flags.state !== undefined) {
    throw new UsageError('give --hub or --state, not both');
  }
  const parsed = integrationCommandSchema.safeParse(command);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined) throw new UsageError(`${optionOf(issue.path)}${issue.message}`);
  return flags.hub === undefined
    ? await runHere(command, stateFile(flags))
    : await askHub(command, flags.hub);
}

const OPTIONS: Readonly<Record<string, string>> = {
  accountId: '--account',
  roleArn: '--role-arn',
  externalId: '--external-id',
  regions: '--region',
  tenantId: '--tenant',
  appId: '--app-id',
  loginServers: '--login-server',
};

/** `change.regions.0` is said by `--region`. */
function optionOf(path: readonly PropertyKey[]): string {
  const field = path.map(String).findLast((part) => !/^\d+$/.test(part));
  return field === undefined ? '' : `${OPTIONS[field] ?? `--${field}`} `;
}

/** File of the integrations of this machine. Throws `UsageError` for one without a name. */
export function stateFile({ state }: Pick<TargetFlags, 'state'>): string {
  if (state === '') throw new UsageError('--state names no file');
  return state ?? defaultState(process.env);
}

/** How this machine logs in to registries: with what its environment says. */
export function loginsOf(env: NodeJS.ProcessEnv): Parameters<typeof connectionTester>[0] {
  const readerRoleArn = env[ENVIRONMENT.readerRoleArn] || undefined;
  return {
    aws: {
      region: env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1',
      ...(readerRoleArn === undefined ? {} : { readerRoleArn }),
    },
    variables: env,
  };
}

async function runHere(command: IntegrationCommand, path: string): Promise<IntegrationAnswer> {
  const now = (): Date => new Date();
  const state = openStateFile(path, now);
  try {
    const test = connectionTester(loginsOf(process.env));
    return await runIntegrationCommand(command, { state, test, now });
  } finally {
    await state.close();
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName) */
const FUNCTION_ARN = /^arn:aws(?:-[a-z]+)*:lambda:(?<region>[a-z0-9-]+):/;

const NO_REGION_REMEDY = 'give --hub the ARN of the function, set AWS_REGION, or give your profile a region';

async function askHub(command: IntegrationCommand, name: string): Promise<IntegrationAnswer> {
  // Most calls of the command line need no AWS.
  const { LambdaClient, InvokeCommand } = await import('@aws-sdk/client-lambda');
  const region = FUNCTION_ARN.exec(name)?.groups?.['region'];
  // Asked twice, the hub would say that the account is connected already.
  const client = new LambdaClient({ maxAttempts: 1, ...(region === undefined ? {} : { region }) });
  try {
    await client.config.region().catch((error: unknown) => {
      throw uncallable(name, error, NO_REGION_REMEDY);
    });
    const answer = await client
      .send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(command) }))
      .catch((error: unknown) => {
        throw uncallable(name, error, isLoginMissing(error) ? LOGIN_REMEDY : undefined);
      });
    const text = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError !== undefined) {
      throw new Error(`the hub's function ${name} failed: ${errorMessage(text)}; see its log`);
    }
    return parsedAnswer(text, name);
  } finally {
    client.destroy();
  }
}

function uncallable(name: string, error: unknown, remedy: string | undefined): Error {
  const todo = remedy === undefined ? '' : `; ${remedy}`;
  return new Error(`the hub's function ${name} cannot be called: ${messageOf(error)}${todo}`, {
    cause: error,
  });
}

/** Lambda's own form: {"errorType": "Error", "errorMessage": "…"}. */
function errorMessage(text: string): string {
  try {
    const value = JSON.parse(text) as { errorMessage?: unknown };
    return typeof value.errorMessage === 'string' ? value.errorMessage : 'it does not say why';
  } catch {
    return 'it does not say why';
  }
}

function parsedAnswer(text: string, name: string): IntegrationAnswer {
  try {
    return integrationAnswerSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(
      `${name} gives no answer that is understood: is it the hub's function integrations, of this version?`,
    );
  }
}
