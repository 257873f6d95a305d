import { DescribeImagesCommand, type ImageDetail, ListImagesCommand } from '@aws-sdk/client-ecr';
import { RegistryError } from '../../errors.ts';
import type { ListedImage, OnGap } from '../../registry.ts';
import { deniedRepository } from './failure.ts';
import { kindOf, readKind } from './kind.ts';
import { type EcrRepository, manifestsOf } from './manifests.ts';
import { PAGE_ENTRIES, pagesOf } from './pages.ts';

/** Archived images are not pulled by anybody: they are scanned once they are restored. */
const TAGGED = { tagStatus: 'TAGGED', imageStatus: 'ACTIVE' } as const;

/**
 * The tagged images of a repository; charts, signatures and other artifacts are none. One whose manifest had to be read and
 * could not be is told to `onGap`. Throws `RegistryError`: `repository-forbidden` when neither way of listing is granted.
 */
export async function* imagesIn(repository: EcrRepository, onGap: OnGap): AsyncGenerator<ListedImage> {
  let pages = 0;
  try {
    for await (const details of described(repository)) {
      pages += 1;
      yield* imagesAmong(details, repository, onGap);
    }
  } catch (error) {
    if (pages > 0 || !(error instanceof RegistryError) || error.code !== 'repository-forbidden') throw error;
    // ecr:DescribeImages may be missing where ecr:ListImages is there; it says less, and manifests the rest.
    yield* imagesAmong(await listed(repository), repository, onGap);
  }
}

async function* described({ region, name }: EcrRepository): AsyncGenerator<readonly ImageDetail[]> {
  const pages = pagesOf((nextToken) =>
    region.call(deniedRepository('list the images of', name), (client, options) =>
      client.send(
        new DescribeImagesCommand({
          registryId: region.accountId,
          repositoryName: name,
          maxResults: PAGE_ENTRIES,
          filter: TAGGED,
          nextToken,
        }),
        options,
      ),
    ),
  );
  for await (const { imageDetails = [] } of pages) yield imageDetails;
}

/** All of them, as the tags of one image may stand on several pages. */
async function listed({ region, name }: EcrRepository): Promise<readonly ImageDetail[]> {
  const tags = new Map<string, string[]>();
  const pages = pagesOf((nextToken) =>
    region.call(deniedRepository('list the images of', name), (client, options) =>
      client.send(
        new ListImagesCommand({
          registryId: region.accountId,
          repositoryName: name,
          maxResults: PAGE_ENTRIES,
          filter: TAGGED,
          nextToken,
        }),
        options,
      ),
    ),
  );
  for await (const { imageIds = [] } of pages) {
    for (const { imageDigest, imageTag } of imageIds) {
      if (imageDigest === undefined || imageTag === undefined) continue;
      const known = tags.get(imageDigest);
      if (known === undefined) tags.set(imageDigest, [imageTag]);
      else known.push(imageTag);
    }
  }
  return Array.from(tags, ([imageDigest, imageTags]) => ({ imageDigest, imageTags }));
}

async function* imagesAmong(
  details: readonly ImageDetail[],
  repository: EcrRepository,
  onGap: OnGap,
): AsyncGenerator<ListedImage> {
  const unclear = new Map<string, ListedImage>();
  for (const detail of details) {
    const image = imageOf(detail);
    const kind = kindOf(detail);
    if (image === undefined || kind === 'artifact') continue;
    if (kind === 'image') yield image;
    else unclear.set(image.digest, image);
  }
  for await (const [digest, manifest] of manifestsOf(repository, [...unclear.keys()])) {
    const image = unclear.get(digest) as ListedImage;
    if (manifest instanceof RegistryError) {
      const name = `${repository.region.host}/${repository.name}@${digest}`;
      onGap({ subject: 'image', name, reason: manifest.code, detail: manifest.message });
      continue;
    }
    const { isImage, bytes } = readKind(manifest);
    if (isImage) {
      yield { mediaType: manifest.mediaType, ...(bytes === undefined ? {} : { bytes }), ...image };
    }
  }
}

function imageOf(detail: ImageDetail): ListedImage | undefined {
  const { imageDigest: digest, imageTags, imageManifestMediaType, imageSizeInBytes, imagePushedAt } = detail;
  if (digest === undefined || imageTags === undefined || imageTags.length === 0) return undefined;
  return {
    digest,
    tags: [...imageTags].sort(),
    ...(imageManifestMediaType === undefined ? {} : { mediaType: imageManifestMediaType }),
    ...(imageSizeInBytes === undefined ? {} : { bytes: imageSizeInBytes }),
    ...(imagePushedAt === undefined ? {} : { pushedAt: imagePushedAt.toISOString() }),
  };
}
