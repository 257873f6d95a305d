import type { StoredImage, StoredRepository } from './content.ts';
import type { EcrInput, EcrOptions } from './ecr.ts';
import { AwsFailure } from './failure.ts';

const DEFAULT_RESULTS = 100;
const MAX_RESULTS = 1000;

/** The page of a list that a call asks for; its `nextToken` says where the next begins, and is worthless elsewhere. */
export function pageOf<Item>(
  all: readonly Item[],
  { maxResults = DEFAULT_RESULTS, nextToken }: EcrInput,
): { readonly items: readonly Item[]; readonly nextToken: { readonly nextToken?: string } } {
  if (maxResults < 1 || maxResults > MAX_RESULTS) {
    throw new AwsFailure('InvalidParameterException', `maxResults must be from 1 to ${MAX_RESULTS}`);
  }
  const start = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64').toString());
  if (!Number.isInteger(start)) throw new AwsFailure('InvalidParameterException', 'invalid nextToken');
  const end = start + maxResults;
  const next = end < all.length ? { nextToken: Buffer.from(String(end)).toString('base64') } : {};
  return { items: all.slice(start, end), nextToken: next };
}

/** One entry for each tag of an image, as ECR lists them. */
export async function listImages(
  repository: StoredRepository,
  input: EcrInput,
  options: EcrOptions,
): Promise<object> {
  const images = await filtered(repository, input, options);
  const ids = images.flatMap(({ digest, tags }) =>
    tags.length === 0
      ? [{ imageDigest: digest }]
      : tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
  );
  const { items, nextToken } = pageOf(ids, input);
  return { imageIds: items, ...nextToken };
}

/** One entry for each image. */
export async function describeImages(
  { region, name }: StoredRepository,
  input: EcrInput,
  options: EcrOptions,
): Promise<object> {
  const { accountId, content } = options;
  const all = new Map((await content.images(region, name)).map((image) => [image.digest, image]));
  const { items, nextToken } = pageOf(await filtered({ region, name, tags: {} }, input, options), input);
  return {
    imageDetails: items.map((image) => ({
      registryId: accountId,
      repositoryName: name,
      imageDigest: image.digest,
      ...(image.tags.length === 0 ? {} : { imageTags: image.tags }),
      imageSizeInBytes: sizeOf(image, all),
      imagePushedAt: image.pushedAt.getTime() / 1000,
      imageManifestMediaType: image.mediaType,
      ...artifactMediaType(image),
      imageStatus: image.status,
    })),
    ...nextToken,
  };
}

async function filtered(
  { region, name }: StoredRepository,
  { filter = {} }: EcrInput,
  { content }: EcrOptions,
): Promise<readonly StoredImage[]> {
  const { tagStatus = 'ANY', imageStatus = 'ACTIVE' } = filter;
  return (await content.images(region, name)).filter(
    ({ tags, status }) =>
      (tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tags.length > 0) &&
      (imageStatus === 'ANY' || imageStatus === status),
  );
}

type Manifest = {
  readonly config?: { readonly mediaType?: string; readonly size?: number };
  readonly layers?: readonly { readonly size: number }[];
  readonly manifests?: readonly { readonly digest: string }[];
  readonly artifactType?: string;
};

/** That of the configuration, which an index has none of. */
function artifactMediaType({ bytes }: StoredImage): { readonly artifactMediaType?: string } {
  const { config, artifactType } = manifestOf(bytes);
  const type = artifactType ?? config?.mediaType;
  return type === undefined ? {} : { artifactMediaType: type };
}

/** Of its layers; of an index, the largest of its manifests'. */
function sizeOf({ bytes }: StoredImage, all: ReadonlyMap<string, StoredImage>): number {
  const { layers = [], manifests = [] } = manifestOf(bytes);
  const own = layers.reduce((sum, { size }) => sum + size, 0);
  const below = manifests.flatMap(({ digest }) => all.get(digest) ?? []).map((image) => sizeOf(image, all));
  return Math.max(own, ...below);
}

function manifestOf(bytes: Buffer): Manifest {
  try {
    return JSON.parse(bytes.toString()) as Manifest;
  } catch {
    return {};
  }
}
