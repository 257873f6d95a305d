import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { listen } from '../../../scripts/demo/registry.ts';
import {
  type AwsFault,
  AwsRefusal,
  awsFaults,
  breakOff,
  type FaultList,
  signedBody,
} from './store-faults.ts';

/**
 * One S3 bucket on 127.0.0.1, by path: objects put, had, asked for and deleted, with the conditions and checksums of S3.
 * What it does not know, it refuses with `NotImplemented`, so that nothing passes by being ignored.
 */
export type S3Double = {
  readonly origin: string;
  readonly objects: ReadonlyMap<string, Buffer>;
  /** `PUT key`, in order, with those that failed. */
  readonly requests: readonly string[];
  fail(fault: AwsFault): void;
  /** Forgets an object, which nobody asked for. */
  lose(key: string): void;
  close(): Promise<void>;
};

export async function startS3(bucket: string): Promise<S3Double> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const faults = awsFaults();
  const server = await listen((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(request, response, error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = keyOf(request, bucket);
    requests.push(`${request.method} ${key}`);
    const body = await signedBody(request);
    requireKnown(request.headers);
    const refusal = faults.take('refuse');
    if (refusal !== undefined) throw new AwsRefusal(refusal.status, refusal.code, refusal.message);
    switch (String(request.method)) {
      case 'PUT': {
        requireCondition(request.headers, objects.get(key));
        const content = contentOf(request.headers, body);
        objects.set(key, content);
        if (faults.take('lose-answer') !== undefined) return breakOff(response);
        return void response.writeHead(200, { etag: etagOf(content) }).end();
      }
      case 'GET':
      case 'HEAD': {
        const content = objects.get(key);
        if (content === undefined) throw new AwsRefusal(404, 'NoSuchKey');
        return give(request, response, content, faults);
      }
      case 'DELETE':
        objects.delete(key);
        return void response.writeHead(204).end();
      default:
        throw unknown(`the method ${request.method}`);
    }
  }
  return {
    origin: server.origin,
    objects,
    requests,
    fail: (fault) => faults.add(fault),
    lose: (key) => {
      objects.delete(key);
    },
    close: () => server.close(),
  };
}

function unknown(what: string): AwsRefusal {
  return new AwsRefusal(501, 'NotImplemented', `the double does not know ${what}`);
}

function keyOf(request: IncomingMessage, bucket: string): string {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first, ...rest] = decodeURIComponent(url.pathname).split('/');
  for (const name of url.searchParams.keys()) if (name !== 'x-id') throw unknown(`the parameter ${name}`);
  if (first !== bucket) throw new AwsRefusal(404, 'NoSuchBucket');
  return rest.join('/');
}

const KNOWN =
  /^x-amz-(?:security-token|content-sha256|date|user-agent|sdk-checksum-algorithm|checksum-(?:crc32|mode)|trailer|decoded-content-length)$/;

function requireKnown(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    if (name === 'range' || (name.startsWith('x-amz-') && !KNOWN.test(name)))
      throw unknown(`the header ${name}`);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function requireCondition(headers: IncomingHttpHeaders, found: Buffer | undefined): void {
  const { 'if-none-match': none, 'if-match': match } = headers;
  if (none !== undefined && none !== '*') throw unknown(`If-None-Match: ${none}`);
  if (none !== undefined && found !== undefined) throw new AwsRefusal(412, 'PreconditionFailed');
  if (match === undefined) return;
  if (found === undefined) throw new AwsRefusal(404, 'NoSuchKey');
  if (etagOf(found) !== match) throw new AwsRefusal(412, 'PreconditionFailed');
}

function etagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

function checksumOf(content: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString('base64');
}

/** The object in a request: as it is, or in chunks with the checksum behind them. */
function contentOf(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const isChunked = headers['content-encoding']?.includes('aws-chunked') === true;
  const { content, trailer } = isChunked ? unchunk(body) : { content: body, trailer: undefined };
  const announced = headers[isChunked ? 'x-amz-decoded-content-length' : 'content-length'];
  if (Number(announced) !== content.length) throw new AwsRefusal(400, 'IncompleteBody');
  const checksum = headers['x-amz-checksum-crc32'] ?? trailer;
  if (checksum !== checksumOf(content)) throw new AwsRefusal(400, 'BadDigest', 'no or a wrong CRC32');
  return content;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html, without signatures of chunks */
function unchunk(body: Buffer): { readonly content: Buffer; readonly trailer: string | undefined } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (end < 0 || Number.isNaN(size)) throw new AwsRefusal(400, 'IncompleteBody');
    at = end + 2;
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const trailer = /^x-amz-checksum-crc32:(?<sum>\S+)/.exec(body.toString('latin1', at))?.groups?.['sum'];
  return { content: Buffer.concat(chunks), trailer };
}

function give(request: IncomingMessage, response: ServerResponse, content: Buffer, faults: FaultList): void {
  const wantsChecksum = request.headers['x-amz-checksum-mode'] === 'ENABLED';
  response.writeHead(200, {
    etag: etagOf(content),
    'content-length': content.length,
    ...(wantsChecksum
      ? { 'x-amz-checksum-crc32': checksumOf(content), 'x-amz-checksum-type': 'FULL_OBJECT' }
      : {}),
  });
  if (request.method === 'HEAD') return void response.end();
  const cut = faults.take('cut');
  if (cut !== undefined) {
    return void response.write(content.subarray(0, cut.after), () => breakOff(response));
  }
  if (faults.take('corrupt') === undefined) return void response.end(content);
  const changed = Buffer.from(content);
  changed.writeUInt8((changed.at(-1) ?? 0) ^ 1, changed.length - 1);
  response.end(changed);
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const { status, code, message } =
    error instanceof AwsRefusal ? error : new AwsRefusal(500, 'InternalError', String(error));
  response.writeHead(status, { 'content-type': 'application/xml' });
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.end(request.method === 'HEAD' ? undefined : text);
}
