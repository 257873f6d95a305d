import type { Readable } from 'node:stream';
import { sha256Digest } from '../../lambda/shared/digest.ts';

/** Everything a stream gives; rejects with its error. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The digest of everything a stream gives; rejects with its error. */
export async function digestOf(stream: Readable): Promise<string> {
  return sha256Digest(await readAll(stream));
}
