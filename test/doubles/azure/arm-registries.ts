import { type Listening, listen, sendJson } from '../../../scripts/demo/registry.ts';
import type { EntraDouble } from './entra.ts';

export type ArmRegistry = {
  readonly loginServer: string;
  readonly roleAssignmentMode?: string;
  readonly publicNetworkAccess?: string;
  readonly armAudience?: 'enabled' | 'disabled';
};

export type ArmDoubleOptions = {
  readonly entra: EntraDouble;
  /** By subscription. */
  readonly registries: Readonly<Record<string, readonly ArmRegistry[]>>;
  /** Applications that may read them. */
  readonly readers: readonly string[];
};

/** The part of ARM that lists registries, one subscription and one registry to a page. Close it after the test. */
export async function startArm(options: ArmDoubleOptions): Promise<Listening> {
  const subscriptions = Object.keys(options.registries);
  const server = await listen((request, response) => {
    const url = new URL(request.url ?? '', server.origin);
    const claims = options.entra.read((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (claims === undefined || claims.aud !== server.origin)
      return sendJson(response, 401, { error: { code: 'InvalidAuthenticationTokenAudience' } });
    const isReader = options.readers.includes(claims.appid);
    const id = /^\/subscriptions\/(?<id>[^/]+)\/providers\/Microsoft\.ContainerRegistry\/registries$/.exec(
      url.pathname,
    )?.groups?.['id'];
    if (id === undefined && url.pathname !== '/subscriptions') return sendJson(response, 404, {});
    if (url.searchParams.get('api-version') === null)
      return sendJson(response, 400, { error: { code: 'MissingApiVersionParameter' } });
    const all =
      id === undefined ? subscriptions.map((one) => ({ subscriptionId: one })) : registriesOf(options, id);
    const at = Number(url.searchParams.get('$skiptoken') ?? 0);
    // Subscriptions that may not be read are left out, not refused.
    const value = isReader ? all.slice(at, at + 1) : [];
    url.searchParams.set('$skiptoken', String(at + 1));
    sendJson(response, 200, { value, ...(isReader && at + 1 < all.length ? { nextLink: url.href } : {}) });
  });
  return server;
}

function registriesOf({ registries }: ArmDoubleOptions, id: string): unknown[] {
  return (registries[id] ?? []).map(({ armAudience = 'enabled', ...properties }) => ({
    properties: { ...properties, policies: { azureADAuthenticationAsArmPolicy: { status: armAudience } } },
  }));
}
