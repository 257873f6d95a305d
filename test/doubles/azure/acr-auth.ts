import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError, sendJson } from '../../../scripts/demo/registry.ts';
import type { EntraDouble } from './entra.ts';
import { formOf } from './entra-server.ts';

/** The built-in roles whose rights a scanner needs; which of them count depends on the registry's mode. */
export type AcrRole = 'AcrPull' | 'Repository Reader' | 'Catalog Lister';

export type AcrAuthOptions = {
  readonly entra: EntraDouble;
  readonly tenantId: string;
  readonly mode?: 'rbac' | 'abac';
  /** Audiences of Entra tokens that are taken. */
  readonly audiences: readonly string[];
  readonly assignments?: readonly {
    readonly appId: string;
    readonly role: AcrRole;
    /** The condition of an assignment to a repository role: its name begins so. */
    readonly prefix?: string;
  }[];
  /** The admin user, and tokens with the repositories of their scope map. */
  readonly users?: readonly {
    readonly user: string;
    readonly password: string;
    readonly repositories?: readonly string[];
  }[];
  /** Whoever has no right at all gets a refresh token all the same. */
  readonly lenientExchange?: boolean;
  /** Challenges do not name the scope. */
  readonly noScope?: boolean;
  readonly now?: () => number;
  readonly refreshLifeSeconds?: number;
  readonly accessLifeSeconds?: number;
};

export type AcrAuth = {
  /** True when the request was for a token, or came without the right to go on, and was answered. */
  answers(request: IncomingMessage, response: ServerResponse): boolean;
  /** Every refresh and access token that was given. */
  readonly given: readonly string[];
  expireTokens(all?: 'all'): void;
};

/** Whether somebody may do what a scope names: `registry:catalog:*`, `repository:<name>:pull`. */
type Rights = (scope: string) => boolean;
type Token = { readonly until: number; readonly rights: Rights };

const ADVICE = 'authentication required, visit https://aka.ms/acr/authorization for more information.';

/** Watches over the paths of a registry. */
export function acrAuth(host: string, options: AcrAuthOptions): AcrAuth {
  const { now = Date.now, refreshLifeSeconds = 3 * 3600, accessLifeSeconds = 75 * 60 } = options;
  const refreshTokens = new Map<string, Token>();
  const accessTokens = new Map<string, Token>();
  const given: string[] = [];

  const issue = (tokens: Map<string, Token>, lifeSeconds: number, rights: Rights): string => {
    const claims = { iat: Math.floor(now() / 1000), exp: Math.floor(now() / 1000) + lifeSeconds, aud: host };
    const token = `${encoded({ alg: 'RS256' })}.${encoded(claims)}.${randomUUID()}`;
    given.push(token);
    tokens.set(token, { until: now() + lifeSeconds * 1000, rights });
    return token;
  };
  const rightsOf = (tokens: Map<string, Token>, token: string | null | undefined): Rights | undefined => {
    const found = tokens.get(token ?? '');
    return found !== undefined && now() < found.until ? found.rights : undefined;
  };

  const exchange = (form: URLSearchParams): string | undefined => {
    if (form.get('grant_type') !== 'access_token' || form.get('service') !== host) return undefined;
    const claims = options.entra.read(form.get('access_token') ?? '');
    if (claims === undefined || claims.tid !== options.tenantId || form.get('tenant') !== options.tenantId)
      return undefined;
    if (!options.audiences.includes(claims.aud)) return undefined;
    const rights = rightsOfApplication(claims.appid, options);
    const hasAny =
      options.assignments?.some(({ appId, role }) => appId === claims.appid && counts(role, options)) ===
      true;
    return hasAny || options.lenientExchange === true
      ? issue(refreshTokens, refreshLifeSeconds, rights)
      : undefined;
  };

  const grant = (form: URLSearchParams, basic: string | undefined): string | undefined => {
    if (form.get('service') !== host) return undefined;
    const rights =
      basic === undefined && form.get('grant_type') === 'refresh_token'
        ? rightsOf(refreshTokens, form.get('refresh_token'))
        : rightsOfUser(basic, options, (token) => rightsOf(refreshTokens, token));
    const wanted = form
      .getAll('scope')
      .flatMap((scope) => scope.split(' '))
      .filter((scope) => scope !== '');
    if (rights === undefined || !wanted.every(rights)) return undefined;
    return issue(accessTokens, accessLifeSeconds, (scope) => scope === '' || wanted.includes(scope));
  };

  return {
    given,
    expireTokens: (all) => {
      accessTokens.clear();
      if (all !== undefined) refreshTokens.clear();
    },
    answers: (request, response) => {
      const url = new URL(request.url ?? '', 'http://double');
      const { authorization = '' } = request.headers;
      if (url.pathname === '/oauth2/exchange' && request.method === 'POST') {
        void formOf(request).then((form) =>
          sendToken(response, 'refresh_token', exchange(form), form.get('access_token') ?? ''),
        );
        return true;
      }
      if (url.pathname === '/oauth2/token') {
        const basic = /^Basic (?<encoded>.+)$/.exec(authorization)?.groups?.['encoded'];
        void formOf(request).then((form) =>
          sendToken(
            response,
            'access_token',
            grant(request.method === 'POST' ? form : url.searchParams, basic),
          ),
        );
        return true;
      }
      const scope = scopeOf(url.pathname);
      if (rightsOf(accessTokens, authorization.replace(/^Bearer /, ''))?.(scope) === true) return false;
      const named = scope === '' || options.noScope === true ? '' : `,scope="${scope}"`;
      const challenge = `Bearer realm="http://${host}/oauth2/token",service="${host}"${named}`;
      response.setHeader('www-authenticate', challenge);
      sendError(response, 401, 'UNAUTHORIZED', ADVICE);
      return true;
    },
  };
}

