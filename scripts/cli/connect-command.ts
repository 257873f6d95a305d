import { type Command, Option } from 'commander';
import type { IntegrationCommand } from '../../lambda/integrations/index.ts';
import { carryOut, type TargetFlags, withTargetOptions } from './integration-target.ts';
import { showAnswer } from './show-answer.ts';
import { collectList, explainsUsage } from './usage.ts';

type ConnectFlags = TargetFlags & {
  readonly id?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly force?: true;
};
type EcrFlags = ConnectFlags & {
  readonly account?: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly region: readonly string[];
};
type AcrFlags = ConnectFlags & {
  readonly tenant: string;
  readonly loginServer: readonly string[];
  readonly appId?: string;
  readonly login?: Login;
};
type Login = 'federated' | 'default' | 'docker';

const EXIT_CODES = `
The connection is tested first; nothing is saved when a check fails.

Exit codes:
  0  connected
  1  a check failed
  2  the command line is wrong
  3  it could not be tried, or there is such an integration already`;

const ECR_HELP = `
Examples:
  $ backline connect ecr --account 111122223333 --region eu-west-1,us-east-1 \\
      --role-arn arn:aws:iam::111122223333:role/BacklineECRIntegrationRole \\
      --external-id 3f1c2b7a9d5e4f60 --hub backline-integrations
  $ backline connect ecr … --include 'team/*' --exclude 'team/scratch-*'

Role ARN and external id are outputs of the stack that made the role.
${EXIT_CODES}`;

const ACR_HELP = `
Logins:
  federated   the hub's role vouches for the application; the default with --hub
  default     what this machine has for Entra: AZURE_CLIENT_SECRET and its like,
              az login; the default without --hub
  docker      docker login: admin user, or a token of the registry

Examples:
  $ backline connect acr --tenant 11112222-3333-4444-8555-666677778888 \\
      --app-id 99990000-3333-4444-8555-666677778888 \\
      --login-server team.azurecr.io --hub backline-integrations
  $ backline connect acr --tenant … --login-server team.azurecr.io --login docker
${EXIT_CODES}`;

/** `backline connect ecr` and `backline connect acr`. */
export function addConnectCommands(program: Command): void {
  const connect = explainsUsage(program.command('connect'), 'backline connect')
    .summary('connect the registries of an account')
    .description('Connects the registries of an account, so that their images are scanned.')
    .addHelpText('after', '\nExamples:\n  $ backline connect ecr --help\n  $ backline connect acr --help');
  const ecr = explainsUsage(connect.command('ecr'), 'backline connect ecr')
    .summary('an AWS account: Amazon ECR')
    .description('Connects the private registries of an AWS account.')
    .option('--account <id>', "the account's twelve digits; default: those in the role's ARN")
    .requiredOption('--role-arn <arn>', 'role of the account that is assumed to read')
    .requiredOption('--external-id <id>', 'what the role asks for')
    .addOption(
      list('--region <regions>', 'regions to look into; several times, or with commas').makeOptionMandatory(),
    );
  withConnectOptions(ecr)
    .addHelpText('after', ECR_HELP)
    .action(async (flags: EcrFlags) => {
      const { account, roleArn, externalId, region: regions } = flags;
      const accountId = account === undefined ? {} : { accountId: account };
      const own = { provider: 'ecr' as const, roleArn, externalId, regions: [...regions], ...accountId };
      await run({ action: 'connect', integration: { ...own, ...commonOf(flags) } }, flags);
    });
  const acr = explainsUsage(connect.command('acr'), 'backline connect acr')
    .summary('an Azure tenant: Azure Container Registry')
    .description('Connects container registries of an Azure tenant.')
    .requiredOption('--tenant <id>', 'the tenant')
    .addOption(
      list(
        '--login-server <hosts>',
        'registries, as in team.azurecr.io; several times, or with commas',
      ).makeOptionMandatory(),
    )
    .option('--app-id <id>', 'client id of the application that logs in')
    .addOption(
      new Option('--login <how>', 'how it logs in: see Logins below').choices([
        'federated',
        'default',
        'docker',
      ]),
    );
  withConnectOptions(acr)
    .addHelpText('after', ACR_HELP)
    .action(async (flags: AcrFlags) => {
      const { tenant: tenantId, appId, loginServer, hub } = flags;
      const login = flags.login ?? (hub === undefined ? 'default' : 'federated');
      const application = appId === undefined ? {} : { appId };
      const own = {
        provider: 'acr' as const,
        tenantId,
        login,
        loginServers: [...loginServer],
        ...application,
      };
      await run({ action: 'connect', integration: { ...own, ...commonOf(flags) } }, flags);
    });
}

function list(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collectList);
}

function withConnectOptions(command: Command): Command {
  command
    .addOption(list('--include <names>', 'only these repositories; * stands for any characters'))
    .addOption(list('--exclude <names>', 'not these'))
    .option('--id <name>', 'name of the integration; default: made of the account or tenant')
    .option('--force', 'save it although a check fails');
  return withTargetOptions(command);
}

function commonOf({ id, include, exclude }: ConnectFlags) {
  return {
    ...(id === undefined ? {} : { id }),
    ...(include === undefined ? {} : { include: [...include] }),
    ...(exclude === undefined ? {} : { exclude: [...exclude] }),
  };
}

async function run(
  command: Extract<IntegrationCommand, { action: 'connect' }>,
  flags: ConnectFlags,
): Promise<void> {
  const answer = await carryOut({ ...command, ...(flags.force === true ? { force: true } : {}) }, flags);
  process.exitCode = await showAnswer(
    answer,
    flags,
    ({ integrations: [integration] }) => `connected ${integration?.id}\n`,
  );
}
