import type { AzCommand } from './az-command.ts';
import { type Account, accountOf } from './azure.ts';
import { type Interrupt, stopIfInterrupted } from './interrupt.ts';
import { dryRunBanner, type Messages } from './messages.ts';
import { EXIT, Refusal } from './refusal.ts';
import { type Doing, remedyFor } from './remedies.ts';
import type { Change, Held, IntegrationStack, Outcome } from './stack.ts';

/** What a run works with. */
export interface Session {
  readonly az: AzCommand;
  readonly messages: Messages;
  readonly appId: string;
  /** The stack of the tenant that the account is in. */
  readonly openStack: (account: Account) => Promise<IntegrationStack>;
  readonly interrupt: Interrupt;
}

/** A session of somebody: what `az` refuses comes with the sentence that mends it. */
export interface LoggedIn extends Session {
  readonly account: Account;
}

/** Makes sure that somebody is logged in, and begins a dry run with its notice. */
export async function logIn(session: Session, isDryRun: boolean): Promise<LoggedIn> {
  const { az, messages } = session;
  const account = await accountOf(az);
  messages.info(`Azure login validated (subscription: ${account.subscriptionName})`);
  if (isDryRun) dryRunBanner(messages);
  return {
    ...session,
    account,
    az: async (args) => {
      const answer = await az(args);
      if (answer.isOk) return answer;
      const doing = args.includes('delete') ? 'delete' : 'read';
      const remedy = remedyFor(answer.complaint, doing, { account, appId: session.appId });
      return remedy === undefined ? answer : { ...answer, remedy };
    },
  };
}

/** The stack of the account's tenant, and what it holds after a look at what became of it. */
export async function openAndRead(
  session: LoggedIn,
  dryRun: boolean,
): Promise<{ readonly stack: IntegrationStack; readonly held: Held | undefined }> {
  const stack = await session.openStack(session.account);
  try {
    return { stack, held: await stack.read({ dryRun }) };
  } catch (error) {
    if (!(error instanceof Refusal) || error.exitCode !== EXIT.refused) throw error;
    const remedy = remedyFor([error.message, ...error.more].join('\n'), 'read', session);
    if (remedy === undefined) throw error;
    throw new Refusal(error.message, { more: [remedy], cause: error });
  }
}

/** Says why a run of Pulumi failed: the sentence that mends it where there is one, Pulumi's own words otherwise. */
export function explain({ errors, changes }: Outcome, session: LoggedIn): void {
  // What Pulumi then complains of comes of that.
  stopIfInterrupted(session.interrupt);
  const remedy = remedyFor(errors.join('\n'), whatFailed(changes), session);
  for (const line of remedy === undefined ? errors : [remedy]) session.messages.error(line);
}

/** When no change failed, the look before it did. The principal comes first: assignments fail for want of it. */
function whatFailed(changes: readonly Change[]): Doing {
  const failed = changes.filter(({ hasFailed }) => hasFailed);
  const action = (failed.find(({ assignment }) => assignment === undefined) ?? failed[0])?.action;
  return action === 'create' || action === 'delete' ? action : 'read';
}
