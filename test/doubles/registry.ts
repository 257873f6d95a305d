import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PushTarget } from '../../scripts/demo/image-files.ts';
import { type Listening, listen, placeOf, registryContent } from '../../scripts/demo/registry.ts';
import { type Auth, authDouble } from './registry-auth.ts';
import { type Fault, faultList, preempt, serveBlob, type Target } from './registry-faults.ts';

/**
 * An OCI registry on 127.0.0.1 that can be made to fail.
 *
 *     const registry = await startRegistry({ auth: { kind: 'bearer', username: 'u', password: 'p' } });
 *     push(registry, 'app', '1', image([await layer([…])]));
 *     registry.fail({ kind: 'cut', after: 1000, times: 2 });
 *     await openSource(`${registry.host}/app:1`, { insecure: true, credentials: … });
 *     registry.requests;   // what was asked for, in order
 *     await registry.close();
 */
export interface RegistryDouble extends PushTarget, Pick<Listening, 'host' | 'origin' | 'close'> {
  /** Every request to the registry, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Every request to the other origin, where the fault `redirect` sends to; it serves blobs to anyone. */
  readonly storageRequests: readonly RecordedRequest[];
  /** Adds a fault; of several of a kind the first added happens first. */
  fail(fault: Fault): void;
  /** Ends all faults. */
  heal(): void;
  /** Makes every token given out so far worthless. */
  expireTokens(): void;
}

export type RecordedRequest = {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** What was answered; 0 until then. */
  status: number;
};

/** Starts a registry, which asks nobody for a login unless told to. Close it after the test. */
export async function startRegistry(options: { readonly auth?: Auth } = {}): Promise<RegistryDouble> {
  const content = registryContent();
  const requests: RecordedRequest[] = [];
  const storageRequests: RecordedRequest[] = [];
  const faults = faultList();
  const auth = authDouble(options.auth);
  const storage = await listen((request, response) => {
    record(storageRequests, request, response);
    const digest = /^\/storage\/(?<digest>[^?]*)/.exec(request.url ?? '')?.groups?.['digest'];
    serveBlob(request, response, content.blobs.get(digest ?? ''), faults);
  });
  const server = await listen((request, response) => {
    record(requests, request, response);
    const target = targetOf(request);
    if (preempt(faults, target, response) || auth.answers(request, response)) return;
    const place = placeOf(request.url ?? '');
    if (target === 'blobs' && place !== undefined && place !== 'base') {
      const redirect = faults.take('redirect');
      if (redirect === undefined)
        return serveBlob(request, response, content.blobs.get(place.reference), faults);
      const to = redirect.to ?? `${storage.origin}/storage/{digest}?signature=secret`;
      response.writeHead(redirect.status ?? 307, { location: to.replace('{digest}', place.reference) });
      return void response.end('moved');
    }
    const header = target === 'manifests' ? faults.take('manifest-header') : undefined;
    content.handle(
      request,
      header === undefined ? response : withHeader(response, header.name, header.value),
    );
  });
  return {
    ...content,
    host: server.host,
    origin: server.origin,
    requests,
    storageRequests,
    fail: (fault) => faults.add(fault),
    heal: () => faults.clear(),
    expireTokens: () => auth.expireTokens(),
    close: async () => {
      await Promise.all([server.close(), storage.close()]);
    },
  };
}

function targetOf(request: IncomingMessage): Target {
  if (request.url?.startsWith('/token') === true) return 'token';
  const place = placeOf(request.url ?? '');
  return place === undefined || place === 'base' || place.kind === 'tags' ? 'other' : place.kind;
}

function record(log: RecordedRequest[], request: IncomingMessage, response: ServerResponse): void {
  const recorded = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: { ...request.headers },
    status: 0,
  };
  log.push(recorded);
  response.on('close', () => {
    recorded.status = response.headersSent ? response.statusCode : 0;
  });
}

/** The response, with one header that cannot be set to anything else. */
function withHeader(response: ServerResponse, name: string, value: string): ServerResponse {
  const writeHead = response.writeHead.bind(response);
  return Object.assign(response, {
    writeHead: (status: number, headers: Record<string, string>) =>
      writeHead(status, { ...headers, [name]: value }),
  });
}
