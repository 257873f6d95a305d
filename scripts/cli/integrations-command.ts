import { type Command, Option } from 'commander';
import type { IntegrationCommand } from '../../lambda/integrations/index.ts';
import { UsageError } from './failure.ts';
import { carryOut, type TargetFlags, withTargetOptions } from './integration-target.ts';
import { addIntegrationsScan } from './integrations-scan-command.ts';
import { listText, showText } from './integrations-text.ts';
import { showAnswer } from './show-answer.ts';
import { collectList, explainsUsage } from './usage.ts';

type Change = Extract<IntegrationCommand, { action: 'update' }>['change'];
type UpdateFlags = TargetFlags & {
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly region?: string[];
  readonly appId?: string;
  readonly login?: 'federated' | 'default' | 'docker';
  readonly loginServer?: string[];
  /** False: --no-include. */
  readonly include?: string[] | false;
  readonly exclude?: string[] | false;
  readonly force?: true;
};

const HELP = `
Examples:
  $ backline integrations
  $ backline integrations test ecr-111122223333 --hub backline-integrations
  $ backline integrations scan
  $ backline integrations update ecr-111122223333 --region eu-west-1,eu-north-1
  $ backline integrations disconnect acr-11112222

Exit codes:
  0  done; all checks passed, or only warned
  1  a check failed
  2  the command line is wrong
  3  it could not be tried, or there is no such integration`;

const UPDATE_HELP = `
What is given replaces what was there; the rest stays. The connection is tested
first; nothing is changed when a check fails.

Examples:
  $ backline integrations update ecr-111122223333 --external-id 3f1c2b7a9d5e4f60
  $ backline integrations update acr-11112222 --no-include --exclude 'scratch/*'`;

/** `backline integrations`, with `list`, `show`, `test`, `scan`, `update` and `disconnect`. */
export function addIntegrationsCommands(program: Command, signal: AbortSignal): void {
  const integrations = explainsUsage(program.command('integrations'), 'backline integrations')
    .summary('list, test, scan, change and disconnect what is connected')
    .description('Lists, tests, scans, changes and disconnects connected registries.')
    .addHelpText('after', HELP);
  withTargetOptions(
    subcommand(integrations, 'list', 'list all, as without a subcommand', { isDefault: true }),
  ).action(async (flags: TargetFlags) => {
    const answer = await carryOut({ action: 'list' }, flags);
    process.exitCode = await showAnswer(answer, flags, listText);
  });
  withTargetOptions(subcommand(integrations, 'show', 'show all that is known of one'))
    .argument('<id>', 'id of the integration')
    .action(async (id: string, flags: TargetFlags) => {
      const answer = await carryOut({ action: 'show', id }, flags);
      process.exitCode = await showAnswer(answer, flags, showText);
    });
  withTargetOptions(subcommand(integrations, 'test', 'test its connection, step by step'))
    .argument('<id>', 'id of the integration')
    .action(async (id: string, flags: TargetFlags) => {
      const answer = await carryOut({ action: 'test', id }, flags);
      process.exitCode = await showAnswer(answer, flags, () => '');
    });
  addIntegrationsScan(integrations, signal);
  addUpdate(integrations);
  withTargetOptions(subcommand(integrations, 'disconnect', 'scan it no more; what was found stays'))
    .argument('<id>', 'id of the integration')
    .action(async (id: string, flags: TargetFlags) => {
      const answer = await carryOut({ action: 'disconnect', id }, flags);
      process.exitCode = await showAnswer(answer, flags, () => `disconnected ${id}\n`);
    });
}

function subcommand(parent: Command, name: string, summary: string, options = {}): Command {
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return explainsUsage(parent.command(name, options), `backline integrations ${name}`)
    .summary(summary)
    .description(sentence);
}

function addUpdate(integrations: Command): void {
  const list = (flags: string, description: string): Option =>
    new Option(flags, description).argParser(collectList);
  const update = subcommand(integrations, 'update', 'change one')
    .argument('<id>', 'id of the integration')
    .option('--role-arn <arn>', 'ecr: role that is assumed to read')
    .option('--external-id <id>', 'ecr: what the role asks for')
    .addOption(list('--region <regions>', 'ecr: regions to look into; several times, or with commas'))
    .option('--app-id <id>', 'acr: client id of the application that logs in')
    .addOption(new Option('--login <how>', 'acr: how it logs in').choices(['federated', 'default', 'docker']))
    .addOption(list('--login-server <hosts>', 'acr: registries; several times, or with commas'))
    .addOption(list('--include <names>', 'only these repositories; * stands for any characters'))
    .option('--no-include', 'all repositories')
    .addOption(list('--exclude <names>', 'not these'))
    .option('--no-exclude', 'none left out')
    .option('--force', 'save it although a check fails');
  withTargetOptions(update)
    .addHelpText('after', UPDATE_HELP)
    .action(async (id: string, flags: UpdateFlags) => {
      const change = changeOf(flags);
      if (Object.keys(change).length === 0) {
        throw new UsageError('nothing to change: see backline integrations update --help');
      }
      const force = flags.force === true ? { force: true } : {};
      const answer = await carryOut({ action: 'update', id, change, ...force }, flags);
      process.exitCode = await showAnswer(answer, flags, () => `changed ${id}\n`);
    });
}

function changeOf(flags: UpdateFlags): Change {
  const { roleArn, externalId, region, appId, login, loginServer } = flags;
  // Absent options are `true` where there is a --no- form.
  const listed = (value: string[] | boolean | undefined): string[] | null | undefined =>
    value === false ? null : Array.isArray(value) ? value : undefined;
  const change = {
    roleArn,
    externalId,
    regions: region,
    appId,
    login,
    loginServers: loginServer,
    include: listed(flags.include),
    exclude: listed(flags.exclude),
  };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
