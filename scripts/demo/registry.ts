import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256Digest } from '../../lambda/shared/digest.ts';
import type { PushTarget } from './image-files.ts';

/** The content of a registry and the reading half of its protocol, without any access control. */
export interface RegistryContent extends PushTarget {
  /** Of any repository, by digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** Answers `GET` and `HEAD` of `/v2/`, manifests, blobs (with Range) and tag lists. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** A registry's content, empty at first. Repositories come into being by pushing to them. */
export function registryContent(): RegistryContent {
  const blobs = new Map<string, Buffer>();
  const repositories = new Map<string, Map<string, Manifest>>();
  return {
    blobs,
    putBlob: (_name, bytes) => {
      const digest = sha256Digest(bytes);
      blobs.set(digest, Buffer.from(bytes));
      return digest;
    },
    putManifest: (name, tag, bytes, mediaType) => {
      const manifest = { bytes: Buffer.from(bytes), mediaType, digest: sha256Digest(bytes) };
      const manifests = repositories.get(name) ?? new Map<string, Manifest>();
      manifests.set(manifest.digest, manifest);
      if (tag !== undefined) manifests.set(tag, manifest);
      repositories.set(name, manifests);
      return manifest.digest;
    },
    handle: (request, response) => {
      const place = placeOf(request.url ?? '');
      if (place === 'base') return sendJson(response, 200, {});
      const manifests = place === undefined ? undefined : repositories.get(place.name);
      if (place === undefined || manifests === undefined)
        return sendError(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
      if (place.kind === 'blobs') return sendBlob(request, response, blobs.get(place.reference));
      if (place.kind === 'tags') {
        const tags = [...manifests.keys()].filter((key) => !key.includes(':'));
        return sendJson(response, 200, { name: place.name, tags });
      }
      sendManifest(request, response, manifests.get(place.reference));
    },
  };
}

/** A server on a free port of this machine. */
export type Listening = {
  /** `127.0.0.1:40123` */
  readonly host: string;
  /** `http://127.0.0.1:40123` */
  readonly origin: string;
  /** Ends every connection. */
  close(): Promise<void>;
};

/** Serves requests on 127.0.0.1. */
export async function listen(handle: RequestListener): Promise<Listening> {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    origin: `http://${host}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** What a path under `/v2/` names; `undefined` for none. */
export function placeOf(
  url: string,
):
  | 'base'
  | { readonly name: string; readonly kind: 'manifests' | 'blobs' | 'tags'; readonly reference: string }
  | undefined {
  const path = url.replace(/[?#].*$/, '');
  if (path === '/v2/' || path === '/v2') return 'base';
  const match = /^\/v2\/(?<name>[a-z0-9/._-]+)\/(?<kind>manifests|blobs|tags)\/(?<reference>[^/]+)$/.exec(
    path,
  );
  const { name, kind, reference } = match?.groups ?? {};
  if (name === undefined || reference === undefined) return undefined;
  return { name, kind: kind as 'manifests', reference: decodeURIComponent(reference) };
}

/** Sends bytes, or the part of them that Range asks for. `end` does the sending once the header is written. */
export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  end: (part: Buffer) => void = (part) => response.end(part),
): void {
  const range = /^bytes=(?<first>[0-9]+)-(?<last>[0-9]*)$/.exec(request.headers.range ?? '')?.groups;
  if (range === undefined) {
    response.writeHead(200, { 'content-length': bytes.length, 'accept-ranges': 'bytes' });
    return request.method === 'HEAD' ? void response.end() : end(bytes);
  }
  const first = Number(range['first']);
  const last = Math.min(range['last'] ? Number(range['last']) : bytes.length - 1, bytes.length - 1);
  if (first > last) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` });
    return void response.end();
  }
  response.writeHead(206, {
    'content-length': last - first + 1,
    'content-range': `bytes ${first}-${last}/${bytes.length}`,
  });
  if (request.method === 'HEAD') response.end();
  else end(bytes.subarray(first, last + 1));
}

/** An error in the form of the protocol. */
export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { errors: [{ code, message }] });
}

/** A JSON document. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
}

type Manifest = { readonly bytes: Buffer; readonly mediaType: string; readonly digest: string };

function sendManifest(
  request: IncomingMessage,
  response: ServerResponse,
  manifest: Manifest | undefined,
): void {
  if (manifest === undefined) return sendError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  response.writeHead(200, {
    'content-type': manifest.mediaType,
    'content-length': manifest.bytes.length,
    'docker-content-digest': manifest.digest,
  });
  response.end(request.method === 'HEAD' ? undefined : manifest.bytes);
}

function sendBlob(request: IncomingMessage, response: ServerResponse, bytes: Buffer | undefined): void {
  if (bytes === undefined) return sendError(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  response.setHeader('content-type', 'application/octet-stream');
  sendBytes(request, response, bytes);
}
