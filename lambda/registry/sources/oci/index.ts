import type { Credentials, CredentialsLookup } from '../../oci/credentials.ts';
import { dockerConfigCredentials } from '../../oci/docker-config.ts';
import { type HttpOptions, httpOf } from '../../oci/http.ts';
import { registryImage } from '../../oci/image.ts';
import type { ImageReference } from '../../reference.ts';
import type { ImageSource } from '../../source.ts';

export type RegistryOptions = {
  /** To log in with, or where to look for it; Docker's configuration when absent. */
  readonly credentials?: Credentials | CredentialsLookup;
  /** Speak plain HTTP; refused for hosts other than this machine. */
  readonly insecure?: boolean;
  /** For `DOCKER_CONFIG`, `HOME` and the `PATH` of credential helpers; the process's when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly http?: HttpOptions;
};

/** An image in any registry, with the login that `docker login` left for it. Throws `insecure-refused`. */
export function openRegistry(reference: ImageReference, options: RegistryOptions = {}): ImageSource {
  const credentials = lookupOf(options);
  return registryImage(reference, {
    credentials,
    insecure: options.insecure ?? false,
    http: httpOf(options.http),
  });
}

function lookupOf({ credentials, environment }: RegistryOptions): CredentialsLookup {
  if (typeof credentials === 'function') return credentials;
  if (credentials !== undefined) return async () => credentials;
  return dockerConfigCredentials(environment === undefined ? {} : { environment });
}
