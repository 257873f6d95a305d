import type { StoredImage, StoredRepository } from './content.ts';
import type { EcrInput, EcrOptions } from './ecr.ts';
import { AwsFailure } from './failure.ts';

/** Images that cannot be given, by digest: `KmsError`, `UpstreamUnavailable`. */
export type ImageFaults = ReadonlyMap<string, string>;

const MAX_IDS = 100;

type Id = { readonly imageDigest?: string; readonly imageTag?: string };

/** The images asked for that can be given, and the failures of the others. */
export async function batchGetImage(
  { region, name }: StoredRepository,
  { imageIds = [], acceptedMediaTypes }: EcrInput,
  { accountId, content, imageFaults }: EcrOptions,
): Promise<object> {
  if (imageIds.length < 1 || imageIds.length > MAX_IDS) {
    throw new AwsFailure('InvalidParameterException', `imageIds must have from 1 to ${MAX_IDS} entries`);
  }
  const all = await content.images(region, name);
  const images: object[] = [];
  const failures: object[] = [];
  for (const imageId of imageIds) {
    const image = all.find((one) => isMeant(one, imageId));
    const failure = failureOf(image, imageId, acceptedMediaTypes, imageFaults);
    if (image === undefined || failure !== undefined) {
      failures.push({
        imageId,
        failureCode: failure ?? 'ImageNotFound',
        failureReason: 'Requested image not found',
      });
      continue;
    }
    images.push({
      registryId: accountId,
      repositoryName: name,
      imageId: { ...imageId, imageDigest: imageId.imageDigest ?? image.digest },
      imageManifest: image.bytes.toString('utf8'),
      imageManifestMediaType: image.mediaType,
    });
  }
  return { images, failures };
}

/** An address for a layer or configuration of an image in the repository. */
export async function downloadUrl(
  { region, name }: StoredRepository,
  { layerDigest = '' }: EcrInput,
  { content, storage }: EcrOptions,
): Promise<object> {
  const images = await content.images(region, name);
  if (!images.some(({ bytes }) => bytes.includes(layerDigest))) {
    throw new AwsFailure(
      'LayersNotFoundException',
      `The layer with digest '${layerDigest}' does not exist in the repository '${name}'`,
    );
  }
  return { layerDigest, downloadUrl: storage.urlOf(name, layerDigest) };
}

function isMeant({ digest, tags }: StoredImage, { imageDigest, imageTag }: Id): boolean {
  if (imageDigest !== undefined) return digest === imageDigest;
  return imageTag !== undefined && tags.includes(imageTag);
}

function failureOf(
  image: StoredImage | undefined,
  { imageTag, imageDigest }: Id,
  accepted: readonly string[] | undefined,
  faults: ImageFaults,
): string | undefined {
  if (image === undefined) return 'ImageNotFound';
  if (imageTag !== undefined && imageDigest !== undefined && !image.tags.includes(imageTag))
    return 'ImageTagDoesNotMatchDigest';
  if (image.status === 'ARCHIVED') return 'ImageInaccessible';
  const fault = faults.get(image.digest);
  if (fault !== undefined) return fault;
  return accepted === undefined || accepted.includes(image.mediaType) ? undefined : 'ImageNotFound';
}
