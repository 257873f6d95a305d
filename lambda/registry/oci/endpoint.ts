import { SECOND_MS } from '../../shared/units.ts';
import { RegistryError } from '../errors.ts';
import { endpointHost } from '../reference.ts';
import { drain, exchange } from './exchange.ts';
import { bareHost, isLoopback } from './hosts.ts';
import type { Http } from './http.ts';

/** A server of this machine that speaks TLS has answered by then. */
const PROBE_TIMEOUT_MS = 3 * SECOND_MS;

/**
 * Where a registry is spoken to. Plain HTTP is for registries of this machine only, whose traffic nobody else sees; as
 * in Docker, which takes 127.0.0.0/8 as insecure without being told, `localhost:5000/app` works as it stands: HTTPS is
 * tried, and plain HTTP when nothing there speaks TLS. `insecure` makes it explicit and saves the try. For any other
 * host it throws `insecure-refused`: credentials and unauthenticated content would be open to the network.
 */
export function endpoint(registry: string, insecure: boolean, http: Http): () => Promise<URL> {
  const host = endpointHost(registry);
  const secure = URL.parse(`https://${host}`);
  if (secure === null) throw new RegistryError('reference-invalid', `'${host}' is not a host to connect to`);
  const plain = new URL(`http://${host}`);
  if (!isLoopback(bareHost(secure))) {
    if (!insecure) return async () => secure;
    throw new RegistryError(
      'insecure-refused',
      `plain HTTP is for registries on this machine only, ${host} is not one`,
    );
  }
  if (insecure) return async () => plain;
  let found: Promise<URL> | undefined;
  return () => {
    found ??= speaksTls(secure, http).then((does) => (does ? secure : plain));
    return found;
  };
}

async function speaksTls(url: URL, http: Http): Promise<boolean> {
  try {
    const probe = new URL('/v2/', url);
    await drain(
      await exchange(probe, {}, { ...http, idleTimeoutMs: Math.min(http.idleTimeoutMs, PROBE_TIMEOUT_MS) }),
    );
    return true;
  } catch (error) {
    // A certificate that is refused is one: the request itself then says what is wrong with it.
    return error instanceof RegistryError && !error.retryable;
  }
}