function scopeOf(path: string): string {
  if (path === '/acr/v1/_catalog' || path === '/v2/_catalog') return 'registry:catalog:*';
  const tags = /^\/acr\/v1\/(?<name>.+)\/_tags$/.exec(path)?.groups?.['name'];
  if (tags !== undefined) return `repository:${tags}:metadata_read`;
  const name = /^\/v2\/(?<name>.+)\/(?:manifests|blobs|tags)\/[^/]+$/.exec(path)?.groups?.['name'];
  return name === undefined ? '' : `repository:${name}:pull`;
}

function counts(role: AcrRole, { mode = 'rbac' }: AcrAuthOptions): boolean {
  return (role === 'AcrPull') === (mode === 'rbac');
}

function rightsOfApplication(appId: string, options: AcrAuthOptions): Rights {
  const own = (options.assignments ?? []).filter((one) => one.appId === appId && counts(one.role, options));
  return (scope) => {
    const [, name = '', action = ''] = scope.split(':');
    return own.some(({ role, prefix = '' }) => {
      if (role === 'AcrPull') return true;
      if (role === 'Catalog Lister') return scope === 'registry:catalog:*';
      return (
        scope.startsWith('repository:') &&
        ['pull', 'metadata_read'].includes(action) &&
        name.startsWith(prefix)
      );
    });
  };
}

function rightsOfUser(
  basic: string | undefined,
  { users = [] }: AcrAuthOptions,
  ofRefreshToken: (token: string) => Rights | undefined,
): Rights | undefined {
  const [user = '', password = ''] = Buffer.from(basic ?? '', 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  // The user of a login that came from Entra: `az acr login`.
  if (user === '00000000-0000-0000-0000-000000000000') return ofRefreshToken(password);
  const known = users.find((one) => one.user === user && one.password === password);
  if (known === undefined) return undefined;
  const { repositories } = known;
  return (scope) =>
    repositories === undefined || repositories.some((name) => scope.startsWith(`repository:${name}:`));
}

/** A refusal repeats what was presented, which a registry might: it must not come any further. */
function sendToken(response: ServerResponse, field: string, token: string | undefined, presented = ''): void {
  if (token === undefined)
    return sendError(response, 401, 'UNAUTHORIZED', `${ADVICE} CorrelationId: 2fb5120a-0000 ${presented}`);
  sendJson(response, 200, { [field]: token });
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
