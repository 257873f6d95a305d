import type { AwsSessions } from '../../aws/sessions.ts';
import type { Registry } from '../../registry.ts';
import type { EcrAccount, EcrOptions } from './account.ts';
import type { EcrCheck } from './step.ts';

/** What leads to the SDK of AWS is loaded when an account is first read: most runs of the command line read none. */
export type { EcrAccount, EcrOptions };

/** The private registries of an account in its regions. Opens no connection yet. */
export function connectEcr(account: EcrAccount, options: EcrOptions): Registry {
  let opened: Promise<Registry> | undefined;
  const registry = (): Promise<Registry> => {
    opened ??= import('./account.ts').then(({ accountRegistry }) => accountRegistry(account, options));
    return opened;
  };
  return {
    provider: 'ecr',
    async *repositories(onGap) {
      yield* (await registry()).repositories(onGap);
    },
    async *images(repository, onGap) {
      yield* (await registry()).images(repository, onGap);
    },
    open: async (repository, digest) => (await registry()).open(repository, digest),
    close: async () => (await opened)?.close(),
  };
}

/** See `testEcrAccount`. */
export async function testEcrConnection(
  account: EcrAccount,
  options: { readonly sessions: AwsSessions },
): Promise<readonly EcrCheck[]> {
  const { testEcrAccount } = await import('./connection.ts');
  return testEcrAccount(account, options);
}

/** The host of an account's registry in a region: `111122223333.dkr.ecr.eu-west-1.amazonaws.com`. */
export async function ecrHost(accountId: string, region: string): Promise<string> {
  const { ecrRegion } = await import('./region.ts');
  const { host, close } = ecrRegion(accountId, region, undefined, {});
  close();
  return host;
}
