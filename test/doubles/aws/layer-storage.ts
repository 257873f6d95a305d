import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Listening, listen } from '../../../scripts/demo/registry.ts';
import { type FaultList, preempt, serveBlob } from '../registry-faults.ts';
import type { EcrContent } from './content.ts';
import { AwsFailure, sendXmlFailure } from './failure.ts';

/** Where layers are: a server that knows nobody, and gives a layer to whoever has an address that holds. */
export interface LayerStorage extends Listening {
  /** A signed address. */
  urlOf(name: string, digest: string): string;
  /** Every request, in order: the layer, its Range, what was answered. */
  readonly requests: readonly LayerRequest[];
}

export type LayerRequest = { readonly digest: string; readonly range: string | undefined; status: number };

export type LayerStorageOptions = {
  readonly content: EcrContent;
  readonly faults: FaultList;
  readonly now: () => number;
  /** How long an address holds. */
  readonly urlSeconds: () => number;
};

/** Starts the server on 127.0.0.1. */
export async function layerStorage(options: LayerStorageOptions): Promise<LayerStorage> {
  const secret = randomBytes(32);
  const requests: LayerRequest[] = [];
  const signature = (path: string, until: number): string =>
    createHmac('sha256', secret).update(`${path} ${until}`).digest('hex');
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://storage');
    const digest = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    const recorded: LayerRequest = { digest, range: request.headers.range, status: 0 };
    requests.push(recorded);
    response.on('close', () => {
      recorded.status = response.statusCode;
    });
    if (preempt(options.faults, 'blobs', response)) return;
    const until =
      Number(url.searchParams.get('X-Amz-Date')) + Number(url.searchParams.get('X-Amz-Expires')) * 1000;
    if (url.searchParams.get('X-Amz-Signature') !== signature(url.pathname, until)) {
      return sendXmlFailure(response, new AwsFailure('SignatureDoesNotMatch', 'not signed so', 403));
    }
    if (options.now() >= until)
      return sendXmlFailure(response, new AwsFailure('AccessDenied', 'Request has expired', 403));
    const name = url.pathname.split('/').slice(1, -1).join('/');
    serveBlob(request, response, await options.content.blob(name, digest), options.faults);
  };
  const server = await listen((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  return {
    ...server,
    requests,
    urlOf: (name, digest) => {
      const path = `/${name}/${encodeURIComponent(digest)}`;
      const from = options.now();
      const seconds = options.urlSeconds();
      const query = new URLSearchParams({
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Date': String(from),
        'X-Amz-Expires': String(seconds),
        'X-Amz-SignedHeaders': 'host',
        'X-Amz-Signature': signature(path, from + seconds * 1000),
      });
      return `${server.origin}${path}?${query.toString()}`;
    },
  };
}
