import { isDigest } from '../../shared/digest.ts';
import { RegistryError } from '../errors.ts';
import { formatReference, type ImageReference } from '../reference.ts';
import type { ImageSource } from '../source.ts';
import { type BlobRequest, openBlob } from './blob.ts';
import { type ClientOptions, repositoryClient } from './client.ts';
import { fetchManifest } from './manifest.ts';

/**
 * An image in a registry that speaks the OCI distribution protocol. Opens no connection yet; `close` ends all of them.
 * Throws `insecure-refused`. https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
export function registryImage(reference: ImageReference, options: ClientOptions): ImageSource {
  const { http } = options;
  const client = repositoryClient(reference, options);
  const closing = new AbortController();
  return {
    name: formatReference(reference),
    manifest: async (digest) => {
      if (digest === undefined) return fetchManifest(client, reference, http, closing.signal);
      if (!isDigest(digest))
        throw new RegistryError('image-not-found', 'a manifest is asked for by an invalid digest');
      const { registry, repository } = reference;
      return fetchManifest(client, { registry, repository, digest }, http, closing.signal);
    },
    blob: (descriptor, signal) => {
      const signals = signal === undefined ? [closing.signal] : [closing.signal, signal];
      const wanted = { kind: 'blob', name: descriptor.digest } as const;
      const ask: BlobRequest = (headers, stop) =>
        client.get(`blobs/${descriptor.digest}`, headers, wanted, stop);
      return openBlob(ask, descriptor, http, AbortSignal.any(signals));
    },
    close: async () => closing.abort(),
  };
}
