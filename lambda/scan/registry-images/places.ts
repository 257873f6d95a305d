import type { RegistryRepository } from '../../registry/index.ts';
import type { StateStore } from '../../store/index.ts';
import {
  allRecords,
  imagePartition,
  listPartition,
  PLACE_PREFIX,
  placeSchema,
  putIfSame,
  repositoryPartition,
  SORT,
} from './records.ts';

/** An image somewhere: the same digest in two repositories is one image in two places. */
export type ImagePlace = {
  readonly integration: string;
  readonly repository: RegistryRepository;
  readonly digest: string;
};

/** Notes where an image is. True when that is news. */
export async function notePlace(
  state: StateStore,
  { integration, repository, digest }: ImagePlace,
  now: Date,
): Promise<boolean> {
  const value = { integration, repository, since: now.toISOString() };
  return putIfSame(state, imagePartition(digest), SORT.place(integration, repository), value, 0);
}

export async function isNoted(
  state: StateStore,
  { integration, repository, digest }: ImagePlace,
): Promise<boolean> {
  return (await state.get(imagePartition(digest), SORT.place(integration, repository))) !== undefined;
}

/**
 * Notes that no tag of a repository points to an image any more: for all integrations that read it, or one that does not any
 * more. An image that is nowhere else is not matched again; its report and record stay, and it is scanned again when it comes back.
 */
export async function forgetPlaces(
  state: StateStore,
  { repository, digest }: Omit<ImagePlace, 'integration'>,
  integration?: string,
): Promise<void> {
  const partition = imagePartition(digest);
  for await (const { sort, value } of allRecords(state, partition, PLACE_PREFIX)) {
    const place = placeSchema.safeParse(value).data;
    const isThere = place?.repository.host === repository.host && place.repository.name === repository.name;
    const isMeant = isThere && (integration === undefined || place.integration === integration);
    if (isMeant) await state.delete(partition, sort);
  }
  if (await isSomewhere(state, digest)) return;
  await state.delete(listPartition(digest), digest);
  // It came back meanwhile, and whoever noted that saw it listed.
  if (await isSomewhere(state, digest)) await reopen(state, digest);
}

/** Lets the next look at each repository that has the image come back to it. */
export async function reopen(state: StateStore, digest: string): Promise<void> {
  for await (const { value } of allRecords(state, imagePartition(digest), PLACE_PREFIX)) {
    const place = placeSchema.safeParse(value).data;
    if (place !== undefined) await state.put(repositoryPartition(place.repository), SORT.open(digest), {});
  }
}

/** Whether any tag that was seen points to an image. */
export async function isSomewhere(state: StateStore, digest: string): Promise<boolean> {
  const { records } = await state.query(imagePartition(digest), { prefix: PLACE_PREFIX, limit: 1 });
  return records.length > 0;
}

/** Whether new advisories reach an image; it was taken from the list when the last tag that pointed to it was gone. */
export async function isListed(state: StateStore, digest: string): Promise<boolean> {
  return (await state.get(listPartition(digest), digest)) !== undefined;
}
