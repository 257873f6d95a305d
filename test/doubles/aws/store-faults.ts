import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a double misbehaves; without `times` once. */
export type AwsFault = { readonly times?: number } & (
  | /** Answers with this error instead of acting. */ {
      readonly kind: 'refuse';
      readonly status: number;
      readonly code: string;
      readonly message?: string;
    }
  /** Acts, then closes the connection without an answer. */
  | { readonly kind: 'lose-answer' }
  /** Closes the connection after so many bytes of an object. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Changes the last byte of an object on its way. */
  | { readonly kind: 'corrupt' }
);

export type FaultList = {
  add(fault: AwsFault): void;
  /** The next fault of this kind, which thereby happens. */
  take<K extends AwsFault['kind']>(kind: K): Extract<AwsFault, { readonly kind: K }> | undefined;
};

export function awsFaults(): FaultList {
  const waiting: AwsFault[] = [];
  return {
    add: (fault) => waiting.push(...Array.from({ length: fault.times ?? 1 }, () => fault)),
    take: (kind) => {
      const index = waiting.findIndex((fault) => fault.kind === kind);
      return index < 0 ? undefined : (waiting.splice(index, 1)[0] as never);
    },
  };
}

/** What a double throws to answer with an error of the service. */
export class AwsRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The whole body; an `AwsRefusal` unless it is signed. Signatures themselves are not judged. */
export async function signedBody(request: IncomingMessage): Promise<Buffer> {
  if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=') !== true) {
    throw new AwsRefusal(403, 'AccessDenied', 'the request is not signed');
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Closes the connection under an answer. */
export function breakOff(response: ServerResponse): void {
  response.socket?.destroy();
}
