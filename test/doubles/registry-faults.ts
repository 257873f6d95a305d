import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendBytes, sendError } from '../../scripts/demo/registry.ts';

/** Which requests a fault hits. */
export type Target = 'manifests' | 'blobs' | 'token' | 'other';

/** Something that goes wrong, `times` times or for ever. */
export type Fault = { readonly times?: number } & (
  | {
      readonly kind: 'status';
      readonly on: Target;
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is closed before any answer. */
  | { readonly kind: 'hang-up'; readonly on: Target }
  /** There is no answer. */
  | { readonly kind: 'silence'; readonly on: Target }
  /** The connection of a blob breaks after so many bytes of the response. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Nothing more comes after so many bytes of a blob. */
  | { readonly kind: 'stall'; readonly after: number }
  /** A blob is served without its last bytes, as if it had been stored so. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** A blob is served with more bytes than it has; with `unannounced` there is no Content-Length. */
  | { readonly kind: 'lengthen'; readonly bytes: number; readonly unannounced?: boolean }
  /** A blob is served with its first byte changed. */
  | { readonly kind: 'corrupt' }
  /** Blobs are always sent whole. */
  | { readonly kind: 'ignore-range' }
  /** A Range is answered with the part that begins so many bytes later. */
  | { readonly kind: 'shift-range'; readonly by: number }
  /** Blobs are redirected to `to`, in which `{digest}` is replaced; to the other origin when absent. */
  | { readonly kind: 'redirect'; readonly to?: string; readonly status?: number }
  /** Manifests come with another value of a header. */
  | { readonly kind: 'manifest-header'; readonly name: string; readonly value: string }
);

export type FaultList = {
  add(fault: Fault): void;
  clear(): void;
  /** The first fault of a kind that applies, counted as having happened. */
  take<Kind extends Fault['kind']>(kind: Kind, target?: Target): Extract<Fault, { kind: Kind }> | undefined;
};

/** No faults yet. */
export function faultList(): FaultList {
  const faults: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    clear: () => void faults.splice(0),
    take: <Kind extends Fault['kind']>(kind: Kind, target?: Target) => {
      const found = faults.find(
        ({ fault, left }) =>
          fault.kind === kind &&
          left > 0 &&
          (target === undefined || !('on' in fault) || fault.on === target),
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      return found.fault as Extract<Fault, { kind: Kind }>;
    },
  };
}

/** True when a fault answered, or left unanswered, a request before anything else could. */
export function preempt(faults: FaultList, target: Target, response: ServerResponse): boolean {
  if (faults.take('hang-up', target) !== undefined) {
    response.destroy();
    return true;
  }
  if (faults.take('silence', target) !== undefined) return true;
  const fault = faults.take('status', target);
  if (fault === undefined) return false;
  response.writeHead(fault.status, fault.headers);
  response.end(fault.body);
  return true;
}

/** Serves a blob, with the faults that befall blobs. */
export function serveBlob(
  request: IncomingMessage,
  response: ServerResponse,
  stored: Buffer | undefined,
  faults: FaultList,
): void {
  if (stored === undefined) return sendError(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  const bytes = altered(stored, faults);
  const longer = faults.take('lengthen');
  if (longer !== undefined) {
    const lengthened = Buffer.concat([bytes, Buffer.alloc(longer.bytes)]);
    response.writeHead(200, longer.unannounced === true ? {} : { 'content-length': lengthened.length });
    return void response.end(lengthened);
  }
  changeRange(request, faults);
  sendBytes(request, response, bytes, (part) => sendPart(response, part, faults));
}

function altered(stored: Buffer, faults: FaultList): Buffer {
  const bytes = Buffer.from(stored);
  if (faults.take('corrupt') !== undefined) bytes[0] = (bytes[0] ?? 0) ^ 0xff;
  return bytes.subarray(0, bytes.length - (faults.take('truncate')?.bytes ?? 0));
}

function changeRange(request: IncomingMessage, faults: FaultList): void {
  const { range } = request.headers;
  if (range === undefined) return;
  if (faults.take('ignore-range') !== undefined) delete request.headers.range;
  const by = faults.take('shift-range')?.by;
  if (by !== undefined)
    request.headers.range = range.replace(/[0-9]+/, (first) => String(Number(first) + by));
}

/** Sends as much as a cut or a stall allows; the header has announced everything. */
function sendPart(response: ServerResponse, part: Buffer, faults: FaultList): void {
  const cut = faults.take('cut');
  const stall = cut === undefined ? faults.take('stall') : undefined;
  const after = cut?.after ?? stall?.after;
  if (after === undefined) return void response.end(part);
  response.flushHeaders();
  response.write(part.subarray(0, after), () => {
    if (cut !== undefined) response.destroy();
  });
}
