import type { AzCommand } from './az-command.ts';
import { type Account, accountOf } from './azure.ts';
import { dryRunBanner, type Messages } from './messages.ts';
import type { IntegrationStack, Outcome } from './stack.ts';

/** What a run works with. */
export interface Session {
  readonly az: AzCommand;
  readonly messages: Messages;
  readonly appId: string;
  /** The stack of the tenant that the account is in. */
  readonly openStack: (account: Account) => Promise<IntegrationStack>;
}

/** Makes sure that somebody is logged in, and begins a dry run with its notice. */
export async function logIn({ az, messages }: Session, isDryRun: boolean): Promise<Account> {
  const account = await accountOf(az);
  messages.info(`Azure login validated (subscription: ${account.subscriptionName})`);
  if (isDryRun) dryRunBanner(messages);
  return account;
}

/** Says why a run of Pulumi failed: the sentence that mends it where there is one, Pulumi's own words otherwise. */
export function explain(outcome: Outcome, account: Account, { messages, appId }: Session): void {
  const text = outcome.errors.join('\n');
  if (/Authorization_RequestDenied|Insufficient privileges/i.test(text)) {
    messages.error(
      `You may not create service principals: ask an Application Administrator of the tenant to run 'az ad sp create --id ${appId}'.`,
    );
  } else if (/AuthorizationFailed|does not have authorization to perform action/i.test(text)) {
    const scope = /over scope '(?<scope>[^']+)'/.exec(text)?.groups?.['scope'];
    messages.error(
      `You may not assign roles here: ask an owner to run 'az role assignment create --assignee ${account.user} ` +
        `--role "Role Based Access Control Administrator" --scope ${scopeToAskFor(scope, account)}'.`,
    );
  } else if (/\baz login\b|AADSTS\d+/i.test(text)) {
    messages.error("The login to Azure does not serve any more: run 'az login' again.");
  } else {
    for (const line of outcome.errors) messages.error(line);
  }
}

/** Where the right is needed: what the assignment stands at, not the assignment itself. */
function scopeToAskFor(scope: string | undefined, { subscriptionId }: Account): string {
  const at = scope?.replace(/\/providers\/Microsoft\.Authorization\/.*$/i, '');
  return at === undefined || at === '' ? `/subscriptions/${subscriptionId}` : at;
}
