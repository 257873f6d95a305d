import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PushTarget } from '../../../scripts/demo/image-files.ts';
import { type Listening, listen, sendBytes, sendError, sendJson } from '../../../scripts/demo/registry.ts';
import { type AcrAuth, type AcrAuthOptions, acrAuth } from './acr-auth.ts';
import { type AcrContent, memoryContent, upstreamContent } from './acr-content.ts';

export type AcrDoubleOptions = AcrAuthOptions & {
  /** Entries in a page, whatever a client asks for. */
  readonly pageEntries?: number;
  /** Client addresses are refused, as by network rules or with public access disabled. */
  readonly closed?: boolean;
  /** The storage account refuses everything, as a blocked data endpoint or an expired signature does. */
  readonly storageClosed?: boolean;
  /** Address of a registry whose images are served, instead of those pushed into memory. */
  readonly upstream?: string;
};

/** `times` answers with 429 to requests whose path begins so. */
type Throttle = { readonly path: string; times: number; readonly retryAfter: string };

export type AcrRequest = {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly authorization: string | undefined;
  status: number;
};

/**
 * The data plane of an Azure container registry on 127.0.0.1: `/oauth2`, `/v2`, `/acr/v1`, and a storage account that
 * blobs are redirected to. Enforces tenant, audience, role mode, scope, the life of tokens and the network rules.
 */
export interface AcrDouble extends PushTarget, Pick<Listening, 'host' | 'origin' | 'close'> {
  readonly requests: readonly AcrRequest[];
  /** What came to the storage account. */
  readonly storageRequests: readonly AcrRequest[];
  /** Of the storage account. */
  readonly storageHost: string;
  throttle(path: string, times: number, retryAfter: string): void;
  /** Every refresh and access token that was given. */
  readonly given: readonly string[];
  /** Access tokens end at once; with `all` refresh tokens as well. */
  expireTokens(all?: 'all'): void;
}

/** Starts a registry. Close it after the test. */
export async function startAcr(options: AcrDoubleOptions): Promise<AcrDouble> {
  const memory = memoryContent();
  const content: AcrContent = options.upstream === undefined ? memory : upstreamContent(options.upstream);
  /** Which repository a blob was redirected for. */
  const places = new Map<string, string>();
  const requests: AcrRequest[] = [];
  const storageRequests: AcrRequest[] = [];
  const throttles: Throttle[] = [];
  const storage = await listen((request, response) => {
    record(storageRequests, request, response);
    // Azure Storage refuses a signed address that comes with another login.
    if (request.headers.authorization !== undefined)
      return sendError(response, 400, 'InvalidAuthenticationInfo', '');
    if (options.storageClosed === true)
      return sendError(response, 403, 'AuthorizationFailure', 'This request is not authorized');
    const digest = /^\/blob\/(?<digest>[^?]*)/.exec(request.url ?? '')?.groups?.['digest'] ?? '';
    void content.blob(places.get(digest) ?? '', digest).then((bytes) => {
      if (bytes === undefined) return sendError(response, 404, 'BlobNotFound', '');
      sendBytes(request, response, bytes);
    });
  });
  let auth: AcrAuth | undefined;
  const server = await listen((request, response) => {
    record(requests, request, response);
    const url = new URL(request.url ?? '', 'http://double');
    const throttle = throttles.find(({ path, times }) => times > 0 && url.pathname.startsWith(path));
    if (throttle !== undefined) {
      throttle.times -= 1;
      response.setHeader('retry-after', throttle.retryAfter);
      return sendError(response, 429, 'TOOMANYREQUESTS', 'too many requests');
    }
    if (options.closed === true) {
      const message =
        "client with IP '203.0.113.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.";
      return sendError(response, 403, 'DENIED', message);
    }
    if (auth?.answers(request, response) === true) return;
    const list = /^\/acr\/v1\/(?:(?<repository>.+)\/_tags|_catalog)$/.exec(url.pathname);
    if (list !== null) return void sendList(list.groups?.['repository'], url, response);
    const { name, digest } = /^\/v2\/(?<name>.+)\/blobs\/(?<digest>[^/]+)$/.exec(url.pathname)?.groups ?? {};
    if (name === undefined || digest === undefined) return content.handle(request, response);
    places.set(digest, name);
    response.writeHead(307, { location: `${storage.origin}/blob/${digest}?sv=2026&sig=secret` });
    response.end();
  });
  auth = acrAuth(server.host, options);

  const sendList = async (
    repository: string | undefined,
    url: URL,
    response: ServerResponse,
  ): Promise<void> => {
    const known = repository === undefined ? undefined : await content.tags(repository);
    if (repository !== undefined && known === undefined)
      return sendError(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
    const last = url.searchParams.get('last') ?? '';
    const size = Math.min(Number(url.searchParams.get('n') ?? 100), options.pageEntries ?? 100);
    const all = known === undefined ? await content.repositories() : [...known.keys()].sort();
    const names = all.filter((name) => name > last);
    const page = names.slice(0, size);
    if (page.length < names.length) {
      const next = `${url.pathname}?last=${encodeURIComponent(page.at(-1) ?? '')}&n=${size}&orderby=`;
      response.setHeader('link', `<${next}>; rel="next"`);
    }
    if (known === undefined) return sendJson(response, 200, { repositories: page });
    const entries = page.map((name) => ({
      name,
      digest: known.get(name),
      lastUpdateTime: '2026-03-01T10:00:00.5Z',
    }));
    sendJson(response, 200, { registry: server.host, imageName: repository, tags: entries });
  };

  return {
    putBlob: (name, bytes) => memory.putBlob(name, bytes),
    putManifest: (name, tag, bytes, mediaType) => memory.putManifest(name, tag, bytes, mediaType),
    host: server.host,
    origin: server.origin,
    requests,
    storageRequests,
    storageHost: storage.host,
    throttle: (path, times, retryAfter) => void throttles.push({ path, times, retryAfter }),
    given: auth.given,
    expireTokens: (all) => auth?.expireTokens(all),
    close: async () => {
      await Promise.all([server.close(), storage.close()]);
    },
  };
}

function record(log: AcrRequest[], request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '', headers } = request;
  const recorded = { method, url, authorization: headers.authorization, status: 0 };
  log.push(recorded);
  response.on('close', () => {
    recorded.status = response.headersSent ? response.statusCode : 0;
  });
}
