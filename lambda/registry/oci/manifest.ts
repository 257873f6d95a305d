import { isDigest } from '../../shared/digest.ts';
import { MANIFEST_TYPES, MAX_MANIFEST_BYTES, manifestOf, manifestTooLarge } from '../manifest-bytes.ts';
import { formatReference, type ImageReference } from '../reference.ts';
import type { ManifestBytes } from '../source.ts';
import type { RegistryClient } from './client.ts';
import { readBody } from './exchange.ts';
import type { Http } from './http.ts';
import { retrying } from './retry.ts';

const ACCEPT = MANIFEST_TYPES.join(', ');

/**
 * The manifest a reference names. Its digest is checked against the reference's, else against the one the registry
 * announces. https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests
 */
export function fetchManifest(
  client: RegistryClient,
  reference: ImageReference,
  http: Http,
  signal: AbortSignal,
): Promise<ManifestBytes> {
  const wanted = { kind: 'manifest', name: formatReference(reference) } as const;
  const path = `manifests/${reference.digest ?? reference.tag ?? 'latest'}`;
  return retrying(
    async () => {
      const answer = await client.get(path, { accept: ACCEPT }, wanted, signal);
      const bytes = await readBody(answer, MAX_MANIFEST_BYTES);
      if (bytes === undefined) throw manifestTooLarge();
      const announced = answer.headers.get('docker-content-digest') ?? '';
      const expected = reference.digest ?? (isDigest(announced) ? announced : undefined);
      return manifestOf(bytes, expected, contentType(answer.headers));
    },
    http,
    signal,
  );
}

function contentType(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';', 1)[0]?.trim();
}
