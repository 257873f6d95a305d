import type { IncomingMessage, ServerResponse } from 'node:http';
import { placeOf, sendError, sendJson } from '../../scripts/demo/registry.ts';

/** How a registry asks for a login. */
export type Auth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer';
      /** Without these anyone gets a token. */
      readonly username?: string;
      readonly password?: string;
      /** Taken by the POST form. */
      readonly identityToken?: string;
      /** Name of the token in the answer; `token` when absent. */
      readonly field?: 'token' | 'access_token';
      /** `expires_in` of the answer; none when absent. */
      readonly lifeSeconds?: number;
      /** Requests a token is good for. */
      readonly usesPerToken?: number;
      /** Instead of `<origin>/token`. */
      readonly realm?: string;
      /** Leaves the scope out of the challenge. */
      readonly noScope?: boolean;
    }
  /** A challenge that nothing satisfies. */
  | { readonly kind: 'other'; readonly header: string };

export type AuthDouble = {
  /** True when the request was for a token, or came without a valid login, and was answered. */
  answers(request: IncomingMessage, response: ServerResponse): boolean;
  expireTokens(): void;
};

/** Watches over a registry. */
export function authDouble(auth: Auth | undefined): AuthDouble {
  const tokens = new Map<string, { scope: string; uses: number }>();
  return {
    expireTokens: () => tokens.clear(),
    answers: (request, response) => {
      if (auth === undefined) return false;
      if (auth.kind === 'bearer' && request.url?.startsWith('/token') === true) {
        void giveToken(auth, tokens, request, response);
        return true;
      }
      if (isLoggedIn(auth, tokens, request)) return false;
      response.setHeader('www-authenticate', challengeOf(auth, request));
      sendError(
        response,
        401,
        'UNAUTHORIZED',
        `authentication required, not ${request.headers.authorization}`,
      );
      return true;
    },
  };
}

type Bearer = Extract<Auth, { kind: 'bearer' }>;
type Tokens = Map<string, { scope: string; uses: number }>;

function challengeOf(auth: Auth, request: IncomingMessage): string {
  if (auth.kind === 'other') return auth.header;
  if (auth.kind === 'basic') return 'Basic realm="a registry, \\"quoted\\""';
  const scope = auth.noScope === true ? '' : `,scope="${scopeOf(request)}"`;
  return `Bearer realm="${auth.realm ?? `http://${request.headers.host}/token`}",service="double"${scope}`;
}

function scopeOf(request: IncomingMessage): string {
  const place = placeOf(request.url ?? '');
  return place === undefined || place === 'base' ? '' : `repository:${place.name}:pull`;
}

function isLoggedIn(auth: Auth, tokens: Tokens, request: IncomingMessage): boolean {
  const header = request.headers.authorization ?? '';
  if (auth.kind === 'basic') return header === basic(auth.username, auth.password);
  const token = auth.kind === 'bearer' ? tokens.get(header.replace(/^Bearer /, '')) : undefined;
  if (token === undefined || token.uses <= 0 || !token.scope.split(' ').includes(scopeOf(request)))
    return false;
  token.uses -= 1;
  return true;
}

async function giveToken(
  auth: Bearer,
  tokens: Tokens,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const query = new URL(request.url ?? '', 'http://double').searchParams;
  const form = request.method === 'POST' ? new URLSearchParams(Buffer.concat(chunks).toString()) : query;
  const isAllowed =
    request.method === 'POST'
      ? form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === auth.identityToken
      : auth.username === undefined ||
        request.headers.authorization === basic(auth.username, auth.password ?? '');
  if (!isAllowed || form.get('service') !== 'double')
    return sendError(response, 401, 'UNAUTHORIZED', 'wrong login');
  const token = `token-${tokens.size}-${Math.random().toString(36).slice(2)}`;
  tokens.set(token, {
    scope: form.getAll('scope').join(' '),
    uses: auth.usesPerToken ?? Number.POSITIVE_INFINITY,
  });
  const life = auth.lifeSeconds === undefined ? {} : { expires_in: auth.lifeSeconds };
  sendJson(response, 200, { [auth.field ?? 'token']: token, ...life });
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
