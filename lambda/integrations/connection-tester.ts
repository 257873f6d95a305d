import { AwsSessions, connectEcr, testAcrConnection } from '../registry/index.ts';
import type { ConnectionTester } from './manage.ts';
import { acrOptionsOf, type RegistryOpenerOptions } from './open-registry.ts';
import { walkRegistry } from './walk-registry.ts';

/** Tests connections with the logins of this process. Throws `login-refused` when it lacks what a login needs. */
export function connectionTester(options: RegistryOpenerOptions): ConnectionTester {
  const acrOptions = acrOptionsOf(options);
  return async (integration) => {
    if (integration.provider === 'acr') return await testAcrConnection(acrOptions(integration));
    // Not the process's own: a session that was opened before proves nothing of the role as it is now.
    const sessions = new AwsSessions(options.aws);
    const http = options.http === undefined ? {} : { http: options.http };
    return await walkRegistry(connectEcr(integration, { sessions, ...http }));
  };
}
