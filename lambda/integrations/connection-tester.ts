import { AwsSessions, testAcrConnection, testEcrConnection } from '../registry/index.ts';
import type { ConnectionTester } from './manage.ts';
import { acrOptionsOf, type RegistryOpenerOptions } from './open-registry.ts';

/** Tests connections with the logins of this process. Throws `login-refused` when it lacks what a login needs. */
export function connectionTester(options: RegistryOpenerOptions): ConnectionTester {
  // Logins and sessions that were made before prove nothing of what is given now: each test makes its own.
  return async (integration) =>
    integration.provider === 'acr'
      ? await testAcrConnection(acrOptionsOf(options)(integration))
      : await testEcrConnection(integration, { sessions: new AwsSessions(options.aws) });
}
