import { Readable } from 'node:stream';
import type { ImageSource } from '../../lambda/registry/index.ts';
import { type BuiltImage, type BuiltIndex, contentsOf } from '../support/image-builder.ts';

/** An image or index that is held in memory: nothing is verified. */
export function memorySource(root: BuiltImage | BuiltIndex): ImageSource {
  const { manifests, blobs } = contentsOf(root);
  return {
    name: 'memory',
    manifest: async (digest) => {
      const found = manifests.find(
        ({ descriptor }) => descriptor.digest === (digest ?? root.descriptor.digest),
      );
      if (found === undefined) throw new Error(`no manifest ${digest}`);
      return { ...found.descriptor, bytes: found.bytes };
    },
    blob: async ({ digest }) => Readable.from([blobs.get(digest)]),
    close: async () => undefined,
  };
}
