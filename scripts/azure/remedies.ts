import type { Account } from './azure.ts';

/** What was being done when Azure refused. */
export type Doing = 'create' | 'read' | 'delete';

/** Who was refused, and the app it was about. */
export interface Asker {
  readonly account: Account;
  readonly appId: string;
}

// https://learn.microsoft.com/graph/errors, and the words beside that code, which some tools print alone.
const DIRECTORY_REFUSAL = /Authorization_RequestDenied|Insufficient privileges/i;
// https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
const ROLE_REFUSAL = /AuthorizationFailed|does not have authorization to perform action/i;
const REFUSED_ACTION = /perform action '(?<action>[^']+)'/;
const REFUSED_SCOPE = /over scope '(?<scope>[^']+)'/;
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes
const NO_LOGIN = /\baz login\b|AADSTS\d+/i;
/** The program says itself what is wrong with a login that is not of `az` (pulumi-azure/azure/login.ts). */
const OTHER_LOGIN = /\bARM_\w+ (?:does not serve|is set)\b/;
/** `az` says on a line of its own how it wants to be logged in again, with a scope where a policy asks for one. */
const ADVISED_LOGIN = /^\s*(?<command>az login\b.*)$/m;

/** The sentence with the command that mends what Azure complained of; undefined when none is known. */
export function remedyFor(complaint: string, doing: Doing, { account, appId }: Asker): string | undefined {
  if (DIRECTORY_REFUSAL.test(complaint)) return directoryRemedy(doing, { account, appId });
  if (ROLE_REFUSAL.test(complaint)) return roleRemedy(complaint, doing, account);
  if (!NO_LOGIN.test(complaint) || OTHER_LOGIN.test(complaint)) return undefined;
  const command = ADVISED_LOGIN.exec(complaint)?.groups?.['command']?.trim() ?? 'az login';
  return `The login to Azure does not serve any more: run '${command}' again.`;
}

function directoryRemedy(doing: Doing, { account, appId }: Asker): string {
  return doing === 'read'
    ? `You may not read service principals: ask an administrator of the tenant to make ${account.user} a Directory Reader, or run 'az login' as somebody who may.`
    : `You may not ${doing} service principals: ask an Application Administrator of the tenant to run 'az ad sp ${doing} --id ${appId}'.`;
}

function roleRemedy(complaint: string, doing: Doing, account: Account): string {
  const action = REFUSED_ACTION.exec(complaint)?.groups?.['action'] ?? `/${doing}`;
  const scope = scopeToAskFor(REFUSED_SCOPE.exec(complaint)?.groups?.['scope'], account);
  const [what, role] = action.endsWith('/read')
    ? [`read ${scope}`, 'Reader']
    : [
        `${action.endsWith('/delete') ? 'remove' : 'assign'} roles here`,
        '"Role Based Access Control Administrator"',
      ];
  return `You may not ${what}: ask an owner to run 'az role assignment create --assignee ${account.user} --role ${role} --scope ${scope}'.`;
}

/** Where the right is needed: what the assignment stands at, not the assignment itself. */
function scopeToAskFor(scope: string | undefined, { subscriptionId }: Account): string {
  const at = scope?.replace(/\/providers\/Microsoft\.Authorization(?:\/.*)?$/i, '');
  return at === undefined || at === '' ? `/subscriptions/${subscriptionId}` : at;
}
