import { PassThrough, type Readable } from 'node:stream';
import type { StoreError } from '../errors.ts';

/** The bytes of `source`; what goes wrong with it reaches the reader as `failure` makes it. */
export function withFailure(source: Readable, failure: (error: unknown) => StoreError): Readable {
  const relay = new PassThrough();
  source.on('error', (error) => relay.destroy(failure(error)));
  source.on('close', () => {
    if (!source.readableEnded) relay.destroy(failure(new Error('the stream ended before its time')));
  });
  relay.on('close', () => source.destroy());
  source.pipe(relay);
  return relay;
}
