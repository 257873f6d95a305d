import { redactUrl } from '../../shared/errors.ts';
import { RegistryError } from '../errors.ts';
import { type Answer, drain, exchange, type Request } from './exchange.ts';
import { bareHost, isForbiddenTarget, isLoopback, isPrivateAddress } from './hosts.ts';
import type { Http } from './http.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a GET and follows its redirects, five at most. The Authorization header stays with the origin it was made for.
 * Throws `insecure-refused` when a redirect leaves HTTPS and `redirect-refused` when it leads where no registry would.
 */
export async function follow(start: URL, request: Request, http: Http): Promise<Answer> {
  let url = start;
  let headers = request.headers ?? {};
  for (let redirects = 0; ; redirects++) {
    const answer = await exchange(url, { ...request, headers }, http);
    const location = answer.headers.get('location');
    if (!REDIRECTS.has(answer.status) || location === null) return answer;
    await drain(answer);
    if (redirects === MAX_REDIRECTS) throw refused(url, `it redirects more than ${MAX_REDIRECTS} times`);
    const next = URL.parse(location, url.href);
    if (next === null) throw refused(url, 'it redirects to no address');
    await checkTarget(next, url, start, http);
    // Once dropped never sent again: a chain that comes back was steered by the other origin.
    if (next.origin !== url.origin) headers = withoutAuthorization(headers);
    url = next;
  }
}

/**
 * Throws unless a registry at `registry` may send us from `from` to `target`: a layer's address is written by the
 * registry, and must not make us ask this machine or the metadata service of the cloud it runs in.
 */
export async function checkTarget(target: URL, from: URL, registry: URL, http: Http): Promise<void> {
  const isSecure = target.protocol === 'https:';
  if (!isSecure && target.protocol !== 'http:') throw refused(from, `it redirects to ${target.protocol}`);
  // A registry on this machine is the user's own: a test or a proxy, whose storage is here too.
  if (isLoopback(bareHost(registry))) return;
  if (!isSecure) {
    throw new RegistryError(
      'insecure-refused',
      `${redactUrl(from)} redirects to plain HTTP at ${target.host}`,
    );
  }
  if (target.host === registry.host) return;
  const host = bareHost(target);
  // Names are resolved once more by fetch; a name that changes in between still meets a TLS handshake it cannot pass.
  const addresses = await http.resolve(host).catch(() => []);
  if ([host, ...addresses].some(isForbiddenTarget)) {
    throw refused(
      from,
      `it redirects to ${target.host}, an address of this machine or its network's own services`,
    );
  }
  if (isPrivateAddress(host) && !isPrivateAddress(bareHost(registry))) {
    throw refused(from, `it redirects to ${target.host}, an address in a private network`);
  }
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

function refused(from: URL, what: string): RegistryError {
  return new RegistryError('redirect-refused', `${redactUrl(from)} is not followed: ${what}`);
}
