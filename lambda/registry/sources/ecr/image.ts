import { isDigest } from '../../../shared/digest.ts';
import { RegistryError } from '../../errors.ts';
import { openBlob } from '../../oci/blob.ts';
import type { Http } from '../../oci/http.ts';
import type { ImageSource } from '../../source.ts';
import { layerRequest } from './layer.ts';
import { type EcrRepository, manifestWith } from './manifests.ts';

/** One image of a repository, by digest. Opens no connection yet; `close` ends all of them. */
export function ecrImage(repository: EcrRepository, digest: string, http: Http): ImageSource {
  const closing = new AbortController();
  return {
    name: `${repository.region.host}/${repository.name}@${digest}`,
    manifest: async (wanted = digest) => {
      if (!isDigest(wanted))
        throw new RegistryError('image-not-found', 'a manifest is asked for by an invalid digest');
      return manifestWith(repository, wanted, closing.signal);
    },
    blob: (descriptor, signal) => {
      const signals = signal === undefined ? [closing.signal] : [closing.signal, signal];
      const ask = layerRequest(repository, descriptor.digest, http);
      return openBlob(ask, descriptor, http, AbortSignal.any(signals));
    },
    close: async () => closing.abort(),
  };
}
