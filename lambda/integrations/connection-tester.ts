import { AwsSessions, testAcrConnection, testEcrConnection } from '../registry/index.ts';
import type { ConnectionTester } from './manage.ts';
import { acrOptionsOf, type RegistryOpenerOptions } from './open-registry.ts';

/** Tests connections with the logins of this process. Throws `login-refused` when it lacks what a login needs. */
export function connectionTester(options: RegistryOpenerOptions): ConnectionTester {
  const acrOptions = acrOptionsOf(options);
  return async (integration) =>
    integration.provider === 'acr'
      ? await testAcrConnection(acrOptions(integration))
      : // Sessions that were opened before prove nothing of the role as it is now.
        await testEcrConnection(integration, { sessions: new AwsSessions(options.aws) });
}
