import { isDigest } from '../../../shared/digest.ts';
import { RegistryError } from '../../errors.ts';
import { formatReference, type ImageReference } from '../../reference.ts';
import type { ImageSource } from '../../source.ts';
import { openBlob } from './blob.ts';
import { registryClient } from './client.ts';
import type { Credentials, CredentialsLookup } from './credentials.ts';
import { dockerConfigCredentials } from './docker-config.ts';
import { type HttpOptions, httpOf } from './http.ts';
import { fetchManifest } from './manifest.ts';

export type RegistryOptions = {
  /** To log in with, or where to look for it; Docker's configuration when absent. */
  readonly credentials?: Credentials | CredentialsLookup;
  /** Speak plain HTTP; refused for hosts other than this machine. */
  readonly insecure?: boolean;
  /** For `DOCKER_CONFIG`, `HOME` and the `PATH` of credential helpers; the process's when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly http?: HttpOptions;
};

/**
 * An image in a registry that speaks the OCI distribution protocol. Opens no connection yet; `close` ends all of them.
 * Throws `insecure-refused`. https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
export function openRegistry(reference: ImageReference, options: RegistryOptions = {}): ImageSource {
  const http = httpOf(options.http);
  const client = registryClient(reference, {
    credentials: lookupOf(options),
    insecure: options.insecure ?? false,
    http,
  });
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
      return openBlob(client, descriptor, http, AbortSignal.any(signals));
    },
    close: async () => closing.abort(),
  };
}

function lookupOf({ credentials, environment }: RegistryOptions): CredentialsLookup {
  if (typeof credentials === 'function') return credentials;
  if (credentials !== undefined) return async () => credentials;
  return dockerConfigCredentials(environment === undefined ? {} : { environment });
}
