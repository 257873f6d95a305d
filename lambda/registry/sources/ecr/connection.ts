import { Session } from '../../aws/session.ts';
import type { AwsSessions } from '../../aws/sessions.ts';
import type { EcrAccount } from './account.ts';
import { skippedIn, testRegion } from './connection-region.ts';
import { testRole } from './connection-role.ts';
import { ecrRegion } from './region.ts';
import type { EcrCheck } from './step.ts';

/**
 * Tries everything that reading an account needs, in this order: the chain of roles (`reader-role`, `assume-role`), that it holds
 * for nobody else (`wrong-external-id-refused`, `missing-external-id-refused`: warnings), whose `account` it is, and each
 * permission in each region. What cannot be tried after a failure is skipped, and says so. Never throws for what AWS answers.
 * Give it sessions of its own: one that was opened before proves nothing of the role as it is now.
 */
export async function testEcrAccount(
  account: EcrAccount,
  { sessions }: { readonly sessions: AwsSessions },
): Promise<readonly EcrCheck[]> {
  const { checks, credentials, isOpen } = await testRole(account, sessions);
  if (!isOpen) return [...checks, ...account.regions.flatMap(skippedIn)];
  const session = credentials === undefined ? undefined : new Session(async () => credentials, Date.now);
  const found: EcrCheck[] = [...checks];
  for (const name of account.regions) {
    const region = ecrRegion(account.accountId, name, session, sessions.options);
    try {
      found.push(...(await testRegion(region, account)));
    } finally {
      region.close();
    }
  }
  return found;
}
