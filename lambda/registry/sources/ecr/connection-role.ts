import { randomUUID } from 'node:crypto';
import type { CustomerRole } from '../../aws/assume-role.ts';
import { accountOf } from '../../aws/caller-identity.ts';
import type { AwsCredentials } from '../../aws/session.ts';
import type { AwsSessions } from '../../aws/sessions.ts';
import { RegistryError } from '../../errors.ts';
import type { EcrAccount } from './account.ts';
import { type EcrCheck, NOT_TRIED, passed, type Step, stopped } from './step.ts';

export type RoleTest = {
  readonly checks: readonly EcrCheck[];
  /** A session of the role; absent when there is none, or none is needed. */
  readonly credentials?: AwsCredentials;
  /** True when the account can be looked into. */
  readonly isOpen: boolean;
};

/** Whether the chain of roles holds, and whether it holds for nobody else. */
export async function testRole(account: EcrAccount, sessions: AwsSessions): Promise<RoleTest> {
  const { roleArn, externalId, id } = account;
  if (roleArn === undefined) {
    const own = await accountStep(account, undefined, sessions);
    return { checks: [{ id: 'account', ...own }], isOpen: own.outcome === 'passed' };
  }
  const role = { roleArn, externalId, id };
  const reader = sessions.options.readerRoleArn === undefined ? [] : [await readerCheck(sessions)];
  const { step, credentials } =
    reader[0]?.outcome === 'failed' ? { step: NOT_TRIED } : await assumeStep(role, sessions);
  const afterwards = async (act: () => Promise<Step>): Promise<Step> =>
    credentials === undefined ? NOT_TRIED : act();
  const wrong = { ...role, externalId: `backline-test-${randomUUID()}` };
  const whose = await afterwards(() => accountStep(account, credentials, sessions));
  return {
    checks: [
      ...reader,
      { id: 'assume-role', ...step },
      {
        id: 'wrong-external-id-refused',
        ...(await afterwards(() => refusalStep(wrong, 'a wrong external id', sessions))),
      },
      {
        id: 'missing-external-id-refused',
        ...(await afterwards(() => refusalStep({ roleArn, id }, 'no external id', sessions))),
      },
      { id: 'account', ...whose },
    ],
    ...(credentials === undefined ? {} : { credentials }),
    isOpen: whose.outcome === 'passed',
  };
}

async function readerCheck({ caller, options }: AwsSessions): Promise<EcrCheck> {
  const id = 'reader-role';
  try {
    await caller?.();
    return { id, ...passed(`${options.readerRoleArn} can be assumed`) };
  } catch (error) {
    return {
      id,
      ...stopped(
        error,
        'failed',
        'this is of the hub, not of the account: check its reader role and credentials',
      ),
    };
  }
}

async function assumeStep(
  role: CustomerRole,
  sessions: AwsSessions,
): Promise<{ step: Step; credentials?: AwsCredentials }> {
  try {
    const credentials = await sessions.assume(role);
    return { step: passed(`${role.roleArn} can be assumed`), credentials };
  } catch (error) {
    const trusted = sessions.options.readerRoleArn ?? 'the caller';
    const remedy = `check that the role exists, trusts ${trusted}, and asks for this external id`;
    return { step: stopped(error, 'failed', remedy) };
  }
}

/** A role that can be assumed without its external id lets the hub be talked into reading it for somebody else. */
async function refusalStep(role: CustomerRole, what: string, sessions: AwsSessions): Promise<Step> {
  try {
    await sessions.assume(role);
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'role-refused')
      return passed(`the role refuses ${what}`);
    return stopped(error, 'warning', 'nothing is known of it: test again');
  }
  return {
    outcome: 'warning',
    detail: `the role takes ${what}: anyone could use this role through the hub`,
    remedy:
      'let the trust policy of the role ask for the external id: the condition StringEquals on sts:ExternalId',
  };
}

async function accountStep(
  { accountId }: EcrAccount,
  credentials: AwsCredentials | undefined,
  { options }: AwsSessions,
): Promise<Step> {
  const provider = credentials === undefined ? options.credentials : async () => credentials;
  try {
    const found = await accountOf(provider, options);
    if (found === accountId) return passed(`the credentials are of the account ${accountId}`);
    return {
      outcome: 'failed',
      detail: `the credentials are of the account ${found}, the integration says ${accountId}`,
      remedy: 'correct the account id, or name the role of that account',
    };
  } catch (error) {
    return stopped(error, 'failed', 'check the credentials');
  }
}
