import type { Descriptor, ImageSource } from '../registry/index.ts';
import { formatBytes } from '../shared/units.ts';
import { ImageError } from './errors.ts';

/** A small blob as a whole, verified; `manifest-invalid` when it is announced larger than `maxBytes`. */
export async function readBlob(
  source: ImageSource,
  descriptor: Descriptor,
  maxBytes: number,
): Promise<Buffer> {
  if (descriptor.size > maxBytes) {
    const allowed = formatBytes(maxBytes);
    throw new ImageError(
      'manifest-invalid',
      `${descriptor.digest} is ${formatBytes(descriptor.size)}, at most ${allowed} are read`,
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of await source.blob(descriptor)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
