import { BatchGetImageCommand, type Image } from '@aws-sdk/client-ecr';
import { RegistryError } from '../../errors.ts';
import { MANIFEST_TYPES, MAX_MANIFEST_BYTES, manifestOf, manifestTooLarge } from '../../manifest-bytes.ts';
import type { ManifestBytes } from '../../source.ts';
import { deniedRepository, imageFailure } from './failure.ts';
import type { EcrRegion } from './region.ts';

/** Images asked for at a time: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html */
const BATCH = 100;

/** A repository of a region. */
export type EcrRepository = { readonly region: EcrRegion; readonly name: string };

/**
 * The manifests with these digests, each verified, or why it cannot be had: one that is broken says nothing of the others.
 * Throws `RegistryError` when none can be.
 */
export async function* manifestsOf(
  { region, name }: EcrRepository,
  digests: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<readonly [digest: string, ManifestBytes | RegistryError]> {
  for (let at = 0; at < digests.length; at += BATCH) {
    const batch = digests.slice(at, at + BATCH);
    const answer = await region.call(
      deniedRepository('read images of', name),
      (client, options) =>
        client.send(
          new BatchGetImageCommand({
            registryId: region.accountId,
            repositoryName: name,
            imageIds: batch.map((imageDigest) => ({ imageDigest })),
            acceptedMediaTypes: [...MANIFEST_TYPES],
          }),
          options,
        ),
      signal,
    );
    for (const digest of batch) {
      const image = answer.images?.find(({ imageId }) => imageId?.imageDigest === digest);
      const failure = answer.failures?.find(({ imageId }) => imageId?.imageDigest === digest);
      const full = `${region.host}/${name}@${digest}`;
      yield [digest, image === undefined ? imageFailure(full, failure ?? {}) : verified(digest, image)];
    }
  }
}

/** The manifest with this digest. Throws `RegistryError`. */
export async function manifestWith(
  repository: EcrRepository,
  digest: string,
  signal: AbortSignal,
): Promise<ManifestBytes> {
  for await (const [, found] of manifestsOf(repository, [digest], signal)) {
    if (found instanceof RegistryError) throw found;
    return found;
  }
  throw new RegistryError('image-not-found', `no such image: ${repository.name}@${digest}`);
}

function verified(
  digest: string,
  { imageManifest = '', imageManifestMediaType }: Image,
): ManifestBytes | RegistryError {
  try {
    const bytes = Buffer.from(imageManifest, 'utf8');
    if (bytes.length > MAX_MANIFEST_BYTES) throw manifestTooLarge();
    return manifestOf(bytes, digest, imageManifestMediaType);
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}
